"""Timers, insisting questions, what is asked once or only while unknown, and what bed rest leaves out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from bedside.dialogue.scene import Settings

from .own import answer, night_with, until_asked
from .reading import events, said, sessions, steps

TIMER = """
id: timed
title: Timed
steps:
  - id: "1"
    timer: 600
    say: "{minutes} minutes, quietly."
    checks: [{at: 300, ask: ["Still good?", "Good?"], answers: {no: end}, silence: end}]
  - {id: "2", ask: "Is it off?", insist: 12, answers: {yes: next, next_step: next}, silence: next}
  - {id: "3", say: "All done."}
"""


def test_a_timer_lasts_exactly_and_asks_at_its_second(tmp_path: Path) -> None:
    night = night_with(tmp_path, TIMER)
    night.start("timed")
    assert until_asked(night) == "Still good?"
    asked = next(event["t"] for event in events(night.log, "say") if event["text"] == "Still good?")
    hold = events(night.log, "hold")[0]
    assert asked - hold["t"] == 300
    night.hear("yes")
    assert until_asked(night) == "Is it off?"
    assert events(night.log, "release")[0]["t"] - hold["t"] == 600


def test_a_timer_nobody_answers_ends_as_it_says(tmp_path: Path) -> None:
    night = night_with(tmp_path, TIMER)
    night.start("timed")
    night.run(700)
    assert said(night.log)[-1] == "Good?"
    assert sessions(night.log)[-1] == ("timed", "ended")
    assert len(events(night.log, "release")) == 1


def test_an_insisting_question_comes_again_and_then_goes_on(tmp_path: Path) -> None:
    night = night_with(tmp_path, TIMER)
    night.start("timed")
    answer(night, "yes")
    started = len(said(night.log))
    answer(night, "no", "unsure")
    night.run(night.now + 400)
    times = [event["t"] for event in events(night.log, "say")[started:] if event["text"] == "Is it off?"]
    assert len(times) == 13
    assert {round(later - earlier) for earlier, later in pairwise(times)} == {20}
    assert times[-1] - times[0] <= 300, "ten minutes and these stay within fifteen"
    assert said(night.log)[-1] == "All done."


LEARN = """
id: learn
title: Learn
steps:
  - {id: "1", ask: "Which leg is it?", learn: side}
  - {id: "2", say: "Straighten {leg}."}
  - {id: "3", once: true, ask: "Any swelling?", answers: {yes: urgent/one_leg_different, no: next}}
"""


def test_which_leg_is_asked_while_unknown_and_kept(tmp_path: Path) -> None:
    night = night_with(tmp_path, LEARN)
    night.start("learn")
    assert until_asked(night) == "Which leg is it?"
    night.hear("leg_cramp", {"side": "left", "part": "leg"})
    night.run(night.now + 3)
    assert "Straighten your left leg." in said(night.log)
    night.run(night.now + 30)
    night.start("learn", side="right")
    assert said(night.log)[-1] == "Straighten your right leg."


def test_once_a_night(tmp_path: Path) -> None:
    night = night_with(tmp_path, LEARN)
    for _ in range(2):
        night.start("learn", side="left")
        night.run(night.now + 30)
    assert said(night.log).count("Any swelling?") == 1
    night.run(night.now + 12 * 3600)
    night.start("learn", side="left")
    night.run(night.now + 30)
    assert said(night.log).count("Any swelling?") == 2


def test_an_answer_may_lead_to_an_alert(tmp_path: Path) -> None:
    night = night_with(tmp_path, LEARN)
    night.start("learn", side="left")
    until_asked(night)
    night.hear("yes")
    assert events(night.log, "alert")[0] | {"t": 0} == {
        "t": 0,
        "event": "alert",
        "tier": "urgent",
        "sign": "one_leg_different",
    }


def test_on_bed_rest_nobody_is_asked_to_get_up(tmp_path: Path) -> None:
    night = night_with(tmp_path, LEARN, settings=Settings(risks=frozenset({"bed_rest"})))
    night.start("acute-calf-standing")
    night.run(20)
    assert "stay there" in said(night.log)[0]
    assert not any("stand" in text for text in said(night.log))
    night.hear("stop")
    night.hear("leg_cramp")
    night.run(night.now + 300)
    assert not any("stand up" in text for text in said(night.log))


def test_texts_take_turns(tmp_path: Path) -> None:
    text = "id: turns\ntitle: Turns\nsteps:\n  - repeat: 3\n    steps: [{id: a, say: [One., Two.]}]\n"
    night = night_with(tmp_path, text)
    night.start("turns")
    night.run(60)
    assert said(night.log) == ["One.", "Two.", "One."]


def test_resting_while_bedside_listens_lasts_to_its_end(tmp_path: Path) -> None:
    text = """
id: rests
title: Rests
steps:
  - {id: "1", ask: "Rest. Easing?", rest: 5, answers: {easing: end, no: next}}
  - {id: "2", say: "Again."}
"""
    night = night_with(tmp_path, text)
    night.start("rests")
    until_asked(night)
    asked = night.now
    night.hear("no")
    night.run(night.now + 20)
    again = next(event["t"] for event in events(night.log, "say") if event["text"] == "Again.")
    assert again - asked >= 5
    assert steps(night.log) == ["rests/1", "rests/2"]
