"""What the guidance wants of single routines, held against the shipped files."""

from __future__ import annotations

import re

import pytest

from bedside.dialogue.library import Library, load_library
from bedside.dialogue.routine import Routine, Step
from bedside.resources import content_folder

TO_HER = re.compile(r"\byou(r|rs|rself)?\b", re.IGNORECASE)
FOR_BOTH = re.compile(
    r"your (midwife|doctor)|if you are unsure|say yes|thank you|you may call|call anyone for you", re.IGNORECASE
)
ASKED_WITHIN = 30.0
MASSAGES = ("massage-calf", "massage-foot-ankle", "massage-full-leg", "massage-self", "massage-trigger-point")
STANDING = ("acute-calf-standing", "wall-stretch", "wall-stretch-short", "wall-stretch-long")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(content_folder())


def routines(library: Library) -> list[Routine]:
    return [routine for routine in library.routines.values() if not routine.answer]


def steps(library: Library) -> list[Step]:
    return [step for routine in routines(library) for step in routine.steps]


def test_who_speaks_for_her_is_never_spoken_to_as_her(library: Library) -> None:
    """guidance.md E11: the same in the third person, in answers too."""
    for step in (step for routine in library.routines.values() for step in routine.steps):
        if step.to_partner:
            continue
        assert step.partner or not any(TO_HER.search(FOR_BOTH.sub("", text)) for text in step.texts), step.id
        assert not any(TO_HER.search(text) for text in step.cues), step.id
        for check in step.checks:
            assert check.partner or not any(TO_HER.search(text) for text in check.texts), step.id
    for file in (content_folder() / "routines").glob("*.yaml"):
        leaving = re.search(r"^on_leaving: (.*)", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert not leaving or not TO_HER.search(leaving[1]), file.name


def test_nobody_stands_but_by_getting_up(library: Library) -> None:
    for step in steps(library):
        assert not step.up or step.id.endswith("/getting-up/6"), step.id
    assert all(library.routines[ident].gets_up for ident in STANDING)


def test_who_should_not_stand_is_told_so_before_standing(library: Library) -> None:
    """guidance.md D2, "Not if"."""
    for routine in routines(library):
        texts = [step.text() for step in routine.steps]
        for at, step in enumerate(routine.steps):
            if step.up:
                assert any("Dizzy, bleeding, or sore to stand on?" in text for text in texts[at - 2 : at]), routine.id


def test_massage_and_heat_are_no_part_of_relief(library: Library) -> None:
    """guidance.md C07: never a rescue for a stretch that failed."""
    assert [step.id for routine in routines(library) if routine.relief for step in routine.steps if step.gate] == []


def test_a_massage_is_asked_about_every_half_minute(library: Library) -> None:
    """guidance.md D6."""
    for ident in (*MASSAGES, "recovery", "thigh-recovery", "foot-recovery"):
        held = 0.0
        for step in library.routines[ident].steps:
            held = held + step.seconds if step.kind == "hold" else 0.0 if step.kind == "ask" else held
            assert held <= ASKED_WITHIN, step.id


@pytest.mark.parametrize(
    ("ident", "seconds"),
    [("massage-calf", 90), ("massage-self", 60), ("massage-foot-ankle", 240), ("massage-full-leg", 480)],
)
def test_a_massage_lasts_as_long_as_it_should(library: Library, ident: str, seconds: float) -> None:
    assert sum(step.seconds for step in library.routines[ident].steps if step.kind == "hold") == seconds


def test_every_massage_ends_with_the_hands_away(library: Library) -> None:
    for ident in (*MASSAGES, "hands-away"):
        routine = library.routines[ident]
        assert any("Lift your hands away" in step.text() for step in routine.steps[-2:]), ident
        assert "end" not in {target for step in routine.steps for target in step.answers.values()}, ident


def test_what_was_for_no_cramp_leads_to_no_stretch_when_it_hurts(library: Library) -> None:
    """guidance.md STOP-3."""
    for ident in ("wall-stretch", "wall-stretch-short", "wall-stretch-long", "foot-flexes", "foot-flexes-day"):
        assert "enough" in library.routines[ident].targets(), ident
    assert not any(library.routines[target].relief for target in library.routines["enough"].targets())
    assert not library.routines["enough"].relief


def test_the_evening_is_asked_about_once_even_with_both_ankles(library: Library) -> None:
    assert not any("evening-check" in step.id for step in library.routines["both-ankles-swelling-relief"].steps)
    for ident in ("foot-flexes", "wall-stretch", "towel-stretch-evening", "night-preparation", "safe-positions"):
        assert "evening-check" in library.routines[ident].steps[0].id, ident


def test_no_question_keeps_the_first_relief_waiting(library: Library) -> None:
    """guidance.md E1: which leg it is, is asked after the cramp."""
    learns = [step.id for routine in routines(library) if routine.relief for step in routine.steps if step.learn]
    assert learns == []
    assert any(step.learn for step in library.routines["recovery"].steps)
