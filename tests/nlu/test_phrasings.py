"""What people say, in tables: the guidance's own phrases, danger in other words, bedroom talk, commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bedside.config_sections import RisksConfig
from bedside.nlu.classifier import load_classifier
from bedside.nlu.heard import DANGER, load_heard
from bedside.nlu.intents import SCOPES, IntentSet, load_intents
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match
from bedside.nlu.meaning import danger_signs
from bedside.nlu.text import normalise

HERE = Path(__file__).parent


def table(name: str) -> Any:
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def intents() -> IntentSet:
    return load_intents()


def meaning(found: Match) -> str:
    """The short form of the guidance table."""
    if found.intent is None:
        return "-"
    name = found.slots["tier"] if found.intent == "danger_sign" else found.intent
    return name + (" confirm" if found.decision == "confirm" else "")


@pytest.mark.parametrize(("row", "line"), table("guidance").items())
@pytest.mark.parametrize("scope", SCOPES)
def test_guidance_phrases(row: str, line: dict[str, str], scope: Scope, intents: IntentSet) -> None:
    assert meaning(match(line["say"], intents, scope)) == line[scope], row


LEARNT = {kind: texts[::6] for kind, texts in load_heard().by_kind.items()}
"""Some of the sentences that the classifier has learnt; bench/danger_recall.py reads them all."""

LEARNT_DANGER = {tier: LEARNT[tier] for tier in DANGER}


def test_the_classifier_has_learnt_these_sentences() -> None:
    assert load_classifier().digest == load_heard().digest, "run scripts/train-classifier"


def test_sentences_to_learn_from_are_normalised_and_of_one_kind() -> None:
    texts = load_heard().texts()
    assert [text for text in texts if normalise(text) != text] == []
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("danger", "allowed"), [(LEARNT_DANGER, 0.0), (table("danger"), 0.02)])
def test_danger_in_other_words(danger: dict[str, list[str]], allowed: float, intents: IntentSet) -> None:
    said = [(text, scope) for texts in danger.values() for text in texts for scope in SCOPES]
    missed = [(text, scope) for text, scope in said if match(text, intents, scope).intent != "danger_sign"]
    assert len(missed) <= allowed * len(said), missed


def test_danger_tiers(intents: IntentSet) -> None:
    wrong = [
        text
        for tier, texts in LEARNT_DANGER.items()
        for text in texts
        if match(text, intents, "idle").slots.get("tier", tier) != tier
    ]
    assert wrong == []


@pytest.mark.parametrize(("talk", "allowed"), [(LEARNT["harmless"], 0.0), (table("chatter"), 0.01)])
def test_bedroom_talk_does_not_alarm(talk: list[str], allowed: float, intents: IntentSet) -> None:
    said = [(text, scope) for text in talk for scope in SCOPES]
    alarms = [(text, scope) for text, scope in said if match(text, intents, scope).intent == "danger_sign"]
    assert len(alarms) <= allowed * len(said), alarms


@pytest.mark.parametrize(
    ("scope", "intent", "text"),
    [(entry["in"], entry["intent"], text) for entry in table("everyday") for text in entry["say"]],
)
def test_everyday(scope: Scope, intent: str, text: str, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.decision) == (intent, "act" if intent else "ignore"), found


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("cramp in my right calf really bad", {"side": "right", "part": "calf"}),
        ("oh god my left calf is cramping really badly please", {"side": "left", "part": "calf"}),
        ("half cramp", {"part": "calf"}),
        ("my calf is cramping right now", {"part": "calf"}),
        ("both my feet are cramping", {"side": "both", "part": "foot"}),
        ("my leg has a cramp in the left calf", {"side": "left", "part": "calf"}),
    ],
)
def test_slots_come_from_the_utterance(text: str, slots: dict[str, str], intents: IntentSet) -> None:
    found = match(text, intents, "idle")
    assert found.intent == "leg_cramp"
    assert dict(found.slots) == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("it's getting worse", {"worse": "yes"}),
        ("the pain is sharper", {"worse": "yes"}),
        ("it's spreading", {"worse": "yes"}),
        ("it still hurts", {}),
        ("yes the left one", {"side": "left"}),
        ("yes my right leg", {"side": "right"}),
        ("the other leg", {}),
        ("it's the other leg", {}),
        ("the other one", {}),
        ("no only the left one", {}),
        ("stop it hurts", {"worse": "yes"}),
        ("ow ow ow stop it hurts", {"worse": "yes"}),
        ("no it hurts", {"worse": "yes"}),
        ("ow that's sharp", {"worse": "yes"}),
        ("that's too much", {"worse": "yes"}),
        ("it feels tight", {}),
        ("it feels tighter", {"worse": "yes"}),
        ("not my foot my calf", {"part": "calf"}),
        ("not my calf my foot", {"part": "foot"}),
        ("I called the midwife", {"calling": "yes"}),
        ("um I'm calling them", {"calling": "yes"}),
    ],
)
def test_slots_of_answers(text: str, slots: dict[str, str], intents: IntentSet) -> None:
    assert dict(match(text, intents, "session").slots) == slots


@pytest.mark.parametrize(
    "text",
    ["please call the midwife", "call them", "I'll call them", "we call them", "they're calling", "I rang the midwife"],
)
def test_only_what_is_said_as_it_stands_is_a_call_under_way(text: str, intents: IntentSet) -> None:
    assert "calling" not in match(text, intents, "session").slots


@pytest.mark.parametrize("text", ["it's fine", "no it's fine", "I guess not", "probably not"])
def test_half_a_no_is_no_clear_one(text: str, intents: IntentSet) -> None:
    found = match(text, intents, "session")
    assert (found.intent, found.decision) == ("no", "confirm")


@pytest.mark.parametrize("text", ["call the midwife", "call them", "call someone"])
def test_a_plea_that_may_be_talk_is_asked_about_when_idle(text: str, intents: IntentSet) -> None:
    found = match(text, intents, "idle")
    assert (found.intent, found.decision) == ("help", "confirm")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("she's not breathing", "not_breathing"),
        ("she stopped breathing", "not_breathing"),
        ("she won't wake up and she isn't breathing", "not_breathing"),
        ("she won't wake up and she can't breathe", "not_breathing"),
        ("my wife isn't breathing", "not_breathing"),
        ("I don't think she's breathing", "not_breathing"),
        ("the baby isn't breathing", "not_breathing"),
        ("she can't breathe", "breathing"),
        ("she's struggling to breathe", "breathing"),
        ("I'm not breathing properly", "breathing"),
        ("I stopped breathing for a second", "breathing"),
        ("I can't breathe", "breathing"),
        ("a bit breathless", "breathing"),
        ("I'm choking", "breathing"),
        ("she won't wake up", "unresponsive"),
        ("my face is numb", "stroke"),
        ("my face feels numb", "stroke"),
        ("she's grey", "blue_lips"),
    ],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_emergencies_that_need_different_words(text: str, sign: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.slots.get("tier"), found.slots.get("sign")) == ("emergency", sign)


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("my toes are numb", "Q-09"),
        ("my feet feel numb", "Q-09"),
        ("my toes have gone numb", "Q-09"),
        ("the bed is wet", "Q-08"),
        ("I woke up wet", "Q-08"),
        ("I threw up", "Q-06"),
        ("something popped", "Q-10"),
    ],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_what_may_be_harmless_is_asked_about(text: str, ask: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.slots.get("ask")) == ("danger_sign", ask)


@pytest.mark.parametrize("text", ["my calf is sore", "my calf is still sore", "yes my calf is sore"])
def test_a_sore_calf_is_asked_about_when_idle(text: str, intents: IntentSet) -> None:
    assert match(text, intents, "idle").slots.get("ask") == "Q-04"


@pytest.mark.parametrize(
    "text",
    [
        "swollen", "yeah swollen", "slightly bigger", "it's the other leg", "the other one", "I'll call them", "sore",
        "no only the left one", "no the left one", "it's fine", "i guess not", "maybe a little warmer",
    ],
)  # fmt: skip
def test_no_yes_to_the_read_back(text: str, intents: IntentSet) -> None:
    assert match(text, intents, "session").intent != "yes"


@pytest.mark.parametrize(
    "text", ["I'm calling nine one one", "the ambulance is on its way", "they're coming", "I called an ambulance"]
)
def test_a_call_under_way_means_nothing_when_idle(text: str, intents: IntentSet) -> None:
    assert match(text, intents, "idle").intent is None


@pytest.mark.parametrize(
    "text", ["it's gone cold", "it's numb now", "no but it's warm", "heat", "blood", "cold", "yes but I'm bleeding"]
)
def test_a_finding_is_never_an_all_clear(text: str, intents: IntentSet) -> None:
    assert match(text, intents, "session").intent not in ("easing", "no", "yes", "resume", "next_step")


@pytest.mark.parametrize(
    "text",
    [
        "I was watching a movie and now I can't breathe",
        "I was in the shower and now my calf is swollen and red",
        "my husband is snoring and my chest hurts",
        "I got a blood test today and now I'm bleeding heavily",
        "last year I had a clot and now my calf hurts",
        "my waters broke in the shower",
        "I tripped over the cat and fell on my bump",
    ],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_harmless_hides_no_sign_beside_it(text: str, scope: Scope, intents: IntentSet) -> None:
    assert match(text, intents, scope).intent == "danger_sign"


@pytest.mark.parametrize(
    "text",
    [
        "Take it off the leg now. Is it off?",
        "Take it off.",
        "Half way. Slow breath out.",
        "Let go half way.",
        "If you feel dizzy, do not stand.",
        "Is it easing?",
    ],
)
def test_its_own_words_mean_nothing(text: str, intents: IntentSet) -> None:
    assert match(text, intents, "session").intent is None


def test_signs_have_known_names(intents: IntentSet) -> None:
    named = {s.slots["sign"] for s in intents.everything if s.intent == "danger_sign"}
    assert named <= danger_signs()
    assert "other_person" in danger_signs()


@pytest.mark.parametrize(
    "text", ["do not stop", "don't stop", "not better", "isn't easing", "no leg cramp", "it's not a leg cramp"]
)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_negation_is_never_its_positive(text: str, scope: Scope, intents: IntentSet) -> None:
    assert match(text, intents, scope).intent not in ("stop", "easing", "leg_cramp")


def test_bare_help_is_asked_about_only_when_idle(intents: IntentSet) -> None:
    assert match("help", intents, "idle").decision == "confirm"
    assert match("help", intents, "session").decision == "act"


COMPARATIVES = """
    tighter harder heavier wetter bloodier fatter thicker larger wider weaker stiffer sorer puffier number
    firmer rougher tougher nastier fiercer stronger worse sicker fainter dizzier itchier achier paler whiter
    bluer sweatier rounder shinier lumpier shakier hotter warmer bigger redder darker colder sharper
