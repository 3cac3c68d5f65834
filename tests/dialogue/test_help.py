"""A lone "help" in an idle room, which a cough may sound like (guidance.md Q-16)."""

from __future__ import annotations

import pytest

from bedside.dialogue.actions import Speaking
from bedside.rehearsal import VirtualNight

from .reading import events, said


def half_heard(night: VirtualNight) -> None:
    night.hear("help", decision="confirm")
    assert said(night.log)[-1] == "Did you call me?"


def test_a_cough_is_asked_about_softly_and_silence_ends_it(night: VirtualNight) -> None:
    half_heard(night)
    assert night.speaking is not None
    assert night.speaking.raise_db < 0
    night.run(300)
    assert len(said(night.log)) == 1
    assert night.conversation.state == "idle"


def test_noise_after_it_gets_no_further_than_the_soft_question(night: VirtualNight) -> None:
    half_heard(night)
    for second in range(3, 60):
        night.run(second)
        night._do(night.conversation.handle(Speaking(), night.now))
    night.run(300)
    assert len(said(night.log)) == 1
    assert not events(night.log, "alert")


@pytest.mark.parametrize("after", [3.0, 12.0, 50.0])
@pytest.mark.parametrize("decision", ["act", "confirm"])
def test_help_again_asks_in_full_and_silence_is_an_emergency(night: VirtualNight, after: float, decision: str) -> None:
    half_heard(night)
    night.run(after)
    night.hear("help", decision=decision)  # type: ignore[arg-type]
    assert said(night.log)[-1].startswith("Have you a leg cramp")
    night.run(night.now + 40)
    assert events(night.log, "alert")[0]["tier"] == "emergency"
    assert any("1 1 2" in text for text in said(night.log))


def test_a_second_cough_long_after_is_a_new_one(night: VirtualNight) -> None:
    half_heard(night)
    night.run(90)
    half_heard(night)
    night.run(300)
    assert not events(night.log, "alert")


def test_yes_is_a_call(night: VirtualNight) -> None:
    half_heard(night)
    night.run(3)
    night.hear("yes")
    assert said(night.log)[-1].startswith("Have you a leg cramp")
    night.run(night.now + 40)
    assert events(night.log, "alert")[0]["tier"] == "emergency"


def test_it_may_be_a_leg_cramp_or_nothing(night: VirtualNight) -> None:
    half_heard(night)
    night.run(3)
    night.hear("no")
    night.run(100)
    assert len(said(night.log)) == 1
    half_heard(night)
    night.run(night.now + 3)
    night.hear("leg_cramp")
    assert "heel away" in said(night.log)[-1]
