"""A routine as the conversation walks through it: repeats unrolled, blocks put in, one flat list of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

StepKind = Literal["say", "hold", "rest", "ask", "leg_questions"]


@dataclass(frozen=True)
class Step:
    """One step. id: as in the event log, "acute-calf-bed/3". texts: by round, the last serves all further ones.

    seconds: length of a hold or rest. wait: seconds of quiet after the text. round: from 1.
    answers: intent to target; silence: target without an answer; skip_to: index after the steps of `if_yes`.
    every_leg_question: all three of guidance.md E3, not only the first two. up: she stands up (True) or sits
    down (False) in it. clear: only asked if no leg question stayed open.
    """

    kind: StepKind
    id: str
    texts: tuple[str, ...] = ()
    seconds: float = 0.0
    wait: float = 0.0
    round: int = 1
    sources: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    silence: str = "next"
    skip_to: int = 0
    every_leg_question: bool = False
    up: bool | None = None
    clear: bool = False

    @property
    def text(self) -> str:
        """The text of this step's round, with its variables unfilled; empty for leg questions."""
        return self.texts[min(self.round, len(self.texts)) - 1] if self.texts else ""


@dataclass(frozen=True)
class Routine:
    """A routine, ready to be walked through."""

    id: str
    title: str
    steps: tuple[Step, ...]
    relief: bool = False
    eased: str | None = None
    then: str | None = None

    def targets(self) -> Iterator[str]:
        """Ids of all routines that this one can lead to."""
        for target in (self.eased, self.then):
            if target:
                yield target
        for step in self.steps:
            for target in (*step.answers.values(), *([step.silence] if step.kind == "ask" else [])):
                if target not in PLACES:
                    yield target


PLACES = ("next", "skip", "end", "again")
"""Targets of an answer that are no routine: the next step, the step after `if_yes`, the end, the start."""
