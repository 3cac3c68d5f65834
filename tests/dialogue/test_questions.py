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
}


@pytest.mark.parametrize("text", DOUBTS)
def test_one_question_and_then_the_default(night: VirtualNight, text: str) -> None:
    hear(night, text)
    assert said(night.log)[-1].count("?") == 1
    assert not events(night.log, "alert")
    night.run(60)
    assert events(night.log, "alert")[0]["sign"] == DOUBTS[text]


@pytest.mark.parametrize("text", ["i feel dizzy", "my leg is numb", "i feel sick"])
def test_a_clear_harmless_answer_brings_advice_and_no_alert(night: VirtualNight, text: str) -> None:
    hear(night, text)
    until_asked(night)
    night.hear("yes")
    assert "?" in until_asked(night)  # a minute later: has it passed?
    night.hear("yes")
    night.run(night.now + 60)
    assert not events(night.log, "alert")
    assert night.conversation.state == "idle"


def test_in_a_cramp_the_stretch_goes_on_after_the_question(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(15)
    hear(night, "i feel dizzy")
    until_asked(night)
    night.hear("yes")
    until_asked(night)
    night.hear("yes")
    night.run(night.now + 20)
    assert sessions(night.log)[-1] == ("acute-calf-bed", "started")
    assert not events(night.log, "alert")


@pytest.mark.parametrize("text", ["i feel dizzy", "it's tender"])
def test_while_the_leg_questions_are_open_it_is_an_alert_at_once(night: VirtualNight, text: str) -> None:
    night.hear("leg_swelling")
    until_asked(night)
    hear(night, text)
    assert events(night.log, "alert")


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
