"""Something warm or cold lies on the leg: its time knows no pause, and it comes off however the routine is left."""

from __future__ import annotations

import pytest

from bedside.nlu.match import Decision
from bedside.rehearsal import VirtualNight

from .own import answer, until_asked
from .reading import events, said, sessions
from .test_questions import hear

OFF = "Take it off the leg now, before any sleep."


def warm(night: VirtualNight) -> float:
    """Three clear noes and a yes, it is on, and on to the timer; gives when it began."""
    night.start("warm-compress", side="left")
    answer(night, "no", "no", "no", "yes", "yes")
    while not events(night.log, "hold"):
        assert night.step()
    night.now += 1.0
    return float(events(night.log, "hold")[0]["t"])


def test_stop_is_followed_by_one_sentence_and_silence(night: VirtualNight) -> None:
    warm(night)
    before = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[before:] == [OFF]
    assert sessions(night.log)[-1] == ("warm-compress", "ended")


def test_a_second_stop_is_obeyed_at_once(night: VirtualNight) -> None:
    warm(night)
    night.hear("stop")
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[-1] == OFF
    assert night.conversation.state == "idle"


def test_stop_before_anything_lies_on_the_leg_is_silent(night: VirtualNight) -> None:
    night.start("warm-compress", side="left")
    answer(night, "no", "no", "no", "yes")
    night.step()
    before = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[before:] == []


@pytest.mark.parametrize("intent", ["good_night", "still_hurts"])
def test_good_night_and_too_hot_take_it_off_and_ask(night: VirtualNight, intent: str) -> None:
    warm(night)
    night.hear(intent, {"worse": "yes"})
    assert until_asked(night) == "Take it off the leg now. Is it off?"


def test_another_routine_comes_after_the_word_to_take_it_off(night: VirtualNight) -> None:
    warm(night)
    before = len(said(night.log))
    night.hear("start_routine", {"routine": "foot-flexes"})
    night.run(night.now + 5)
    assert said(night.log)[before] == OFF
    assert sessions(night.log)[-1] == ("foot-flexes", "started")


def test_a_new_cramp_is_not_kept_waiting(night: VirtualNight) -> None:
    warm(night)
    before = len(said(night.log))
    night.hear("leg_cramp")
    night.run(night.now + 5)
    assert "Straighten" in said(night.log)[before]
    night.hear("easing")
    night.run(night.now + 20)
    assert OFF in said(night.log)[before:]


@pytest.mark.parametrize("intent", ["repeat", "pause"])
def test_repeated_or_resumed_it_ends_when_it_would_have_ended(night: VirtualNight, intent: str) -> None:
    began = warm(night)
    night.run(began + 290)
    night.hear(intent)
    if intent == "pause":
        night.run(began + 298)
        night.hear("resume")
    answer(night, "yes")
    assert "Take the warm pad away now" in until_asked(night)
    assert events(night.log, "release")[-1]["t"] - began == pytest.approx(600)


def test_a_pause_that_nobody_ends_takes_it_off(night: VirtualNight) -> None:
    warm(night)
    night.hear("pause")
    night.run(night.now + 150)
    assert "Take it off the leg now. Is it off?" in said(night.log)


@pytest.mark.parametrize(("intent", "decision", "slots"), [("yes", "act", {"feels": "hot"}), ("yes", "confirm", {})])
def test_only_a_clear_yes_lets_it_lie_on(
    night: VirtualNight, intent: str, decision: Decision, slots: dict[str, str]
) -> None:
    warm(night)
    assert until_asked(night).startswith("Halfway")
    night.hear(intent, slots, decision)
    assert until_asked(night) == "Take it off the leg now. Is it off?"


@pytest.mark.parametrize(
    "text",
    [
        "i'm falling asleep",
        "i'm drowsy",
        "i'm nodding off",
        "she's asleep",
        "my skin is blotchy",
        "it's burning my skin",
    ],
)
def test_drowsy_and_blotchy_take_it_off(night: VirtualNight, text: str) -> None:
    warm(night)
    hear(night, text)
    assert until_asked(night) == "Take it off the leg now. Is it off?"
    hear(night, "i took it off")
    night.run(night.now + 20)
    assert "nothing lies on her leg" not in " ".join(said(night.log))