"""


@pytest.mark.parametrize("word", COMPARATIVES.split())
@pytest.mark.parametrize("sentence", ["it's getting {}", "it's {}", "it's getting a bit {}", "the cramp is getting {}"])
def test_of_what_gets_more_only_better_is_an_all_clear(word: str, sentence: str, intents: IntentSet) -> None:
    assert match(sentence.format(word), intents, "session").intent != "easing"


NO_LIMB = [
    "cramp",
    "cramps",
    "I'm having bad cramps",
    "she has cramps",
    "I've got a cramp",
    "cramp in my lower back",
    "cramp in my side",
]


@pytest.mark.parametrize(
    "text", [*NO_LIMB, "cramp in my hip", "she's cramping", "it's a cramp", "I've got awful cramps"]
)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_cramp_without_a_limb_is_asked_about(text: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.slots.get("ask"), found.decision) == ("leg_cramp", "Q-01", "act")


@pytest.mark.parametrize(
    "text",
    [
        "leg cramp",
        "leg cramps",
        "cramp in my calf",
        "charley horse",
        "it's cramping again",
        "I have a cramp in my foot",
    ],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_cramp_in_a_limb_is_the_fast_path(text: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.decision) == ("leg_cramp", "act")
    assert "ask" not in found.slots


RISKS = {
    "last year I had a blood clot": "past_clot",
    "I've had a clot before": "past_clot",
    "I have factor five": "clotting_disorder",
    "we have clots in the family": "family_clots",
    "my sister had a blood clot when she was pregnant": "family_clots",
    "I'm on heparin": "blood_thinners",
    "I take clexane": "blood_thinners",
    "she's on blood thinners": "blood_thinners",
    "I had surgery two weeks ago": "recent_surgery",
    "I'm on bed rest": "bed_rest",
    "I had a c-section last week": "recent_birth",
    "I have pre-eclampsia": "pre_eclampsia",
    "it's an IVF pregnancy": "ivf",
    "I'm having twins": "twins",
    "I have a bladder infection": "infection_or_dehydration",
    "my doctor said no massage": "told_not_to",
}


@pytest.mark.parametrize("text", RISKS)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_risk_that_is_told_is_a_flag(text: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.slots.get("risk")) == ("question", RISKS[text])


def test_every_risk_of_the_settings_can_be_told(intents: IntentSet) -> None:
    assert {s.slots["risk"] for s in intents.everything if "risk" in s.slots} == set(RisksConfig.model_fields)


@pytest.mark.parametrize(
    "text",
    [
        "I had a clot before and my leg hurts",
        "I'm on heparin and my calf is aching",
        "I had a c-section last week and my leg is swollen",
        "I have clots in my family and my calf is hot",
    ],
)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_risk_and_a_leg_that_hurts_is_urgent(text: str, scope: Scope, intents: IntentSet) -> None:
    found = match(text, intents, scope)
    assert (found.intent, found.slots.get("tier")) == ("danger_sign", "urgent")
