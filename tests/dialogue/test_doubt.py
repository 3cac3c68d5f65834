"""A question of guidance.md C5 that is open, or Q-16: it ends in its answer or in its default, whatever is said."""

from __future__ import annotations

import pytest

from bedside.nlu.match import Decision
from bedside.rehearsal import VirtualNight

from .own import answer, until_asked
from .reading import events, said, sessions, steps

SICK = {"tier": "urgent", "sign": "feeling_sick", "ask": "Q-06"}
DIZZY = {"tier": "urgent", "sign": "dizzy", "ask": "Q-07"}
BREATH = {"tier": "emergency", "sign": "breathing", "ask": "Q-05"}

ELSE: list[tuple[str, dict[str, str], Decision]] = [
    ("pause", {}, "act"),
    ("diary", {}, "act"),
    ("good_night", {}, "act"),
    ("time_left", {}, "act"),
    ("previous_step", {}, "act"),
    ("question", {"topic": "magnesium"}, "act"),
    ("mention_to_provider", {}, "act"),
    ("start_routine", {"routine": "foot-flexes"}, "act"),
    ("leg_cramp", {}, "act"),
    ("stop", {}, "confirm"),
]


@pytest.mark.parametrize(("intent", "slots", "decision"), ELSE)
@pytest.mark.parametrize("doubt", [BREATH, DIZZY])
def test_nothing_else_loses_the_default(
    night: VirtualNight, doubt: dict[str, str], intent: str, slots: dict[str, str], decision: Decision
) -> None:
    night.hear("danger_sign", doubt)
    night.run(1)
    night.hear(intent, slots, decision)
    night.run(20)
    assert [(alert["tier"], alert["sign"]) for alert in events(night.log, "alert")] == [(doubt["tier"], doubt["sign"])]


@pytest.mark.parametrize(("intent", "slots", "decision"), [e for e in ELSE if e[0] != "leg_cramp"])
def test_nor_in_the_minute_before_it_is_asked_again(
    night: VirtualNight, intent: str, slots: dict[str, str], decision: Decision
) -> None:
    night.hear("danger_sign", DIZZY)
    answer(night, "no", "yes")
    night.run(night.now + 20)
    night.hear(intent, slots, decision)
    night.run(night.now + 100)
    assert [alert["sign"] for alert in events(night.log, "alert")] == ["dizzy"]


def test_a_cramp_in_that_minute_brings_the_question_at_once_and_then_the_stretch(night: VirtualNight) -> None:
    night.hear("danger_sign", DIZZY)
    answer(night, "no", "yes")
    night.run(night.now + 10)
    night.hear("leg_cramp", {"side": "left"})
    assert until_asked(night).startswith("Has it passed?")
    night.hear("yes")
    assert said(night.log)[-1] == "Straighten your left leg, and push the heel away first."


@pytest.mark.parametrize("intent", ["pause", "diary", "good_night", "question", "start_routine"])
def test_the_question_what_is_wrong_keeps_its_default(night: VirtualNight, intent: str) -> None:
    night.hear("help")
    night.run(2)
    night.hear(intent, {"topic": "magnesium"} if intent == "question" else {"routine": "elevation"})
    night.run(30)
    assert events(night.log, "alert")[0]["tier"] == "emergency"


@pytest.mark.parametrize(
    ("intent", "slots", "decision"),
    [
        ("leg_cramp", {}, "act"),
        ("leg_cramp", {}, "confirm"),
        ("start_routine", {"routine": "acute-calf-bed"}, "act"),
    ],
)
def test_a_cramp_is_an_answer_to_it(
    night: VirtualNight, intent: str, slots: dict[str, str], decision: Decision
) -> None:
    night.hear("help")
    night.run(6)
    night.hear(intent, slots, decision)
    assert steps(night.log)[-1] == "acute-calf-bed/1"
    night.run(60)
    assert not events(night.log, "alert")


def test_help_asks_and_comes_back_to_the_open_question(night: VirtualNight) -> None:
    night.hear("danger_sign", DIZZY)
    night.run(3)
    night.hear("help")
    assert steps(night.log)[-1] == "help/1"
    night.hear("good_night")
    answer(night, "no")
    assert steps(night.log)[-1] == "q-07/1"
    night.run(night.now + 20)
    assert [alert["sign"] for alert in events(night.log, "alert")] == ["dizzy"]


def test_of_two_signs_the_graver_one_counts(night: VirtualNight) -> None:
    night.hear("danger_sign", BREATH)
    night.run(2)
    night.hear("danger_sign", SICK)
    assert [alert["sign"] for alert in events(night.log, "alert")] == ["breathing"]


def test_stop_clearly_heard_ends_it(night: VirtualNight) -> None:
    night.hear("danger_sign", DIZZY)
    night.run(2)
    night.hear("stop")
    night.run(60)
    assert night.conversation.state == "idle"
    assert not events(night.log, "alert")


def test_a_swollen_leg_on_top_settles_it(night: VirtualNight) -> None:
    night.hear("danger_sign", BREATH)
    night.run(2)
    night.hear("leg_swelling")
    assert events(night.log, "alert")[0]["tier"] == "emergency"


def test_ten_minutes_of_cramp_do_not_lower_an_emergency(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.run(597)
    night.hear("danger_sign", BREATH)
    night.run(620)
    assert events(night.log, "alert")[0]["sign"] == "breathing"


def test_the_questions_of_swollen_ankles_are_no_less_held(night: VirtualNight) -> None:
    night.hear("leg_swelling")
    answer(night, "no", "no", "no", "yes")
    until_asked(night)
    for intent in ("pause", "good_night"):
        night.hear(intent)
    night.run(night.now + 20)
    assert events(night.log, "alert")[0]["sign"] == "leg_swelling_with_signs"
    assert ("good-night", "started") not in sessions(night.log)


def test_a_question_whose_silence_is_no_alert_does_not_stand_for_one(night: VirtualNight) -> None:
    night.hear("leg_cramp")
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing", "ask": "Q-01-BELLY"})
    assert [alert["sign"] for alert in events(night.log, "alert")] == ["breathing"]
