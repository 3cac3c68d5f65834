"""The shipped texts: short, in order, and nothing in them that must not be said."""

from __future__ import annotations

import re

from bedside.dialogue.content_checks import texts_of
from bedside.dialogue.library import Library
from bedside.dialogue.wording import PhoneNumbers, Wording, fixed_texts
from bedside.nlu.intents import load_intents
from bedside.nlu.meaning import danger_signs

from .conftest import NUMBERS
from .test_generated import NEVER

MOST_WORDS = 14
"""guidance.md E1: about 12 words an utterance, one instruction. Alerts may enumerate what to tell."""

MOST_WORDS_ASKED = 16
"""A question may name three findings."""

HOW_TO_ANSWER = re.compile(r" Yes(,| or) no(, or skip)?\.$")


def test_every_utterance_is_short(library: Library) -> None:
    wording = Wording(library.spoken, NUMBERS)
    spoken = library.spoken.model_dump(exclude={"alert", "gated", "numbers", "twice", "taken_up"})
    texts = [text for _, text in texts_of(spoken)]
    for routine in library.routines.values():
        for step in routine.steps:
            told = (*step.texts, *step.partner, *step.both, *step.cues)
            told += tuple(text for check in step.checks for text in (*check.texts, *check.partner))
            texts += [text.replace("{seconds}", f"{step.seconds:g}") for text in told]
    for text in texts:
        told_text = HOW_TO_ANSWER.sub("", wording.fill(text))
        words = re.sub(r"\d[\d ,]*", "number ", told_text).split()
        assert len(words) <= (MOST_WORDS_ASKED if told_text.endswith("?") else MOST_WORDS), told_text


def test_nothing_forbidden_is_ever_said(library: Library) -> None:
    for text in fixed_texts(library, Wording(library.spoken, NUMBERS)):
        assert not NEVER.search(text), text


def test_numbers_are_read_digit_by_digit_and_never_guessed(library: Library) -> None:
    texts = fixed_texts(library, Wording(library.spoken, PhoneNumbers()))
    assert any("your local emergency number" in text for text in texts)
    assert not any(re.search(r"\b(911|999|112|9 9 9|9 1 1|1 1 2)\b", text) for text in texts)
    spoken = Wording(library.spoken, PhoneNumbers(emergency="+44 (20) 7946-0000")).fill("{emergency}")
    assert spoken == "plus, 4 4, 2 0, 7 9 4 6, 0 0 0 0"


def test_every_guided_step_names_its_sources(library: Library) -> None:
    for routine in library.routines.values():
        assert all(step.sources for step in routine.steps), routine.id


def test_no_two_rounds_running_say_the_same(library: Library) -> None:
    for routine in library.routines.values():
        told: dict[str, str] = {}
        for step in routine.steps:
            if step.text() and step.kind != "ask":
                assert step.round == 1 or told.get(step.id) != step.text(), f"{step.id}: {step.text()}"
                told[step.id] = step.text()


def test_the_groups_of_signs_are_signs_that_can_be_heard(library: Library) -> None:
    signs = {s.slots["sign"] for s in load_intents().sentences("idle") if s.intent == "danger_sign"}
    signs |= danger_signs()
    signs |= {question.sign for question in library.spoken.leg_questions} | set(library.spoken.alert.signs)
    for group, members in library.spoken.alert.groups.items():
        assert set(members) <= signs, group


def test_routines_start_without_greeting_question_or_disclaimer(library: Library) -> None:
    first = library.routines["acute-calf-bed"].steps[0]
    assert first.kind == "say"
    assert "straighten" in first.text().lower()
