"""The rest of a night with an alert, and the clock of a cramp that was left (guidance.md C2, E4, E10, C07)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.rehearsal import VirtualNight

from .own import answer, night_with, until_asked
from .reading import events, said, sessions
from .test_gate import MASSAGE


def alerted(night: VirtualNight, tier: str = "urgent", sign: str = "leg_heat") -> int:
    night.hear("danger_sign", {"tier": tier, "sign": sign})
    night.run(night.now + 20)
    night.hear("stop")
    night.run(night.now + 60)
    return len(said(night.log))


@pytest.mark.parametrize(("tier", "number"), [("urgent", "0 1 2 3 4, 5 6 7"), ("emergency", "1 1 2")])
def test_a_cramp_after_an_alert_gets_the_number_and_the_questions_first(
    night: VirtualNight, tier: str, number: str
) -> None:
    told = alerted(night, tier)
    night.hear("leg_cramp", {"side": "left"})
    assert said(night.log)[told:] == [f"First, tonight's warning still stands. The number is {number}."]
    answer(night, "no", "no", "no")
    night.run(night.now + 5)
    assert "Straighten your left leg, and push the heel away first." in said(night.log)[told:]
    night.hear("easing")
    assert sessions(night.log)[-1] == ("recovery", "started")


@pytest.mark.parametrize("last", ["yes", "unsure", ""])
def test_without_three_clear_noes_there_is_no_stretch(night: VirtualNight, last: str) -> None:
    told = alerted(night)
    night.hear("leg_cramp")
    answer(night, "no", "no")
    until_asked(night)
    if last:
        night.hear(last)
    night.run(night.now + 90)
    assert not any("heel" in text for text in said(night.log)[told:])
    assert bool(last) == (events(night.log, "alert")[-1]["tier"] == "emergency")


@pytest.mark.parametrize("routine", ["wall-stretch", "acute-calf-standing", "elevation", "partner-calf-stretch"])
def test_other_routines_are_left_out_with_the_number(night: VirtualNight, routine: str) -> None:
    told = alerted(night)
    night.hear("start_routine", {"routine": routine})
    night.run(night.now + 120)
    assert said(night.log)[told:] == ["After tonight's warning I leave that out. The number is 0 1 2 3 4, 5 6 7."]
    assert night.conversation.state == "idle"


def test_standing_up_is_not_offered_after_an_alert(night: VirtualNight) -> None:
    alerted(night)
    night.hear("leg_cramp")
    answer(night, "no", "no", "no")
    night.run(night.now + 400)
    assert ("acute-calf-bed", "started") in sessions(night.log)
    assert not any("stand" in text for text in said(night.log)[-40:] if "?" in text and "walk" not in text)


def test_an_alert_about_something_else_keeps_no_cramp_waiting(night: VirtualNight) -> None:
    told = alerted(night, sign="baby_movement")
    night.hear("leg_cramp")
    assert said(night.log)[told] == "Straighten that leg, and push the heel away first."


def test_a_false_alarm_opens_the_routines_again_but_not_the_gate(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(20)
    night.hear("no")
    night.run(night.now + 6)
    night.hear("no")
    night.run(night.now + 20)
    night.hear("leg_cramp")
    assert "heel away" in said(night.log)[-1]
    night.hear("stop")
    night.start("hands")
    night.run(night.now + 20)
    assert said(night.log)[-1].startswith("After tonight's warning we leave that out.")


@pytest.mark.parametrize("left", ["stop", "good_night"])
def test_a_cramp_that_was_left_and_is_told_of_again_is_the_same_cramp(night: VirtualNight, left: str) -> None:
    night.hear("leg_cramp")
    night.run(250)
    night.hear(left)
    night.run(500)
    night.hear("leg_cramp")
    night.run(700)
    assert [(a["t"], a["sign"]) for a in events(night.log, "alert")] == [(600.0, "cramp_too_long")]


def test_a_cramp_after_a_quarter_of_an_hour_is_another(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(250)
    night.hear("stop")
    night.run(250 + 901)
    night.hear("leg_cramp")
    night.run(night.now + 200)
    assert not events(night.log, "alert")


def test_massage_is_no_rescue_for_a_stretch_that_was_stopped(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.hear("leg_cramp")
    night.run(100)
    night.hear("stop")
    night.start("hands")
    night.run(night.now + 30)
    assert said(night.log)[-1].startswith("First the stretch.")


def test_nor_after_both_stretches_failed(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.start("not-easing")
    night.run(2)
    night.hear("easing")
    night.hear("stop")
    night.start("hands")
    night.run(night.now + 30)
    assert said(night.log)[-1] == "The stretches did not help, so we leave that out tonight."


def test_a_risk_that_was_told_tonight_is_not_said_to_be_from_the_set_up(tmp_path: Path) -> None:
    night = night_with(tmp_path, MASSAGE)
    night.hear("question", {"topic": "clot-history", "risk": "past_clot"})
    night.run(60)
    night.start("hands")
    night.run(night.now + 30)
    assert said(night.log)[-1] == "After what you told me, ask your midwife or doctor first."
