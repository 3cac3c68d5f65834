"""A lone "help" in an idle room, which a cough may sound like (guidance.md Q-16)."""

from __future__ import annotations

import pytest

from bedside.dialogue.actions import Speaking
from bedside.rehearsal import VirtualNight

from .reading import events, said


def half_heard(night: VirtualNight) -> None:
    night.hear("help", decision="confirm")
    assert said(night.log) == ["Did you call me?"]


def voice(night: VirtualNight) -> None:
    """Somebody makes a sound like speech that is not understood."""
    night._do(night.conversation.handle(Speaking(), night.now))


def test_nobody_and_nothing_more_is_left_alone_after_the_question_was_put_aloud(night: VirtualNight) -> None:
    half_heard(night)
    raised = []
    while night.step():
        if night.speaking is not None:
            raised.append(night.speaking.raise_db)
    assert [text.split("?")[0] for text in said(night.log)] == ["Did you call me", "Is it a leg cramp"]
    assert 0.0 in raised
    assert max(raised) == 0.0
    assert not events(night.log, "alert")
    assert night.conversation.state == "idle"


@pytest.mark.parametrize("after", [4.0, 9.0, 15.0, 40.0, 65.0])
def test_any_voice_in_the_minute_after_it_is_an_emergency(night: VirtualNight, after: float) -> None:
    half_heard(night)
    night.run(after)
    while night.speaking is not None:
        night.step()
    voice(night)
    night.run(night.now + 60)
    assert events(night.log, "alert")[0]["tier"] == "emergency"
    assert any("1 1 2" in text for text in said(night.log))


def test_it_asks_whether_it_heard_right_and_a_no_ends_it(night: VirtualNight) -> None:
    half_heard(night)
    night.run(20)
    voice(night)
    while "hear you right" not in said(night.log)[-1]:
        assert night.step()
    night.hear("no")
    night.run(night.now + 30)
    assert night.conversation.state == "idle"


@pytest.mark.parametrize("after", [12.0, 50.0])
def test_help_said_again_is_an_emergency(night: VirtualNight, after: float) -> None:
    half_heard(night)
    night.run(after)
    night.hear("help")
    assert events(night.log, "alert")[0]["tier"] == "emergency"


@pytest.mark.parametrize("after", [12.0, 50.0])
def test_it_may_still_be_a_leg_cramp_or_nothing(night: VirtualNight, after: float) -> None:
    half_heard(night)
    night.run(after)
    voice(night)
    night.hear("no")
    assert said(night.log)[-1] == "All right. I keep listening."
    night.run(night.now + 120)
    assert not events(night.log, "alert")
    night.hear("help", decision="confirm")
    night.run(night.now + after)
    night.hear("leg_cramp")
    assert "heel away" in said(night.log)[-1]


def test_bedsides_own_voice_is_nobodys(night: VirtualNight) -> None:
    half_heard(night)
    while night.step():
        if night.speaking is not None:
            voice(night)
    assert not events(night.log, "alert")
