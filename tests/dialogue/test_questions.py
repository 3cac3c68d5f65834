"""Answers to what is asked, and the questions of guidance.md C5 before an alert."""

from __future__ import annotations

import pytest

from bedside.nlu.intents import load_intents
from bedside.nlu.matcher import match
from bedside.rehearsal import VirtualNight

from .own import until_asked
from .reading import events, said, sessions, steps


def hear(night: VirtualNight, text: str) -> None:
    """Somebody says `text`, understood by the real matcher."""
    found = match(text, load_intents(), night.conversation.scope)
    assert found.intent is not None, text
    night.take(found)


DOUBTS = {
    "i'm cramping": "contractions",
    "it's tender": "leg_tender",
    "it hurts so much i can't breathe": "breathing",
    "i feel sick": "feeling_sick",
    "i feel dizzy": "dizzy",
    "i'm wet": "waters",
    "my leg is numb": "leg_numb",
    "something's not right": "feeling_wrong",
    "it won't stop": "cramp_too_long",
    "the baby's quiet": "baby_movement",
    "my foot is cold": "cold_foot",
    "my foot is pale": "cold_foot",
    "my toes are tingling": "leg_numb",
    "i feel clammy": "clammy",
    "cramps": "contractions",
    "she has cramps": "contractions",
    "cramp in my lower back": "contractions",
}


@pytest.mark.parametrize("text", DOUBTS)
def test_one_question_and_then_the_default(night: VirtualNight, text: str) -> None:
    hear(night, text)
    assert said(night.log)[-1].count("?") == 1
    assert not events(night.log, "alert")
    night.run(60)
    assert events(night.log, "alert")[0]["sign"] == DOUBTS[text]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("i feel dizzy", ["no", "yes"]),
        ("my leg is numb", ["no", "yes"]),
        ("i feel sick", ["yes"]),
        ("i feel clammy", ["no"]),
    ],
)
def test_a_clear_harmless_answer_brings_advice_and_no_alert(night: VirtualNight, text: str, first: list[str]) -> None:
    hear(night, text)
    for intent in first:
        until_asked(night)
        night.hear(intent)  # type: ignore[arg-type]
    assert "?" in until_asked(night)  # a minute later: has it passed?
    night.hear("yes")
    night.run(night.now + 60)
    assert not events(night.log, "alert")
    assert night.conversation.state == "idle"


