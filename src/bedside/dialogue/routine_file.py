"""The format of a routine file: guided steps as a midwife can read and correct them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MAX_HOLD = 120.0
"""Longest hold or rest in one step, in seconds. The sources' longest timed hold is 30 s, walking is 2 to 3 min."""

MAX_ROUNDS = 10


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1, max_length=200)]
Texts = Annotated[list[Text], BeforeValidator(_as_list), Field(min_length=1)]
"""One text, or one for each round (the last serves all further rounds)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepEntry(_Strict):
    """One entry under `steps`. Exactly one kind: say (alone), hold, rest, ask, repeat, leg_questions or use.

    say: spoken text; with `hold` or `rest` it announces them and may use {seconds}.
    hold, rest: seconds (0 to 120); a hold is counted aloud. wait: seconds of quiet after the text.
    ask: a question; `answers` maps intents to `next`, `skip`, `end`, `again` or a routine's id, `silence` says what
    happens when nobody answers; the steps under `if_yes` follow the answers that lead to `next` and are left
    out after those that lead to `skip`.
    repeat: how many rounds of `steps` (1 to 10). round: only in that round of the repeat around it.
    up: true where she stands up, false where she sits down again; whatever breaks in between first lets her sit down.
    clear: only if no leg question stayed open in this session; else as if nobody had answered.
    leg_questions: guidance.md E3, the `first two` or `all` three. use: the id of a block to put here.
    """

    id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    say: Texts | None = None
    hold: float | None = Field(default=None, gt=0, le=MAX_HOLD)
    rest: float | None = Field(default=None, gt=0, le=MAX_HOLD)
    ask: Texts | None = None
    repeat: int | None = Field(default=None, ge=1, le=MAX_ROUNDS)
    steps: list[StepEntry] = Field(default_factory=list)
    leg_questions: Literal["first two", "all"] | None = None
    use: str | None = None
    wait: float = Field(default=0.0, ge=0, le=60)
    round: int | None = Field(default=None, ge=1)
    up: bool | None = None
    clear: bool = False
    sources: list[str] = Field(default_factory=list)
    answers: dict[str, str] = Field(default_factory=dict)
    silence: str = "next"
    if_yes: list[StepEntry] = Field(default_factory=list)

    @property
    def kind(self) -> str:
        return next(k for k in ("hold", "rest", "ask", "repeat", "leg_questions", "use", "say") if getattr(self, k))

    @model_validator(mode="after")
    def _one_kind(self) -> StepEntry:
        kinds = [k for k in ("hold", "rest", "ask", "repeat", "leg_questions", "use") if getattr(self, k) is not None]
        if len(kinds) > 1:
            raise ValueError(f"one step cannot be {' and '.join(kinds)} at once; write two steps")
        if not kinds and self.say is None:
            raise ValueError("a step needs one of say, hold, rest, ask, repeat, leg_questions or use")
        kind = kinds[0] if kinds else "say"
        if self.say is not None and kind not in ("say", "hold", "rest"):
            raise ValueError(f"'say' does not go with '{kind}'; write it as a step of its own")
        if kind == "hold" and not any("{seconds}" in text for text in self.say or []):
            raise ValueError("a hold must be announced: give it a 'say' with {seconds} in it")
        if (kind == "repeat") != bool(self.steps):
            raise ValueError("'repeat' and 'steps' go together: how many rounds, and the steps of one round")
        if kind != "ask" and (self.answers or self.if_yes or "silence" in self.model_fields_set):
            raise ValueError("'answers', 'silence' and 'if_yes' belong to an 'ask'")
        if self.clear and kind != "ask":
            raise ValueError("'clear' belongs to an 'ask'")
        if kind in ("say", "hold", "rest", "ask", "leg_questions") and self.id is None:
            raise ValueError("the step has no 'id'; it appears in the event log, so give it a short one")
        return self


class RoutineFile(_Strict):
    """A routine (or, with `block: true`, steps to be used in routines).

    relief: the routine treats a cramp that is on, so the escalation clock of guidance.md D0 runs.
    eased: the routine to go to when the person says that it eases. then: the routine that follows the end.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    relief: bool = False
    block: bool = False
    eased: str | None = None
    then: str | None = None
    steps: list[StepEntry] = Field(min_length=1)
