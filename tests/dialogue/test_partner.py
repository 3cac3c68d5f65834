"""The partner (guidance.md E11), what is worth mentioning (E6), and quiet hours."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.dialogue.actions import Adjust, Heard, QuietHours
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library
from bedside.dialogue.mention import DAY, History, MemoryDiary, Mentions, prompts
from bedside.dialogue.scene import Settings
from bedside.nlu.match import Match
from bedside.rehearsal import VirtualNight

from .conftest import NUMBERS, speech_seconds
from .own import answer, night_with, until_asked
from .reading import events, said, sessions
from .test_questions import hear


def test_a_partner_is_told_about_her(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left", "who": "her"})
    night.run(30)
    assert said(night.log)[0] == "Help her straighten her left leg, heel away first."
    assert not any("your left leg" in text for text in said(night.log))


def test_the_partners_hands_take_the_place_of_standing(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "left", "who": "her"})
    answer(night, "no", "no", "no", "yes")
    assert ("partner-calf-stretch", "started") in sessions(night.log)
    assert "Look and feel" in until_asked(night)
    night.run(night.now + 60)  # nobody answers: nobody pushes
    assert not any("Push the foot" in text for text in said(night.log))


def alone(library: Library) -> VirtualNight:
    return VirtualNight(Conversation(library, NUMBERS, Settings(hands=False)), speech_seconds)


def test_who_sleeps_alone_is_not_asked_for_somebodys_hands(library: Library, night: VirtualNight) -> None:
    for each, asked in ((night, True), (alone(library), False)):
        each.hear("leg_cramp", {"side": "left"})
        answer(each, "no", "no", "no", "no")
        each.run(each.now + 10)
        assert ("Is someone there to help you? Yes or no." in said(each.log)) is asked
        assert ("not-easing", "started") in sessions(each.log) or asked


def test_nor_put_the_questions_before_a_massage_that_nobody_can_give(library: Library) -> None:
    night = alone(library)
    night.start("both-ankles-swelling-relief")
    answer(night, "no", "no", "no", "yes", "no", "no")
    night.run(night.now + 60)
    assert "Loosen rings, socks and anything tight." in said(night.log)
    assert not any("massage" in text for text in said(night.log))


def test_whoever_speaks_is_there(library: Library) -> None:
    night = alone(library)
    night.hear("leg_cramp", {"side": "left", "who": "her"})
    answer(night, "no", "no", "no")
    assert "hands" in until_asked(night)


def test_my_leg_is_said_by_herself(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"side": "right", "who": "her"})
    night.run(10)
    hear(night, "it's my left leg")
    assert said(night.log)[-1] == "Straighten your left leg, and push the heel away first."


def test_an_alert_told_by_the_partner_speaks_to_the_partner(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "emergency", "sign": "breathing", "who": "her"})
    night.run(60)
    assert any("she is pregnant" in text for text in said(night.log))
    assert any("Stay with her" in text for text in said(night.log))


def test_she_is_fine_does_not_take_back_what_she_said_herself(night: VirtualNight) -> None:
    night.hear("danger_sign", {"tier": "urgent", "sign": "leg_heat"})
    night.run(30)
    night.hear("no", {"who": "her"})
    night.run(night.now + 20)
    assert night.conversation.state == "alert"
    assert not any("Is one leg still" in text for text in said(night.log))


@pytest.mark.parametrize(
    ("history", "prompt"),
    [
        (History(nights_in_week=3), "three_nights"),
        (History(nights_in_week=2), None),
        (History(last_night=2), "two_in_a_night"),
        (History(weeks=(3, 2, 1)), "more_each_week"),
        (History(weeks=(3, 3, 1)), None),
        (History(stretch_days=14, weeks=(2, 2, 2)), "stretching_in_vain"),
        (History(stretch_days=14, weeks=(1, 2, 2)), None),
        (History(first=True), "first_use"),
    ],
)
def test_what_is_worth_mentioning(history: History, prompt: str | None) -> None:
    assert next(prompts(history), None) == prompt


def test_a_prompt_is_given_once_in_its_time() -> None:
    diary = MemoryDiary()
    mentions = Mentions(diary)
    for night in range(3):
        diary.cramp_began(night * DAY + 3600)
    now = 2 * DAY + 4000
    assert mentions.due(now) == "three_nights"
    diary.prompted("three_nights", now)
    assert mentions.due(now + 60) != "three_nights"


def test_the_first_cramp_is_mentioned_after_relief_and_only_once(night: VirtualNight) -> None:
    for _ in range(2):
        night.hear("leg_cramp", {"side": "left"})
        night.run(night.now + 5)
        night.hear("easing")
        answer(night, "no", "no")
        night.run(night.now + 200)
        assert night.conversation.state == "idle"
        night.run(night.now + 3600)
    told = [text for text in said(night.log) if "at your next visit" in text]
    assert len(told) == 1


def test_quiet_hours_are_softer_but_an_emergency_is_not(tmp_path: Path) -> None:
    text = "id: talk\ntitle: Talk\nsteps: [{id: a, say: Hello there.}]\n"
    conversation = night_with(tmp_path, text, settings=Settings(quiet_db=-6.0)).conversation
    gains = [action.gain_db for action in conversation.handle(QuietHours(True), 0.0) if isinstance(action, Adjust)]
    assert gains == [-6.0]
    slots = {"tier": "emergency", "sign": "breathing"}
    actions = conversation.handle(Heard(Match("", "danger_sign", slots, 100, 100, None, "act")), 1.0)
    assert [action.gain_db for action in actions if isinstance(action, Adjust)] == [0.0]
    after = conversation.handle(Heard(Match("", "stop", {}, 100, 100, None, "act")), 5.0)
    assert [action.gain_db for action in after if isinstance(action, Adjust)] == [-6.0]


def test_thigh_and_foot_have_their_own_routines(night: VirtualNight) -> None:
    night.hear("leg_cramp", {"part": "thigh"})
    assert said(night.log)[0].startswith("Rest the leg")
    assert "back of the thigh" in until_asked(night)
    night.hear("leg_cramp", {"part": "thigh-front"})
    assert sessions(night.log)[-1] == ("thigh-front", "started")
    night.hear("leg_cramp", {"part": "foot"})
    assert sessions(night.log)[-1] == ("foot-cramp", "started")
    assert not events(night.log, "alert")


@pytest.mark.parametrize("routine", ["sleeping-position", "safe-positions"])
def test_on_her_back_she_rolls_over_in_a_whole_sentence(library: Library, routine: str) -> None:
    texts = [text for step in library.routines[routine].steps for text in step.partner]
    assert "If she wakes on her back, she just rolls over." in texts
