"""What the controls do in each state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bedside.dialogue.actions import Adjust, Heard
from bedside.nlu.match import Match
from bedside.rehearsal import VirtualNight

from .reading import events, said, sessions, steps


def guiding(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    night.run(3.0)


def holding(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    while not events(night.log, "hold"):
        night.step()
    night.run(night.now + 5.0)


def asking(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    while night.conversation.state != "asking":
        night.step()


def paused(night: VirtualNight) -> None:
    guiding(night)
    night.hear("pause")
    night.run(night.now + 10.0)


def confirming(night: VirtualNight) -> None:
    night.hear("leg_cramp", decision="confirm")


def alert(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "fever"})
    night.run(night.now + 4.0)


STATES: dict[str, Callable[[VirtualNight], None]] = {
    "guiding": guiding,
    "holding": holding,
    "asking": asking,
    "paused": paused,
    "confirming": confirming,
    "alert": alert,
}


@pytest.mark.parametrize("state", STATES)
def test_stop_ends_everything_at_once(night: VirtualNight, state: str) -> None:
    STATES[state](night)
    assert night.conversation.state == ("guiding" if state == "holding" else state)
    spoken = len(said(night.log))
    night.hear("stop")
    assert night.conversation.state == "idle"
    assert night.speaking is None
    night.run(night.now + 3600)
    assert len(said(night.log)) == spoken
    assert len(events(night.log, "hold")) == len(events(night.log, "release"))


@pytest.mark.parametrize("state", STATES)
def test_a_danger_sign_wins_in_every_state(night: VirtualNight, state: str) -> None:
    STATES[state](night)
    before = len(night.log)
    night.hear("danger_sign", {"tier": "emergency", "sign": "chest"})
    night.run(night.now + 60)
    log = night.log[before:]
    assert night.conversation.state == "alert"
    assert events(log, "alert")[0]["sign"] == "chest"
    assert any("1 1 2" in text for text in said(log))
    assert all(step.startswith("alert/") for step in steps(log))


def test_the_first_words_are_relief_with_the_side(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left"})
    assert said(night.log) == ["Straighten your left leg, and push the heel away first."]


def test_three_rounds_with_holds_of_exactly_twenty_seconds(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(170)
    holds, releases = events(night.log, "hold"), events(night.log, "release")
    assert [hold["seconds"] for hold in holds] == [20, 20, 20]
    assert [round(r["t"] - h["t"], 6) for h, r in zip(holds, releases, strict=True)] == [20, 20, 20]
    counted = [e["t"] - holds[0]["t"] for e in events(night.log, "say") if e["text"] in ("Three.", "Two.", "One.")]
    assert [round(t, 6) for t in counted[:3]] == [17, 18, 19]


def test_repeat_says_the_step_again(night: VirtualNight) -> None:
    guiding(night)
    night.hear("repeat")
    assert said(night.log)[-2:] == [said(night.log)[0]] * 2


def test_next_and_previous_step(night: VirtualNight) -> None:
    guiding(night)
    night.hear("next_step")
    assert steps(night.log)[-1] == "acute-calf-bed/2"
    night.hear("previous_step")
    assert steps(night.log)[-1] == "acute-calf-bed/1"
    night.hear("previous_step")
    assert steps(night.log)[-1] == "acute-calf-bed/1"


def test_pause_lets_the_hold_go_and_resume_announces_it_again(night: VirtualNight) -> None:
    holding(night)
    night.hear("pause")
    assert events(night.log, "release")
    assert sessions(night.log)[-1] == ("acute-calf-bed", "paused")
    night.run(night.now + 30)
    night.hear("resume")
    assert sessions(night.log)[-1] == ("acute-calf-bed", "resumed")
    assert steps(night.log)[-1] == "acute-calf-bed/3"
    night.run(night.now + 30)
    hold, release = events(night.log, "hold")[-1], events(night.log, "release")[-1]
    assert release["t"] - hold["t"] == pytest.approx(20, abs=1e-6)


def test_a_pause_is_no_dead_end(night: VirtualNight) -> None:
    paused(night)
    night.run(night.now + 200)
    assert night.conversation.state == "idle"
    assert sessions(night.log)[-1] == ("acute-calf-bed", "ended")


def test_slower_and_louder_stay_for_the_night(night: VirtualNight) -> None:
    guiding(night)
    for intent in ("slower", "slower", "louder"):
        night.hear(intent)
    night.hear("stop")
    louder = Match("louder", "louder", {}, 100.0, 100.0, "louder", "act")
    actions = night.conversation.handle(Heard(louder), night.now)
    assert actions == [Adjust(pace=0.8, gain_db=6.0)]


def test_time_left_tells_the_seconds_of_the_hold(night: VirtualNight) -> None:
    holding(night)
    night.hear("time_left")
    assert said(night.log)[-1] == "15 seconds of this hold."


def test_it_is_better_goes_to_recovery_in_the_middle_of_a_hold(night: VirtualNight) -> None:
    holding(night)
    night.hear("easing")
    assert sessions(night.log)[-2:] == [("acute-calf-bed", "ended"), ("recovery", "started")]
    assert events(night.log, "release")


@pytest.mark.parametrize("intent", ["yes", "leg_cramp"])
def test_leg_cramp_is_asked_softly_when_half_sure(night: VirtualNight, intent: str) -> None:
    night.hear("leg_cramp", {"side": "right"}, decision="confirm")
    assert said(night.log) == ["Leg cramp?"]
    night.run(3.0)
    night.hear(intent)
    assert said(night.log)[-1] == "Straighten your right leg, and push the heel away first."


def test_no_answer_to_leg_cramp_is_silence(night: VirtualNight) -> None:
    night.hear("leg_cramp", decision="confirm")
    night.run(60.0)
    assert night.conversation.state == "idle"
    assert said(night.log) == ["Leg cramp?"]


def test_after_a_soft_question_that_nobody_answered_there_is_none_for_a_while(night: VirtualNight) -> None:
    """The television says such things again and again."""
    for minute in range(25):
        night.run(60.0 * minute)
        night.hear("leg_cramp", decision="confirm")
    assert said(night.log) == ["Leg cramp?"] * 3


def test_whoever_says_it_twice_is_asked_all_the_same(night: VirtualNight) -> None:
    for moment in (0.0, 120.0, 130.0):
        night.run(moment)
        night.hear("leg_cramp", decision="confirm")
    assert said(night.log) == ["Leg cramp?"] * 2
    assert night.now == 130.0


def test_after_a_soft_question_that_was_answered_the_next_may_come_at_once(night: VirtualNight) -> None:
    for _ in range(3):
        night.hear("leg_cramp", decision="confirm")
        night.run(night.now + 3.0)
        night.hear("good_night")
        night.run(night.now + 3.0)
    assert said(night.log).count("Leg cramp?") == 3


def test_while_stop_is_being_said_the_sentence_is_cut_and_nothing_more(night: VirtualNight) -> None:
    night.start("acute-calf-bed")
    night.run(0.5)
    night.saying_stop()
    night.saying_stop()
    night.run(1.4)
    assert [event["by"] for event in events(night.log, "silenced")] == ["stop"]
    assert len(said(night.log)) == 1
    assert night.conversation.state != "idle"
    night.run(10.0)
    assert len(said(night.log)) > 1


def test_nothing_is_begun_before_it_is_known_whether_stop_was_meant(night: VirtualNight) -> None:
    night.start("acute-calf-bed")
    night.run(0.5)
    night.saying_stop()
    night.run(1.3)
    night.hear("stop")
    night.run(60.0)
    assert len(said(night.log)) == 1
    assert night.conversation.state == "idle"


def test_nothing_is_said_in_an_idle_room(night: VirtualNight) -> None:
    for intent in ("yes", "no", "stop", "pause", "next_step", "repeat", "louder", "time_left", "easing", "still_hurts"):
        night.hear(intent)
        night.run(night.now + 100)
    assert said(night.log) == []