def test_in_a_cramp_the_stretch_goes_on_after_the_question(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(15)
    hear(night, "i feel dizzy")
    for intent in ("no", "yes", "yes"):
        until_asked(night)
        night.hear(intent)
    night.run(night.now + 20)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")
    assert not events(night.log, "alert")


@pytest.mark.parametrize("text", ["i feel dizzy", "it's tender"])
def test_while_the_leg_questions_are_open_it_is_an_alert_at_once(night: VirtualNight, text: str) -> None:
    night.hear("leg_swelling")
    until_asked(night)
    hear(night, text)
    assert events(night.log, "alert")


GRAVER = {
    "i feel dizzy": (["yes"], "heart_and_faint"),
    "my leg is numb": (["yes"], "cold_white_leg"),
    "my foot is cold": (["no", "yes"], "cold_white_leg"),
    "i'm wet": (["yes", "yes"], "heavy_bleeding"),
    "i feel clammy": (["yes"], "breath_chest_faint"),
    "something's not right": (["yes"], "breath_chest_faint"),
    "what are the signs of a blood clot": (["yes"], "breath_chest_faint"),
}


@pytest.mark.parametrize("text", GRAVER)
def test_the_graver_sign_has_a_question_of_its_own_and_its_yes_is_an_emergency(night: VirtualNight, text: str) -> None:
    intents, sign = GRAVER[text]
    hear(night, text)
    for intent in intents:
        until_asked(night)
        night.hear(intent)  # type: ignore[arg-type]
    night.run(night.now + 5)
    assert events(night.log, "alert")[0]["tier"] == "emergency"
    assert events(night.log, "alert")[0]["sign"] == sign


def test_while_a_question_of_doubt_is_open_another_doubt_is_no_reassurance(night: VirtualNight) -> None:
    hear(night, "i feel dizzy")
    until_asked(night)
    hear(night, "i feel dizzy")
    assert events(night.log, "alert")


ASKED = {
    "why do i get leg cramps": "causes",
    "what should i drink": "drinking",
    "which shoes should i wear": "shoes",
    "which side should i sleep on": "sleeping-position",
    "should i take magnesium": "magnesium",
    "can i wear compression socks": "compression",
    "can i exercise": "exercise",
    "when should i call the midwife": "when-to-call",
    "what number do i call": "numbers",
}


@pytest.mark.parametrize("text", ASKED)
def test_questions_are_answered(night: VirtualNight, text: str) -> None:
    hear(night, text)
    night.run(60)
    assert steps(night.log)[0] == f"{ASKED[text]}/1"
    assert sessions(night.log) == [(ASKED[text], "started"), (ASKED[text], "ended")]


REMINDER = "This is general guidance. Your own care team comes first."


def test_after_the_first_answer_of_a_night_it_says_what_it_is_and_not_again(night: VirtualNight) -> None:
    hear(night, "why do i get leg cramps")
    night.run(60)
    assert said(night.log)[-1] == REMINDER
    hear(night, "what should i drink")
    night.run(120)
    assert said(night.log).count(REMINDER) == 1


def test_the_reminder_never_stands_before_relief_or_an_alarm(night: VirtualNight) -> None:
    hear(night, "leg cramp")
    night.run(13)
    hear(night, "why do i get leg cramps")
    night.run(60)
    hear(night, "my chest hurts")
    night.run(120)
    assert REMINDER not in said(night.log)


def test_the_number_of_the_midwife_is_told_when_asked_for(night: VirtualNight) -> None:
    hear(night, "what number do i call")
    night.run(60)
    assert any("till the day: your midwife or doctor" in line for line in said(night.log))


def test_in_a_cramp_an_answer_is_one_sentence_beside_the_stretch(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(13)
    hear(night, "what should i drink")
    night.run(40)
    assert steps(night.log).count("drinking/1") == 1
    assert "drinking/2" not in steps(night.log)
    assert sessions(night.log) == [("acute-calf-bed", "started")]


@pytest.mark.parametrize("text", ["is massage safe", "heat or cold", "can i take a bath"])
def test_answers_about_massage_and_heat_come_behind_the_gate(night: VirtualNight, text: str) -> None:
    hear(night, text)
    night.run(120)
    assert not any(word in line.lower() for line in said(night.log) for word in ("massage", "warm", "heat"))


def test_a_clot_in_the_past_shuts_the_gate_for_the_night(night: VirtualNight) -> None:
    hear(night, "my sister had a blood clot when she was pregnant")
    night.run(60)
    assert not events(night.log, "alert")
    night.hear("start_routine", {"routine": "massage-self"})
    night.run(night.now + 60)
    assert not any("fingertips" in text for text in said(night.log))
    assert night.conversation.state == "idle"


# ---- a cramp without a limb (guidance.md C0.9, Q-01)


def test_in_a_cramp_that_is_stretched_cramp_is_that_cramp(night: VirtualNight) -> None:
    hear(night, "leg cramp")
    night.run(15)
    hear(night, "cramp")
    night.run(night.now + 20)
    assert sessions(night.log) == [("acute-calf-bed", "started")]


def test_after_the_cramp_it_is_asked_about(night: VirtualNight) -> None:
    hear(night, "leg cramp")
    night.run(15)
    hear(night, "it's better")
    night.run(night.now + 2)
    hear(night, "cramps")
    assert said(night.log)[-1] == "Is the cramp in your leg? Yes or no."
    hear(night, "my calf")
    night.run(night.now + 5)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")


def test_saying_cramp_again_does_not_tell_where(night: VirtualNight) -> None:
    hear(night, "cramps")
    until_asked(night)
    hear(night, "cramp")
    night.run(60)
    assert events(night.log, "alert")[0]["sign"] == "contractions"


@pytest.mark.parametrize("text", ["no it's my belly", "belly", "my bump is tightening"])
def test_leg_cramp_answered_with_the_belly_is_urgent(night: VirtualNight, text: str) -> None:
    night.hear("leg_cramp", {"part": "leg"}, "confirm")
    night.run(2)
    hear(night, text)
    night.run(night.now + 5)
    assert events(night.log, "alert")[0]["sign"] == "contractions"


def test_half_heard_it_is_asked_softly_and_a_no_asks_for_the_belly(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"ask": "Q-01"}, "confirm")
    assert said(night.log) == ["Leg cramp?"]
    night.run(2)
    night.hear("no")
    assert until_asked(night) == "Is it in your belly or back? Yes or no."
    night.hear("yes")
    night.run(night.now + 5)
    assert events(night.log, "alert")[0]["sign"] == "contractions"


def test_half_heard_and_nobody_there_is_no_alarm(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"ask": "Q-01"}, "confirm")
    night.run(120)
    assert not events(night.log, "alert")
    assert night.conversation.state == "idle"


