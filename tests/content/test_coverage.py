"""The guidance is covered: what should be said is said somewhere that can be reached, what was dropped nowhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bedside.dialogue.conversation import SWOLLEN_BOTH
from bedside.dialogue.cramp import FIRST_ROUTINE, LET_GO, ROUTINE_OF_PART
from bedside.dialogue.forbidden import forbidden, never
from bedside.dialogue.guidance_table import known_ids, rows
from bedside.dialogue.half_sure import BELLY
from bedside.dialogue.library import Library, load_library
from bedside.dialogue.requests import PROVIDER
from bedside.dialogue.walk import NOT_EASING
from bedside.dialogue.wording import PhoneNumbers, Wording, fixed_texts
from bedside.nlu.intents import SCOPES, load_intents
from bedside.nlu.meaning import load_meanings
from bedside.resources import content_folder

SAID = ("STEP", "GATE", "INFO", "PRO", "ROUTINE")
GUIDANCE = Path(os.environ.get("BEDSIDE_GUIDANCE", ""))


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(content_folder())


def reachable(library: Library) -> set[str]:
    """Routines and answers that somebody can get to by saying something."""
    slots = [sentence.slots for scope in SCOPES for sentence in load_intents().sentences(scope)]
    slots += load_meanings().slots()
    named = {given[slot].lower() for given in slots for slot in ("routine", "topic", "ask") if slot in given}
    todo = [*named, FIRST_ROUTINE, LET_GO, NOT_EASING, SWOLLEN_BOTH, BELLY, PROVIDER, *ROUTINE_OF_PART.values()]
    found: set[str] = set()
    while todo:
        ident = todo.pop()
        if ident not in found and ident in library.routines:
            found.add(ident)
            todo.extend(library.routines[ident].targets())
    return found


def test_every_routine_and_answer_can_be_reached(library: Library) -> None:
    assert set(library.routines) - reachable(library) == set()


def test_every_row_that_should_be_said_is_said_where_it_can_be_reached(library: Library) -> None:
    told = {
        source
        for ident in reachable(library)
        for step in library.routines[ident].steps
        if step.text() or step.kind == "leg_questions"
        for source in step.sources
    }
    told |= {source for part in library.spoken for source in getattr(part[1], "sources", ())}
    told |= {source for question in library.spoken.leg_questions for source in question.sources}
    missing = [ident for ident, row in rows().items() if row.use in SAID and ident not in told]
    assert missing == []


def test_gated_rows_are_said_behind_the_gate_only(library: Library) -> None:
    gated = {ident for ident, row in rows().items() if row.use == "GATE"}
    for routine in library.routines.values():
        for step in routine.steps:
            assert step.gate or not gated & set(step.sources), step.id


def test_what_needs_asking_first_is_said_with_asking_first(library: Library) -> None:
    for routine in library.routines.values():
        cited = {source for step in routine.steps for source in step.sources}
        if any(ident in rows() and rows()[ident].use == "PRO" for ident in cited):
            texts = " ".join(text for step in routine.steps for text in step.texts).lower()
            assert re.search(r"ask (your midwife|them)|midwife, doctor or pharmacist", texts), routine.id


def test_nothing_that_was_dropped_is_said(library: Library) -> None:
    wording = Wording(library.spoken, PhoneNumbers())
    for text in fixed_texts(library, wording):
        assert forbidden(text) is None, (text, forbidden(text))


def test_every_dropped_row_is_kept_out_by_a_pattern() -> None:
    dropped = {ident for ident, row in rows().items() if row.status == "dropped"}
    kept_out = {ident for entry in never() for ident in entry.rows}
    assert kept_out == dropped
    assert not dropped & known_ids()


@pytest.mark.parametrize(
    "text",
    [
        "Pull the toes hard toward your shin.",
        "A massage helps your belly too.",
        "Soak your legs in Epsom salt.",
        "A chiropractor can help.",
        "Use a cold laser.",
        "Put ice on for swelling.",
        "Wear your stockings at night.",
        "Drink plenty before bed.",
        "Take magnesium citrate.",
        "Vitamin B lowers it by 30 percent.",
        "Water prevents constipation.",
        "Take 300 mg of magnesium.",
        "Two tablets will do.",
        "Aspirin helps.",
        "You may have a clot.",
        "This could be DVT.",
        "There is nothing to worry about.",
        "It is probably just the muscle.",
        "That is normal in pregnancy.",
        "Wait until the morning.",
        "Help is on its way.",
        "Bend the foot to test it.",
        "Try some herbal tea.",
    ],
)
def test_what_must_not_be_said_is_noticed(text: str) -> None:
    assert forbidden(text) is not None


@pytest.mark.skipif(
    "BEDSIDE_GUIDANCE" not in os.environ,
    reason="not compared: the guidance is no part of the repository; scripts/test names it if it lies beside",
)
def test_the_table_is_that_of_the_guidance() -> None:
    assert GUIDANCE.is_file(), f"BEDSIDE_GUIDANCE: there is no file {GUIDANCE}"
    text = GUIDANCE.read_text(encoding="utf-8")
    section = text[text.index("# A. Coverage") : text.index("# B. Conflicts")]
    found = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"[a-z][a-z0-9-]+", cells[0]) and cells[0] != "id":
            found[cells[0]] = cells[-1]
    assert set(found) == set(rows())
    for ident, use in found.items():
        first = re.split(r"[ ;,(+]", use)[0]
        if first in ("STEP", "GATE", "INFO", "PRO", "DROP", "ROUTINE", "TRI"):
            assert rows()[ident].use == first, ident
