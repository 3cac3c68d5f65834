"""Doubtful words beside a phrase are noise, but never those that would turn it round."""

from __future__ import annotations

import pytest

from bedside.asr.hypothesis import Comparison, Hypothesis
from bedside.asr.recognizer import Word
from bedside.config import Config
from bedside.nlu.match import Scope
from bedside.understanding import Understanding
from bedside.wiring import danger_fluency, load_words


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    intents = load_words(Config())
    return Understanding(intents, danger_fluency(intents))


def heard(said: list[tuple[str, float]], margin: float = 20.0) -> Hypothesis:
    words = tuple(Word(text, 0.4 * n, 0.4 * n + 0.4, sure) for n, (text, sure) in enumerate(said))
    mean = sum(word.confidence for word in words) / len(words)
    text = " ".join(word.text for word in words)
    return Hypothesis(
        text, 1.0, 1.0 + 0.4 * len(words), True, mean, words=words, compare=lambda: Comparison(None, margin)
    )


@pytest.mark.parametrize(
    ("said", "scope", "intent"),
    [
        ([("cold", 0.3), ("stop", 1.0)], "session", "stop"),
        ([("bump", 0.3), ("leg", 1.0), ("cramp", 1.0)], "idle", "leg_cramp"),
        ([("leg", 1.0), ("cramp", 1.0), ("up", 0.4)], "idle", "leg_cramp"),
        ([("bump", 0.3), ("leg", 0.8), ("cramp", 0.8)], "idle", None),
        ([("bump", 0.9), ("leg", 1.0), ("cramp", 1.0)], "idle", None),
        ([("not", 0.4), ("easing", 1.0)], "session", "still_hurts"),
        ([("no", 0.4), ("leg", 1.0), ("cramp", 1.0)], "idle", None),
        ([("no", 1.0), ("swollen", 0.5)], "session", None),
        ([("no", 1.0), ("hot", 0.5)], "session", None),
        ([("yes", 1.0), ("bump", 0.4)], "session", None),
        ([("louder", 1.0), ("stop", 0.5)], "session", None),
        ([("leg", 1.0), ("cramp", 1.0), ("is", 0.1), ("gone", 0.1)], "session", None),
        ([("don't", 0.4), ("stop", 1.0)], "session", "resume"),
    ],
)
def test_doubtful_words_at_the_ends(
    understanding: Understanding, said: list[tuple[str, float]], scope: Scope, intent: str | None
) -> None:
    found = understanding(heard(said), scope, 0)
    assert (found.intent if found.decision == "act" else None) == intent


def test_words_that_another_grammar_explains_as_well_stay_unheard(understanding: Understanding) -> None:
    utterance = heard([("bump", 0.3), ("leg", 1.0), ("cramp", 1.0)], margin=1.0)
    assert understanding(utterance, "idle", 0).intent is None
