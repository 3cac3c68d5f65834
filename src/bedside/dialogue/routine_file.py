"""The format of a routine file: guided steps as a midwife can read and correct them.

Answers to questions (the folder answers/) are written in the same format.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MAX_HOLD = 120.0
"""Longest hold or rest in one step, in seconds. The sources' longest timed hold is 30 s, walking is 2 to 3 min."""

MAX_TIMER = 900.0
"""Longest timer, in seconds: raised legs for 15 min, and heat never past 15 (guidance.md D7, D10)."""

MAX_ROUNDS = 10

KINDS = ("hold", "timer", "ask", "rest", "repeat", "leg_questions", "use", "mention", "if_risk", "say")
LegQuestions = Literal["first", "first two", "all"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[list[Text], BeforeValidator(_as_list), Field(min_length=1)]
"""One text, or several that take turns from round to round."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckEntry(_Strict):
    """A question while a timer runs, `at` seconds after its start. An answer that is not listed goes on."""

    at: float = Field(gt=0, lt=MAX_TIMER)
    ask: Texts
    partner: Texts | None = None
    answers: dict[str, str] = Field(default_factory=dict)
    silence: str = "next"


class StepEntry(_Strict):
    """One entry under `steps`. Exactly one kind: say (alone), hold, rest, timer, ask, repeat, leg_questions, use,
    mention or if_risk.

    say: spoken text; with `hold`, `rest` or `timer` it announces them and may use {seconds} or {minutes}.
    partner: said instead when it is the partner who talks to bedside (guidance.md E11). both: said instead when it is
    both legs; {Leg} makes it fit the partner too.
    hold, rest: seconds (0 to 120); a hold is counted aloud, its middle told by `cue` or a breathing cue.
    timer: quiet seconds (0 to 900) with the questions of `checks`. wait: seconds of quiet after the text.
    ask: a question; `answers` maps intents, or a slot and its value ("part=hamstring"), to `next`, `skip`, `end`,
    `again`, a routine's id, or an alert ("urgent/fever"); `silence` says what happens when nobody answers; the steps
    under `if_yes` follow the answers that lead to `next` and are left out after those that lead to `skip`.
    With `rest` she rests meanwhile. insist: asked so many times more, louder, until a listed answer comes.
    listen: seconds for an answer, instead of the usual six.
    learn: only asked while that is not known, and answered by naming it. once: at most once a night, also where
    it is part of several routines; a `say` may have it too.
    clear: only if no leg question stayed open in this session; else as if nobody had answered. hands: it asks for
    somebody else's hands; where she sleeps alone, as the settings say, as if nobody had answered.
    repeat: how many rounds of `steps` (1 to 10). round: only in that round of the repeat around it.
    up: true where she stands up, false where she sits down again; whatever breaks in between first lets her sit down.
    gate: massage, heat, cold: only after three clear answers and their read-back (guidance.md E3); for all
    steps inside too. shut_gate: from here on they stay shut for the night.
    leg_questions: guidance.md E3; `silence` for when one stays open. use: the id of a file whose steps go here.
    mention: what guidance.md E6 wants mentioned to the midwife, if it is `due`; or that the cramp is `noted` (D7), if
    there was one. if_risk: a target if a risk flag is set.
    """

    id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    say: Texts | None = None
    partner: Texts | None = None
    both: Texts | None = None
    hold: float | None = Field(default=None, gt=0, le=MAX_HOLD)
    rest: float | None = Field(default=None, gt=0, le=MAX_HOLD)
    timer: float | None = Field(default=None, gt=0, le=MAX_TIMER)
    checks: list[CheckEntry] = Field(default_factory=list)
    cue: Texts | None = None
    ask: Texts | None = None
    insist: int = Field(default=0, ge=0, le=15)
    listen: float | None = Field(default=None, gt=0, le=60)
    learn: Literal["side"] | None = None
    once: bool = False
    repeat: int | None = Field(default=None, ge=1, le=MAX_ROUNDS)
    steps: list[StepEntry] = Field(default_factory=list)
    leg_questions: LegQuestions | None = None
    use: str | None = None
    mention: Literal["due", "noted"] | None = None
    if_risk: str | None = None
    wait: float = Field(default=0.0, ge=0, le=60)
    round: int | None = Field(default=None, ge=1)
    up: bool | None = None
    clear: bool = False
    hands: bool = False
    gate: bool = False
    shut_gate: bool = False
    sources: list[str] = Field(default_factory=list)
    answers: dict[str, str] = Field(default_factory=dict)
    silence: str = "next"
    if_yes: list[StepEntry] = Field(default_factory=list)

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if getattr(self, kind))

    @model_validator(mode="after")
    def _one_kind(self) -> StepEntry:
        kinds = [kind for kind in KINDS if kind != "say" and getattr(self, kind) is not None]
        if kinds == ["ask", "rest"]:
            kinds = ["ask"]
        if len(kinds) > 1:
            raise ValueError(f"one step cannot be {' and '.join(kinds)} at once; write two steps")
        if not kinds and self.say is None:
            raise ValueError(f"a step needs one of say, {', '.join(kind for kind in KINDS if kind != 'say')}")
        kind = kinds[0] if kinds else "say"
        if self.say is not None and kind not in ("say", "hold", "rest", "timer"):
            raise ValueError(f"'say' does not go with '{kind}'; write it as a step of its own")
        for key in ("partner", "both"):
            if getattr(self, key) is not None and self.say is None and self.ask is None:
                raise ValueError(f"'{key}' is another wording of 'say' or 'ask', and stands beside one of them")
        for length, variable in (("hold", "{seconds}"), ("timer", "{minutes}")):
            if kind == length and not all(
                variable in text for text in (*(self.say or [""]), *(self.partner or []), *(self.both or []))
            ):
                raise ValueError(f"a {length} must be announced: give it a 'say' with {variable} in it")
        if (kind == "repeat") != bool(self.steps):
            raise ValueError("'repeat' and 'steps' go together: how many rounds, and the steps of one round")
        self._belongs(kind)
        if kind not in ("repeat", "use") and self.id is None:
            raise ValueError("the step has no 'id'; it appears in the event log, so give it a short one")
        return self

    def _belongs(self, kind: str) -> None:
        """Raises ValueError for a key that means nothing on a step of this kind."""
        if kind != "ask" and (self.answers or self.if_yes):
            raise ValueError("'answers' and 'if_yes' belong to an 'ask'")
        if kind not in ("ask", "leg_questions") and "silence" in self.model_fields_set:
            raise ValueError("'silence' belongs to an 'ask' or to 'leg_questions'")
        if kind not in ("ask", "say") and self.once:
            raise ValueError("'once' belongs to an 'ask' or to a 'say' alone")
        for key in ("clear", "hands", "learn", "insist", "listen"):
            if kind != "ask" and getattr(self, key):
                raise ValueError(f"'{key}' belongs to an 'ask'")
        if kind != "hold" and self.cue is not None:
            raise ValueError("'cue' is said in the middle of a 'hold'")
        if kind != "timer" and self.checks:
            raise ValueError("'checks' belong to a 'timer'")
        if any(check.at >= (self.timer or 0) for check in self.checks):
            raise ValueError("a check must come before its timer is over")


class RoutineFile(_Strict):
    """A routine (or, with `block: true`, steps to be used in routines).

    relief: the routine treats a cramp that is on, so the escalation clock of guidance.md D0 runs.
    to: whom it speaks to. gate: all of it is massage, heat or cold.
    part: what it stretches, where the leg questions depend on it (guidance.md D4).
    eased: the routine to go to when the person says that it eases; `own`: that of the cramp's own routine.
    worse: where to go when it gets worse.
    then: the routine that follows the end; `own` is the one that the cramp itself was first given.
    way_out: the routine that ends this one when it is broken off: by news of a symptom, a good night, a pause nobody
    ends. on_leaving: said when there is no time for that, while something lies on the leg, which is so from its timer
    on. with_partner: what takes its place when the partner talks to bedside.
    called: what it is called in a question: "Go on with the calf stretch?"
    symptom: what leads to this answer tells how she is; so does every answer with a question whose silence is an alert.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    to: Literal["her", "partner"] = "her"
    relief: bool = False
    block: bool = False
    gate: bool = False
    part: Literal["thigh"] | None = None
    symptom: bool = False
    eased: str | None = None
    worse: str | None = None
    then: str | None = None
    way_out: str | None = None
    on_leaving: Text | None = None
    with_partner: str | None = None
    called: Text | None = None
    steps: list[StepEntry] = Field(min_length=1)

    @model_validator(mode="after")
    def _comes_off(self) -> RoutineFile:
        if self.on_leaving is not None and self.way_out is None:
            raise ValueError("what lies on the leg must come off: name the routine that sees to it as 'way_out'")
        return self
