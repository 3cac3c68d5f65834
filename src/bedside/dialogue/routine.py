"""A routine as the conversation walks through it: repeats unrolled, blocks put in, one flat list of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bedside.nlu.match import Match

StepKind = Literal["say", "hold", "rest", "timer", "ask", "leg_questions", "mention", "if_risk"]

PLACES = ("next", "skip", "end", "again")
"""Targets of an answer that are no routine: the next step, the step after `if_yes`, the end, the start."""

TIERS = ("urgent", "emergency")


def alert_of(target: str) -> tuple[str, str] | None:
    """Tier and sign of a target such as "urgent/fever"; None if it is no alert."""
    tier, slash, sign = target.partition("/")
    return (tier, sign) if slash and tier in TIERS else None


def answer_target(answers: Mapping[str, str], heard: Match | None) -> str | None:
    """Where what was heard leads to; None if it is not listed, or was only half heard."""
    if heard is None or heard.decision != "act":
        return None
    for key, target in answers.items():
        slot, equals, value = key.partition("=")
        if equals and heard.slots.get(slot) == value:
            return target
    return answers.get(heard.intent or "")


@dataclass(frozen=True)
class Check:
    """A question while a timer runs. at: seconds after its start."""

    at: float
    texts: tuple[str, ...]
    partner: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    silence: str = "next"


@dataclass(frozen=True)
class Step:
    """One step. id: as in the event log, "acute-calf-bed/3". texts: take turns by round; partner: said instead when
    the partner talks to bedside, both: when it is both legs. to_partner: they are spoken to the partner anyway.

    seconds: length of a hold, rest or timer. wait: seconds of quiet after the text. round: from 1.
    answers: intent or "slot=value" to target; silence: target without an answer; skip_to: index after the steps of
    `if_yes`; insist: so many more times it is asked; listen: seconds for an answer. leg_questions: how many of
    guidance.md E3 (1 to 3). up: she stands up (True) or sits down (False) in it. clear: only asked if no leg question
    stayed open. gate: only behind the gate. shut_gate: shuts it for the night. target: of if_risk. mention: "due" or
    "noted".
    """

    kind: StepKind
    id: str
    texts: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    to_partner: bool = False
    seconds: float = 0.0
    wait: float = 0.0
    round: int = 1
    sources: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    silence: str = "next"
    skip_to: int = 0
    insist: int = 0
    listen: float | None = None
    learn: str | None = None
    once: bool = False
    leg_questions: int = 0
    up: bool | None = None
    clear: bool = False
    gate: bool = False
    shut_gate: bool = False
    target: str = ""
    mention: str | None = None

    def text(self, partner: bool = False, both: bool = False) -> str:
        """The text of this step's round, with its variables unfilled; empty where the step has none of its own."""
        if both and self.both:
            return in_turn(self.both, self.round)
        return in_turn(self.partner if partner and self.partner else self.texts, self.round)

    def speaks_of_her(self, partner: bool) -> bool:
        """Whether its text is in the third person, spoken to the partner."""
        return self.to_partner or (partner and bool(self.partner))

    def targets(self) -> Iterator[str]:
        """Everywhere that the step itself can lead to."""
        yield from self.answers.values()
        if self.kind in ("ask", "leg_questions"):
            yield self.silence
        for check in self.checks:
            yield from (*check.answers.values(), check.silence)
        if self.kind == "if_risk":
            yield self.target


def in_turn(texts: tuple[str, ...], number: int) -> str:
    """The text for the time `number` (from 1): they take turns. Empty if there is none."""
    return texts[(number - 1) % len(texts)] if texts else ""


@dataclass(frozen=True)
class Routine:
    """A routine, ready to be walked through. answer: it answers a question; the rest is as in `RoutineFile`."""

    id: str
    title: str
    steps: tuple[Step, ...]
    part: str | None = None
    relief: bool = False
    answer: bool = False
    eased: str | None = None
    worse: str | None = None
    then: str | None = None
    on_leaving: str | None = None
    with_partner: str | None = None

    @property
    def gets_up(self) -> bool:
        """Whether she leaves the bed without being asked."""
        index = 0
        while index < len(self.steps):
            step = self.steps[index]
            if step.up:
                return True
            index = max(index + 1, step.skip_to)
        return False

    @property
    def gated(self) -> bool:
        """Whether all that it does needs the gate."""
        return all(step.gate for step in self.steps)

    def targets(self) -> Iterator[str]:
        """Ids of all routines that this one can lead to."""
        for target in (
            self.eased,
            self.worse,
            self.then,
            self.with_partner,
            *(t for step in self.steps for t in step.targets()),
        ):
            if target and target not in PLACES and alert_of(target) is None:
                yield target
