"""Something warm or cold lies on the leg: its time knows no pause, and it comes off however the routine is left."""

from __future__ import annotations

import pytest

from bedside.nlu.match import Decision
from bedside.rehearsal import VirtualNight

from .own import answer, until_asked
from .reading import events, said, sessions
from .test_questions import hear

OFF = "Take it off the leg now, before any sleep."


def warm(night: VirtualNight, within: str = "warm-compress") -> float:
    """Three clear noes and a yes, and on to the timer; gives when it began."""
    night.start(within, side="left")
    if within == "recovery":
        answer(night, "no", "no", "yes", "no", "yes", "no", "yes", "yes")
    else:
        answer(night, "no", "no", "no", "yes", "yes")
    while not any(str(hold["step"]).endswith("warm-compress/4") for hold in events(night.log, "hold")):
        assert night.step()
    night.now += 1.0
    return float(events(night.log, "hold")[-1]["t"])


WITHIN = pytest.mark.parametrize("within", ["warm-compress", "recovery", "hot-water-bottle"])
"""Heat by itself, in a routine that uses it, and in an answer that does."""


@WITHIN
def test_stop_is_followed_by_one_sentence_and_silence(night: VirtualNight, within: str) -> None:
    warm(night, within)
    before = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[before:] == [OFF]
    assert sessions(night.log)[-1] == (within, "ended")


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


@WITHIN
@pytest.mark.parametrize(
    ("intent", "slots"),
    [("good_night", {}), ("still_hurts", {"worse": "yes"}), ("still_hurts", {}), ("no", {})],
)
def test_good_night_too_hot_and_it_hurts_take_it_off_and_ask(
    night: VirtualNight, within: str, intent: str, slots: dict[str, str]
) -> None:
    warm(night, within)
    night.hear(intent, slots)
    assert until_asked(night) == "Take it off the leg now. Is it off?"


@WITHIN
def test_another_routine_comes_after_the_word_to_take_it_off(night: VirtualNight, within: str) -> None:
    warm(night, within)
    before = len(said(night.log))
    night.hear("start_routine", {"routine": "foot-flexes"})
    night.run(night.now + 5)
    assert said(night.log)[before] == OFF
    assert sessions(night.log)[-1] == ("foot-flexes", "started")


@WITHIN
def test_a_new_cramp_is_not_kept_waiting(night: VirtualNight, within: str) -> None:
    warm(night, within)
    before = len(said(night.log))
    night.hear("leg_cramp")
    night.run(night.now + 6)
    assert "Straighten" in said(night.log)[before]
    assert said(night.log)[before + 1] == "Now take away what lies on your leg."
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


@WITHIN
def test_a_pause_that_nobody_ends_takes_it_off(night: VirtualNight, within: str) -> None:
    warm(night, within)
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


def test_while_it_is_taken_off_it_hurts_asks_again(night: VirtualNight) -> None:
    warm(night)
    night.hear("still_hurts", {"worse": "yes"})
    until_asked(night)
    night.hear("still_hurts")
    assert until_asked(night) == "Take it off the leg now. Is it off?"


def test_stop_in_a_question_in_between_stops(night: VirtualNight) -> None:
    warm(night)
    night.hear("question", {"topic": "magnesium"})
    night.run(night.now + 3)
    before = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[before:] == [OFF]
    assert night.conversation.state == "idle"


def test_nobody_steps_back_into_the_ten_minutes(night: VirtualNight) -> None:
    warm(night, "recovery")
    answer(night, "yes", "yes")
    night.run(night.now + 1)
    for _ in range(3):
        night.hear("previous_step")
        night.run(night.now + 1)
    assert len([h for h in events(night.log, "hold") if h["seconds"] == 600]) == 1


def test_it_hurts_in_a_partners_massage_is_urgent(night: VirtualNight) -> None:
    night.start("massage-calf", side="left")
    answer(night, "no", "no", "no", "yes")
    assert "good, lighter, or stop" in until_asked(night)
    night.hear("still_hurts")
    assert events(night.log, "alert")[0]["sign"] == "worse_after_massage"


@pytest.mark.parametrize("slots", [{}, {"worse": "yes"}])
def test_in_a_massage_within_the_recovery_worse_is_urgent(night: VirtualNight, slots: dict[str, str]) -> None:
    night.start("recovery", side="left")
    answer(night, "no", "no", "yes", "no", "yes", "yes")
    night.run(night.now + 20)
    night.hear("still_hurts", slots)
    if slots:
        assert events(night.log, "alert")[0]["sign"] == "worse_after_massage"
    else:
        assert until_asked(night) == "Is the cramp back?"


def test_stop_in_a_massage_is_followed_by_silence(night: VirtualNight) -> None:
    """Hands come off by themselves; only what lies on the leg is named."""
    night.start("massage-calf", side="left")
    answer(night, "no", "no", "no", "yes")
    while not events(night.log, "hold"):
        assert night.step()
    night.now += 1.0
    before = len(said(night.log))
    night.hear("stop")
    night.run(night.now + 900)
    assert said(night.log)[before:] == []
    assert night.conversation.state == "idle"
