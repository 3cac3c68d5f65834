"""A routine as the conversation walks through it: repeats unrolled, blocks put in, one flat list of steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bedside.nlu.match import Match

StepKind = Literal["say", "hold", "rest", "timer", "ask", "leg_questions", "mention", "if_risk"]

PLACES = ("next", "skip", "end", "again", "own")
"""Targets that are no routine: the next step, the step after `if_yes`, the end, the start, and the routine that the
cramp itself was first given (a foot is not sent to the calf's)."""

TIERS = ("urgent", "emergency")

NUMBER = re.compile(r"\{(emergency|maternity|urgent_line|crisis_line)")
"""A variable that is a number to call."""


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
class Care:
    """What a file says for all of its steps, and for those of the blocks in it that say nothing themselves.

    It goes with the steps wherever they are used: heat within the recovery is still heat.
    worse: where to go when it gets worse. way_out: the routine that ends it when it is broken off. on_leaving: said
    when there is no time for that, as something lies on the leg.
    """

    worse: str | None = None
    way_out: str | None = None
    on_leaving: str | None = None

    def within(self, around: Care) -> Care:
        """This, and what it leaves open as it is around it."""
        return Care(self.worse or around.worse, self.way_out or around.way_out, self.on_leaving or around.on_leaving)


@dataclass(frozen=True)
class Step:
    """One step. id: as in the event log, "acute-calf-bed/3". texts: take turns by round; partner: said instead when
    the partner talks to bedside, both: when it is both legs. to_partner: they are spoken to the partner anyway.

    seconds: length of a hold, rest or timer. wait: seconds of quiet after the text. round: from 1.
    answers: intent or "slot=value" to target; silence: target without an answer; skip_to: index after the steps of
    `if_yes`; insist: so many more times it is asked; listen: seconds for an answer. leg_questions: how many of
    guidance.md E3 (1 to 3). up: she stands up (True) or sits down (False) in it. clear: only asked if no leg question
    stayed open. hands: not asked where nobody else is. gate: only behind the gate. shut_gate: shuts it for the night.
    target: of if_risk. mention: "due" or "noted". care: of the file it is from.
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
    hands: bool = False
    gate: bool = False
    shut_gate: bool = False
    target: str = ""
    mention: str | None = None
    care: Care = Care()

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
        yield from (target for target in (self.care.worse, self.care.way_out) if target)

    @property
    def default(self) -> tuple[str, str] | None:
        """The alert that silence means, if this asks and silence is one (guidance.md C5)."""
        return alert_of(self.silence) if self.kind in ("ask", "leg_questions") else None


def in_turn(texts: tuple[str, ...], number: int) -> str:
    """The text for the time `number` (from 1): they take turns. Empty if there is none."""
    return texts[(number - 1) % len(texts)] if texts else ""


@dataclass(frozen=True)
class Routine:
    """A routine, ready to be walked through. answer: it answers a question. symptom: what leads to it is news of how
    she is, so that what was asked before does not count any more. The rest is as in `RoutineFile`."""

    id: str
    title: str
    steps: tuple[Step, ...]
    part: str | None = None
    relief: bool = False
    answer: bool = False
    symptom: bool = False
    eased: str | None = None
    then: str | None = None
    with_partner: str | None = None
    called: str | None = None

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

    @property
    def brief(self) -> bool:
        """Whether its first sentence can stand alone beside something else: no question and no number follows it."""
        return all(
            step.kind == "say" and not any(NUMBER.search(text) for text in (*step.texts, *step.partner))
            for step in self.steps
        )

    def default_from(self, index: int) -> tuple[str, str] | None:
        """The alert of the first question from `index` on whose silence is one; None if no such question is left."""
        return next((step.default for step in self.steps[index:] if step.default is not None), None)

    def past_gate(self, index: int) -> int:
        """The first step from `index` on that needs no gate."""
        left = range(index, len(self.steps))
        return next((place for place in left if not self.steps[place].gate), len(self.steps))

    def targets(self) -> Iterator[str]:
        """Ids of all routines that this one can lead to."""
        for target in (
            self.eased,
            self.then,
            self.with_partner,
            *(t for step in self.steps for t in step.targets()),
        ):
            if target and target not in PLACES and alert_of(target) is None:
                yield target
