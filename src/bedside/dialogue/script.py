"""A script: what one activity of the conversation does, as a generator of operations.

The performer runs it, one script at a time: ``answer = yield Ask(...)`` speaks, listens and comes back.
Scripts hold no clock; they read the time from their `Scene`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from bedside.dialogue.actions import Report
from bedside.nlu.match import Match


@dataclass(frozen=True)
class Line:
    """A text to speak, its variables filled. step, sources, raise_db, keep: as in `Say`."""

    text: str
    step: str
    sources: tuple[str, ...] = ()
    raise_db: float = 0.0
    keep: bool = True


@dataclass(frozen=True)
class Speak:
    """Speak `line` and wait until it is said, and `wait` seconds more."""

    line: Line
    wait: float = 0.0


@dataclass(frozen=True)
class Cue:
    """Speak `line` beside what goes on; left out if something is being spoken."""

    line: Line


@dataclass(frozen=True)
class Until:
    """Wait until the absolute time `time` (seconds), so that nothing drifts."""

    time: float


@dataclass(frozen=True)
class Ask:
    """Speak `line`, then listen for `seconds`. Gives the answer's Match, or None. Answers may come early.

    legs: it is one of the leg questions, for which more counts as an answer than elsewhere, and nothing else.
    takes: what answers it besides yes, no and the like: intents, slots ("side"), or slots with a value
    ("part=hamstring"). leads_on: the intent of the answer with which a rehearsal sees most.
    """

    line: Line
    seconds: float
    legs: bool = False
    takes: frozenset[str] = frozenset()
    leads_on: str = "yes"

    def is_answered_by(self, heard: Match) -> bool:
        """Whether what was heard is one of the answers that belong to this question only."""
        said = {heard.intent or "", *heard.slots, *(f"{slot}={value}" for slot, value in heard.slots.items())}
        return bool(said & self.takes)


@dataclass(frozen=True)
class Tell:
    """Put a line into the event log."""

    report: Report


@dataclass(frozen=True)
class Outcome:
    """How a script ended. go: a target as in routine files. alert: (tier, sign) of an alert to raise instead.

    lower: that alert takes the place of the present one although its tier is lower.
    """

    go: str = "next"
    alert: tuple[str, str] | None = None
    lower: bool = False


Operation: TypeAlias = Speak | Cue | Until | Ask | Tell
Script: TypeAlias = Generator[Operation, Match | None, Outcome]
