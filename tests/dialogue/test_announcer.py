"""Texts from a keyboard: spoken where there is room, and no part of the conversation."""

from __future__ import annotations

import pytest

from bedside.dialogue.actions import Announce, Muted, Unmuted
from bedside.rehearsal import VirtualNight, rehearse

from .conftest import NewNight
from .reading import events, said
from .test_controls import STATES, alert, asking, guiding, holding, paused

SHORT = "I am coming up {leg}"  # no variable in it is filled
LONG = "This is a long text from the kitchen. " * 7


def announced(night: VirtualNight, text: str) -> bool:
    return text in said(night.log)


def test_in_an_idle_room_it_is_simply_spoken(night: VirtualNight) -> None:
    night.give(Announce(SHORT))
    assert night.speaking is not None
    assert (night.speaking.text, night.speaking.step, night.speaking.keep) == (SHORT, "say", False)
    assert night.conversation.state == "idle"
    night.run(60.0)
    assert said(night.log) == [SHORT]


def test_texts_come_one_after_the_other_and_stop_ends_them_all(night: VirtualNight) -> None:
    for text in ("One.", "Two.", "Three."):
        night.give(Announce(text))
    night.step()
    assert said(night.log) == ["One.", "Two."]
    night.hear("stop")
    night.run(60.0)
    assert said(night.log) == ["One.", "Two."]


def test_in_a_hold_a_short_text_fits_and_the_hold_is_as_long_as_announced(night: VirtualNight) -> None:
    holding(night)
    night.give(Announce("I am coming up."))
    assert night.speaking is not None
    night.run(night.now + 30.0)
    hold, release = events(night.log, "hold")[0], events(night.log, "release")[0]
    assert float(str(release["t"])) - float(str(hold["t"])) == pytest.approx(float(str(hold["seconds"])), abs=1e-3)


def test_what_does_not_fit_waits_for_the_end_and_changes_nothing_before(new_night: NewNight) -> None:
    plain, other = new_night(), new_night()
    told = list(rehearse(plain, "towel-stretch-evening", through=True))
    for number, _ in enumerate(rehearse(other, "towel-stretch-evening", through=True)):
        if number == 5:
            other.give(Announce(LONG))
    kept = [line for line in other.log if line.get("step") != "say"]
    assert kept == told
    other.run(other.now + 60.0)
    assert said(other.log)[-1] == LONG


@pytest.mark.parametrize("state", ["asking", "confirming"])
def test_nothing_comes_between_a_question_and_its_answer(night: VirtualNight, state: str) -> None:
    STATES[state](night)
    night.give(Announce("Yes."))
    while night.conversation.state == "asking":
        assert not announced(night, "Yes.")
        night.step()


def test_no_sentence_of_the_routine_is_cut_off(night: VirtualNight) -> None:
    guiding(night)
    night.give(Announce("Hello."))
    night.run(night.now + 120.0)
    assert announced(night, "Hello.")
    assert not [line for line in events(night.log, "said") if not line["complete"]]


def test_it_is_said_in_a_pause(night: VirtualNight) -> None:
    paused(night)
    night.give(Announce(SHORT))
    assert night.conversation.state == "paused"
    assert night.speaking is not None
    assert night.speaking.text == SHORT


def test_an_alert_cuts_it_and_drops_what_waits(night: VirtualNight) -> None:
    night.give(Announce("One."))
    night.give(Announce("Two."))
    alert(night)
    night.give(Announce("Three."))
    night.hear("stop")
    night.run(night.now + 60.0)
    assert not announced(night, "Two.")
    assert not announced(night, "Three.")


def test_a_text_is_no_answer(night: VirtualNight) -> None:
    """The words of the read-back that opens the gate, typed in the midst of its questions."""
    night.hear("start_routine", {"routine": "massage-calf"})
    for _ in range(400):
        if night.conversation.state == "asking" and night.speaking is None:
            night.give(Announce("No. Yes."))
        if not night.step():
            break
    assert "I start with long strokes" not in " ".join(said(night.log))
    assert not events(night.log, "hold")


def test_mute_says_so_for_how_long_and_when_it_is_over(night: VirtualNight) -> None:
    for seconds in (60.0, 1800.0, 3600.0, 7200.0, 9000.0):
        night.give(Muted(seconds))
        night.run(night.now + 20.0)
    night.give(Unmuted(aloud=True))
    night.run(night.now + 20.0)
    texts = said(night.log)
    assert [text.split(" I ")[0] for text in texts[:-1]] == [
        "For a minute",
        "For 30 minutes",
        "For 60 minutes",
        "For 2 hours",
        "For 150 minutes",
    ]
    assert texts[-1] == "I am listening again."
    assert [line["state"] for line in events(night.log, "mute")] == ["on"] * 5 + ["off"]


def test_the_end_of_a_mute_is_not_said_into_a_session(night: VirtualNight) -> None:
    asking(night)
    before = len(said(night.log))
    night.give(Unmuted(aloud=True))
    assert len(said(night.log)) == before


def test_a_mute_that_runs_out_wakes_nobody(night: VirtualNight) -> None:
    night.give(Unmuted())
    night.run(night.now + 20.0)
    assert said(night.log) == []
    assert [line["state"] for line in events(night.log, "mute")] == ["off"]
