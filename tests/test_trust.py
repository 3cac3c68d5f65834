"""What was heard counts as far as it was heard well: whole phrases, clear words, known orders of words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bedside.asr.hypothesis import Comparison, Hypothesis
from bedside.asr.recognizer import Word
from bedside.nlu.fluency import Fluency
from bedside.nlu.match import Decision, Match, Scope
from bedside.trust import graver, weigh, weigh_danger

PHRASES = ("leg cramp", "chest pain", "leg cramp help me", "stop")
FLUENCY = Fluency(["i can't breathe", "i can't breathe properly", "the pain in my chest is bad"])


def heard(
    text: str,
    confidence: float = 1.0,
    seconds: float | None = None,
    broad: str = "",
    alone: str = "",
    margin: float | None = None,
) -> Hypothesis:
    seconds = seconds or 0.3 * len(text.split())

    def said(words: str) -> Hypothesis:
        each = seconds / max(1, len(words.split()))
        spaced = tuple(Word(word, n * each, (n + 1) * each, confidence) for n, word in enumerate(words.split()))
        return Hypothesis(words, 1.0, 1.0 + seconds, True, confidence, words=spaced)

    others = (said(words) if words else None for words in (broad, alone))
    beside, order_free = others
    comparison = None if margin is None else Comparison(order_free, margin)
    return replace(said(text), broad=beside, compare=lambda: comparison)


def meant(intent: str, decision: Decision = "act", score: float = 100.0, **slots: str) -> Match:
    return Match(intent, intent, slots, score, score, intent, decision)


@pytest.mark.parametrize(
    ("text", "confidence", "seconds", "scope", "decision"),
    [
        ("leg cramp", 0.9, 0.8, "idle", "ignore"),
        ("cramp", 0.98, 0.8, "idle", "ignore"),
        ("leg cramp", 0.7, 0.8, "session", "act"),
        ("leg cramp", 0.5, 0.8, "session", "confirm"),
        ("leg cramp", 0.3, 0.8, "session", "ignore"),
        ("leg cramp", 0.9, 2.5, "idle", "ignore"),
        ("leg cramp [unk]", 0.9, 0.9, "idle", "ignore"),
        ("leg the cramp of [unk]", 0.9, 0.9, "idle", "ignore"),
        ("cramp help stop leg me", 0.9, 1.5, "idle", "ignore"),
    ],
)
def test_a_command(text: str, confidence: float, seconds: float, scope: Scope, decision: Decision) -> None:
    assert weigh(heard(text, confidence, seconds), meant("leg_cramp"), PHRASES, scope).decision == decision


@pytest.mark.parametrize(("confidence", "decision"), [(0.5, "act"), (0.3, "confirm")])
def test_stop_is_believed_sooner_than_all_else(confidence: float, decision: Decision) -> None:
    assert weigh(heard("stop", confidence), meant("stop"), PHRASES, "session").decision == decision


@pytest.mark.parametrize(
    ("confidence", "broad", "margin", "scope", "decision"),
    [
        (0.9, "leg cramps", None, "idle", "act"),
        (0.9, "nowhere", None, "idle", "ignore"),
        (0.98, "nowhere", None, "idle", "ignore"),
        (0.98, "leg cramps", None, "idle", "act"),
        (0.98, "nowhere", 3.0, "idle", "act"),
        (0.98, "nowhere", 2.9, "idle", "ignore"),
        (0.7, "nowhere", 4.0, "idle", "act"),
        (0.7, "nowhere", 3.9, "idle", "ignore"),
        (0.5, "leg cramp", 9.0, "idle", "ignore"),
        (0.7, "nowhere", None, "session", "act"),
    ],
)
def test_in_an_idle_room_a_phrase_must_be_likelier_than_other_words_or_heard_alike(
    confidence: float, broad: str, margin: float | None, scope: Scope, decision: Decision
) -> None:
    utterance = heard("leg cramp", confidence, broad=broad, alone="lake tramp", margin=margin)
    assert weigh(utterance, meant("leg_cramp"), PHRASES, scope).decision == decision


@pytest.mark.parametrize(
    ("text", "seconds", "margin", "alone", "decision"),
    [
        ("stop", 0.4, 2.5, "shop", "act"),
        ("stop", 0.4, 2.4, "shop", "ignore"),
        ("stop", 0.4, -1.0, "stop", "act"),
        ("leg cramp", 1.2, 5.3, "lake tramp", "ignore"),
        ("leg cramp", 1.2, 5.5, "lake tramp", "act"),
    ],
)
def test_how_much_likelier_goes_by_words_and_seconds(
    text: str, seconds: float, margin: float, alone: str, decision: Decision
) -> None:
    utterance = heard(text, 0.7, seconds, alone=alone, margin=margin)
    assert weigh(utterance, meant("leg_cramp"), PHRASES, "idle").decision == decision


def test_neither_well_heard_nor_well_understood_is_nothing_in_an_idle_room() -> None:
    for confidence, decision in ((0.9, "ignore"), (0.98, "confirm")):
        utterance = heard("leg cramp", confidence, broad="leg cramp")
        assert weigh(utterance, meant("leg_cramp", "confirm", 90.0), PHRASES, "idle").decision == decision


def test_in_the_midst_of_other_talk_a_phrase_must_be_certain_and_heard_alike() -> None:
    for confidence, broad, decision in ((0.9, "leg cramp", "ignore"), (0.98, "", "ignore"), (0.98, "leg cramp", "act")):
        utterance = heard("leg cramp", confidence, broad=broad, alone="leg cramp", margin=9.0)
        assert weigh(utterance, meant("leg_cramp"), PHRASES, "idle", talk=6).decision == decision
        assert weigh(utterance, meant("leg_cramp"), PHRASES, "idle", talk=5).decision == "act"


def test_only_what_was_said_meanwhile_is_compared() -> None:
    """Noise before a phrase becomes words of the broad grammar, too."""
    utterance = heard("leg cramp", 0.9)
    words = tuple(Word(text, t, t + 0.3, 0.5) for text, t in (("barn", -0.9), ("leg", 0.0), ("cramps", 0.3)))
    beside = replace(utterance, text="barn leg cramps", words=words)
    assert weigh(replace(utterance, broad=beside), meant("leg_cramp"), PHRASES, "idle").decision == "act"


@pytest.mark.parametrize(
    ("text", "confidence", "decision"),
    [("chest pain", 0.9, "act"), ("chest pain", 0.7, "ignore"), ("chest pain [unk]", 0.9, "ignore")],
)
@pytest.mark.parametrize("scope", ["idle", "session"])
def test_a_danger_sign_as_a_phrase(text: str, confidence: float, decision: Decision, scope: Scope) -> None:
    found = weigh(heard(text, confidence), meant("danger_sign"), PHRASES, scope)
    assert found.decision == decision
    assert (found.intent is None) == (decision == "ignore")


@pytest.mark.parametrize(
    ("text", "confidence", "decision"),
    [
        ("i can't breathe properly", 0.9, "act"),
        ("i can't breathe properly", 0.79, "ignore"),
        ("oh i can't breathe quite well", 0.9, "ignore"),
        ("i can't breathe well", 0.9, "act"),
        ("so oh i can't breathe properly", 0.9, "confirm"),
        ("breathe the chest can't bad pain i", 1.0, "ignore"),
    ],
)
def test_danger_in_free_words(text: str, confidence: float, decision: Decision) -> None:
    assert weigh_danger(heard(text, confidence), meant("danger_sign"), FLUENCY).decision == decision


def test_half_sure_words_do_not_become_sure() -> None:
    half = meant("danger_sign", "confirm")
    assert weigh_danger(heard("i can't breathe properly"), half, FLUENCY).decision == "confirm"


def test_nothing_but_danger_counts_of_the_broad_grammar() -> None:
    assert weigh_danger(heard("i can't breathe"), meant("leg_cramp"), FLUENCY).intent is None


EMERGENCY, URGENT = meant("danger_sign", tier="emergency"), meant("danger_sign", tier="urgent")
HALF = meant("danger_sign", "confirm", tier="emergency")
NOTHING = Match("")


@pytest.mark.parametrize(
    ("phrase", "danger", "counts"),
    [
        (NOTHING, EMERGENCY, EMERGENCY),
        (meant("leg_cramp"), NOTHING, meant("leg_cramp")),
        (meant("leg_cramp"), URGENT, URGENT),
        (meant("leg_cramp"), HALF, meant("leg_cramp")),
        (meant("leg_cramp", score=90.0), HALF, HALF),
        (meant("leg_cramp", "confirm"), HALF, HALF),
        (URGENT, EMERGENCY, EMERGENCY),
        (EMERGENCY, URGENT, EMERGENCY),
        (URGENT, HALF, URGENT),
    ],
)
def test_of_phrase_and_danger_the_graver_counts(phrase: Match, danger: Match, counts: Match) -> None:
    assert graver(phrase, danger, 1.0) == counts


def test_a_phrase_that_was_not_heard_clearly_does_not_outweigh_danger() -> None:
    assert graver(meant("no"), HALF, 0.7) == HALF