@pytest.mark.parametrize("text", ["my belly is tightening", "my belly feels hard"])
def test_a_tightening_belly_ends_the_stretch(night: VirtualNight, text: str) -> None:
    hear(night, "leg cramp")
    night.run(15)
    hear(night, text)
    assert events(night.log, "alert")[0]["sign"] == "contractions"


# ---- answers as people give them


@pytest.mark.parametrize(("text", "alert"), [("a few minutes", False), ("ten minutes", True), ("since midnight", True)])
def test_how_long_answers_it_wont_stop(night: VirtualNight, text: str, alert: bool) -> None:
    hear(night, "it won't stop")
    until_asked(night)
    hear(night, text)
    night.run(night.now + 3)
    assert bool(events(night.log, "alert")) is alert
    assert alert or sessions(night.log)[-1] == ("acute-calf-bed", "started")


def test_its_just_the_pain_answers_short_of_breath(night: VirtualNight) -> None:
    hear(night, "it hurts so much i can't breathe")
    until_asked(night)
    hear(night, "it's just the pain")
    night.run(night.now + 3)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")


def test_its_a_cramp_answers_help(night: VirtualNight) -> None:
    hear(night, "help me")
    until_asked(night)
    hear(night, "it's a cramp")
    night.run(night.now + 3)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")


# ---- both ankles (guidance.md C4)

BOTH = [
    "my ankles are puffy as usual",
    "both my ankles are swollen at the end of the day",
    "my shoes are tight tonight",
]


@pytest.mark.parametrize(
    "text", [*BOTH, "my feet are swollen in this heat both of them", "my legs are huge these days"]
)
def test_both_ankles_and_no_answer_is_the_safety_net_and_no_alarm(night: VirtualNight, text: str) -> None:
    hear(night, text)
    night.run(180)
    assert not events(night.log, "alert")
    assert sum("call" in line for line in said(night.log)) == 1
    assert night.conversation.state == "idle"


def test_one_leg_and_no_answer_is_urgent(night: VirtualNight) -> None:
    hear(night, "my leg is swollen")
    night.run(60)
    assert events(night.log, "alert")


def test_both_ankles_that_are_not_alike_are_urgent(night: VirtualNight) -> None:
    hear(night, "my ankles are swollen")
    until_asked(night)
    night.hear("no")
    assert events(night.log, "alert")[0]["tier"] == "urgent"


def test_both_are_swollen_does_not_answer_which_leg(night: VirtualNight) -> None:
    night.hear("leg_swelling")
    until_asked(night)
    hear(night, "my ankles are swollen")
    assert "Yes, no, or skip" in until_asked(night)


def test_always_the_same_calf_gets_the_leg_questions_and_is_worth_telling(night: VirtualNight) -> None:
    hear(night, "it's always the same calf")
    for _ in range(2):
        until_asked(night)
        night.hear("no")
    night.run(night.now + 30)
    assert any("in the next days" in line for line in said(night.log))
    assert not events(night.log, "alert")


def test_a_foot_out_of_reach_gets_the_aid_beside_the_stretch(night: VirtualNight) -> None:
    hear(night, "leg cramp")
    night.run(15)
    hear(night, "i can't reach my foot")
    night.run(night.now + 20)
    assert steps(night.log).count("out-of-reach/1") == 1
    assert sessions(night.log) == [("acute-calf-bed", "started")]


def test_is_swelling_normal_without_an_answer_ends_with_what_to_watch_for(night: VirtualNight) -> None:
    """guidance.md N-50, U-27."""
    night.hear("question", {"topic": "swelling-normal"})
    night.run(120)
    assert said(night.log)[-1].startswith("One leg swollen, hot, red, dark or always sore? Call 0 1 2")


def test_stockings_are_off_at_night_unless_told_otherwise(night: VirtualNight) -> None:
    """guidance.md C10; to the partner no stricter."""
    for who in ({}, {"who": "her"}):
        night.hear("question", {"topic": "compression", **who})
        night.run(night.now + 60)
    assert len([text for text in said(night.log) if text.endswith("Off at night, unless told otherwise.")]) == 2
    assert not any("never at night" in text for text in said(night.log))
