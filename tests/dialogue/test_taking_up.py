"""After a power cut or a crash: what is taken up, what is asked, what is left in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bedside.dialogue.kept import Kept
from bedside.rehearsal import VirtualNight

from .conftest import NewNight
from .reading import events, said, sessions
from .test_laid_on import OFF, warm

Restart = Callable[..., VirtualNight]

ASKED = "I was cut off. Go on with the calf stretch?"


@pytest.fixture
def after(new_night: NewNight) -> Restart:
    """The night after a restart. away: seconds; None: no clock tells."""

    def restart(before: VirtualNight, away: float | None) -> VirtualNight:
        kept = before.conversation.keep(before.now)
        again = new_night()
        again.now = 3.0
        # What is written to a file and read again is the same.
        again.take_up(Kept.model_validate_json(kept.model_dump_json()), away)
        return again

    return restart


def in_a_hold(night: VirtualNight) -> VirtualNight:
    night.hear("leg_cramp", {"side": "left"})
    night.run(night.now + 25)
    assert events(night.log, "hold")
    return night


def test_a_stretch_is_asked_about_and_goes_on_with_a_yes(night: VirtualNight, after: Restart) -> None:
    again = after(in_a_hold(night), 60.0)
    again.run(again.now + 3)
    assert said(again.log) == [ASKED]
    assert not events(again.log, "hold")
    again.hear("yes")
    again.run(again.now + 20)
    assert "left" in " ".join(said(again.log))
    assert events(again.log, "hold")


def test_go_on_is_a_yes(night: VirtualNight, after: Restart) -> None:
    again = after(in_a_hold(night), 10.0)
    again.hear("resume")
    again.run(again.now + 20)
    assert events(again.log, "hold")


@pytest.mark.parametrize("reply", ["no", None])
def test_no_hold_begins_by_itself(night: VirtualNight, after: Restart, reply: str | None) -> None:
    again = after(in_a_hold(night), 60.0)
    again.run(again.now + 4)
    if reply:
        again.hear(reply)
    again.run(again.now + 600)
    assert not events(again.log, "hold")
    assert sessions(again.log)[-1][1] == "ended"
    assert not any("Straighten" in text for text in said(again.log))


@pytest.mark.parametrize("away", [301.0, None, 4 * 3600.0])
def test_later_it_is_silent(night: VirtualNight, after: Restart, away: float | None) -> None:
    again = after(in_a_hold(night), away)
    again.run(again.now + 3600)
    assert said(again.log) == []


def test_the_clock_of_the_cramp_runs_on(night: VirtualNight, after: Restart) -> None:
    in_a_hold(night)
    again = after(night, 290.0)
    again.hear("yes")
    again.run(again.now + 60)
    assert "Feel both calves. Is one more swollen, hotter, redder or darker?" in said(again.log)


def test_a_cramp_that_was_left_is_the_same_when_it_is_told_of_again(night: VirtualNight, after: Restart) -> None:
    again = after(in_a_hold(night), 400.0)
    again.hear("leg_cramp")
    again.run(again.now + 240)
    assert events(again.log, "alert") or any("Feel both calves" in text for text in said(again.log))


@pytest.mark.parametrize("away", [20.0, None, 1800.0])
@pytest.mark.parametrize(("tier", "sign"), [("emergency", "breathless"), ("urgent", "leg_heat")])
def test_an_open_alert_begins_again(
    night: VirtualNight, after: Restart, tier: str, sign: str, away: float | None
) -> None:
    night.hear("danger_sign", {"tier": tier, "sign": sign})
    night.run(night.now + 6)
    again = after(night, away)
    again.run(again.now + 30)
    assert [event["sign"] for event in events(again.log, "alert")] == [sign]
    number = "1 1 2" if tier == "emergency" else "0 1 2 3 4, 5 6 7"
    assert number in " ".join(said(again.log))


def test_who_was_on_the_phone_is_asked_again(night: VirtualNight, after: Restart) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathless"})
    night.run(night.now + 20)
    night.hear("yes", {"calling": "yes"})
    night.run(night.now + 5)
    again = after(night, 30.0)
    again.run(again.now + 12)
    assert any("phone" in text for text in said(again.log))
    again.hear("yes")
    told = len(said(again.log))
    again.run(again.now + 300)
    assert not any("1 1 2" in text for text in said(again.log)[told + 1 :])


def test_an_alert_that_was_ended_bars_exercises_still(night: VirtualNight, after: Restart) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(night.now + 20)
    night.hear("stop")
    again = after(night, 1000.0)
    again.run(again.now + 100)
    assert said(again.log) == []
    again.hear("start_routine", {"routine": "wall-stretch"})
    again.run(again.now + 10)
    assert "0 1 2 3 4, 5 6 7" in " ".join(said(again.log))
    assert not events(again.log, "hold")


def test_the_next_night_is_a_new_one_but_a_risk_stays(night: VirtualNight, after: Restart) -> None:
    night.hear("question", {"topic": "clot-history", "risk": "past_clot"})
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(night.now + 20)
    night.hear("stop")
    again = after(night, 7 * 3600.0)
    kept = again.conversation.keep(again.now)
    assert kept.night.warnings == {}
    assert kept.night.risks == {"past_clot"}


@pytest.mark.parametrize("away", [20.0, None, 900.0])
def test_a_question_whose_silence_is_an_alert_is_put_again(
    night: VirtualNight, after: Restart, away: float | None
) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "headache", "ask": "Q-05"})
    night.run(night.now + 2)
    first = said(night.log)[0]
    again = after(night, away)
    again.run(again.now + 2)
    assert said(again.log)[0] == first
    again.run(again.now + 120)
    assert events(again.log, "alert")


def test_a_call_for_help_is_not_forgotten(night: VirtualNight, after: Restart) -> None:
    night.hear("help")
    night.run(night.now + 1)
    again = after(night, 40.0)
    again.run(again.now + 60)
    assert events(again.log, "alert")


def test_heat_does_not_go_on_without_the_questions(night: VirtualNight, after: Restart) -> None:
    warm(night)
    again = after(night, 60.0)
    again.run(again.now + 4)
    assert said(again.log) == ["I was cut off. Go on where we were?"]
    again.run(again.now + 200)
    assert any("off" in text for text in said(again.log)[1:])
    assert not any(str(hold["step"]).endswith("warm-compress/4") for hold in events(again.log, "hold"))


def test_what_lies_on_the_leg_is_named_even_later(night: VirtualNight, after: Restart) -> None:
    warm(night)
    again = after(night, 1200.0)
    again.run(again.now + 200)
    assert said(again.log) == [OFF]


def test_nothing_in_an_idle_room_is_nothing(night: VirtualNight, after: Restart) -> None:
    again = after(night, 5.0)
    again.run(again.now + 100)
    assert again.log == []


def begun(night: VirtualNight, tier: str, sign: str, seconds: float, decision: str = "act") -> None:
    night.hear("danger_sign", {"tier": tier, "sign": sign}, decision)  # type: ignore[arg-type]
    night.run(night.now + seconds)


@pytest.mark.parametrize("away", [5.0, None])
def test_an_emergency_that_went_on_for_hours_is_not_forgotten(
    night: VirtualNight, after: Restart, away: float | None
) -> None:
    begun(night, "emergency", "breathless", 7 * 3600.0)
    again = after(night, away)
    again.run(again.now + 20)
    assert events(again.log, "alert")
    assert again.conversation.keep(again.now).night.warnings == {"breathless": "emergency"}


@pytest.mark.parametrize("away", [1000.0, None])
def test_who_was_helped_long_ago_is_left_in_peace(night: VirtualNight, after: Restart, away: float | None) -> None:
    begun(night, "emergency", "breathless", 20)
    night.hear("yes", {"calling": "yes"})
    night.run(night.now + 5)
    again = after(night, away)
    again.run(again.now + 300)
    assert said(again.log) == []


def test_an_alert_beneath_a_half_heard_one_comes_back(night: VirtualNight, after: Restart) -> None:
    begun(night, "urgent", "leg_heat", 20)
    begun(night, "emergency", "breathless", 1, "confirm")
    again = after(night, 5.0)
    doubt = again.conversation._scene.library.spoken.alert.doubt
    for _ in range(60):
        if doubt in said(again.log):
            break
        again.run(again.now + 1)
    again.run(again.now + 2)
    again.hear("no")
    again.run(again.now + 20)
    assert [event["sign"] for event in events(again.log, "alert")] == ["breathless", "leg_heat"]
    assert "0 1 2 3 4, 5 6 7" in " ".join(said(again.log))


def test_a_stretch_that_made_it_worse_does_not_begin_again(night: VirtualNight, after: Restart) -> None:
    again = after(in_a_hold(night), 20.0)
    again.run(again.now + 4)
    again.hear("still_hurts", {"worse": "yes"})
    again.run(again.now + 3)
    assert not any("Straighten" in text for text in said(again.log))
    assert sessions(again.log)[-1] == ("let-go", "started")


@pytest.mark.parametrize("intent", ["yes", "repeat", "resume"])
def test_what_is_half_heard_begins_no_stretch(night: VirtualNight, after: Restart, intent: str) -> None:
    again = after(in_a_hold(night), 20.0)
    for _ in range(3):
        again.run(again.now + 4)
        again.hear(intent, decision="confirm")
    again.run(again.now + 100)
    assert not events(again.log, "hold")
    assert not any("Straighten" in text for text in said(again.log))
