"""What is said is said in words of our own: the guidance is a source, not a script."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.dialogue.content_checks import texts_of
from bedside.dialogue.library import Library, load_library
from bedside.resources import content_folder

GUIDANCE = Path(os.environ.get("BEDSIDE_GUIDANCE", ""))
LONGEST_RUN = 7
"""Words in a row that may be the same by chance."""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+|\d+", text.lower().replace("-", " "))


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def spoken_texts(library: Library) -> Iterator[str]:
    for _, text in texts_of(library.spoken.model_dump(exclude={"gated"})):
        yield text
    for routine in library.routines.values():
        for step in routine.steps:
            yield from (*step.texts, *step.partner, *step.both, *step.cues)
            for check in step.checks:
                yield from (*check.texts, *check.partner)


@pytest.mark.skipif(not GUIDANCE.is_file(), reason="BEDSIDE_GUIDANCE names no guidance file")
def test_nothing_is_copied_from_the_guidance() -> None:
    copied = runs(GUIDANCE.read_text(encoding="utf-8"), LONGEST_RUN + 1)
    library = load_library(content_folder())
    assert [text for text in spoken_texts(library) if runs(text, LONGEST_RUN + 1) & copied] == []
