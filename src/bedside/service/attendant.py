"""Carries out, in the loop's thread, what the control socket asks for: the loop alone touches the conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bedside.assistant import Assistant
from bedside.dialogue.actions import Announce, Heard, Muted, Unmuted
from bedside.dialogue.conversation import as_if_said, asked_for
from bedside.dialogue.routine import Routine
from bedside.service.control_server import MOST, Pending
from bedside.service.protocol import (
    Mute,
    Reply,
    Request,
    RequestError,
    Say,
    SoundState,
    Start,
    State,
    Status,
    done,
    refused,
)
from bedside.yamlfile import suggest

MOST_WAITING = 3
"""So many texts may wait to be spoken."""


def no_routine(name: str, known: Sequence[str]) -> str:
    """What to tell somebody who asked for a routine that is not among those known."""
    close = suggest(name, known)
    advice = close if close.startswith("Did") else "'bedside routines' lists them."
    return f"there is no routine '{name}'. {advice}"


def request_for(routines: Mapping[str, Routine], name: str, side: str | None = None) -> Heard:
    """What somebody would have said to be given a routine, or the answer to a question.

    Raises RequestError for a name that there is not. The questions of guidance.md C5, whose silence is an alert, come
    after a danger sign only.
    """
    by_itself = {each.id for each in routines.values() if each.answer and each.default_from(0)}
    if name in by_itself:
        problem = f"'{name}' is a question that bedside puts by itself and cannot be started."
        raise RequestError(problem, "unknown_routine")
    routine = routines.get(name)
    if routine is None:
        raise RequestError(no_routine(name, [each for each in routines if each not in by_itself]), "unknown_routine")
    if routine.answer:
        return as_if_said("question", {"topic": name})
    return asked_for(name, side)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class About:
    """What `status` tells besides the conversation. program: the version of bedside. model: of the recogniser.
    sound: how it is with microphone and speaker. clock: the time of day, with its zone."""

    program: str
    model: str
    sound: Callable[[], SoundState] = lambda: SoundState(microphone="alive")
    clock: Callable[[], datetime] = field(default=_now)


class Attendant:
    """To be one of the assistant's attendants. take: gives the next request, None if there is none."""

    def __init__(
        self,
        assistant: Assistant,
        routines: Mapping[str, Routine],
        about: About,
        take: Callable[[], Pending | None],
    ) -> None:
        self._assistant = assistant
        self._conversation = assistant.conversation
        self._routines = routines
        self._about = about
        self._take = take
        self._since = about.clock()
        self._muted_until: float | None = None

    def __call__(self, now: float) -> None:
        """Carry out what has been asked for; at most what all clients together can ask at a time."""
        self._mind_mute(now)
        for _ in range(MOST):
            pending = self._take()
            if pending is None:
                return
            pending.answer(self.obey(pending.request, now))
            self._mind_mute(now)

    def obey(self, request: Request, now: float) -> Reply:
        """Carry out one request."""
        if isinstance(request, Start):
            return self._start(request, now)
        if isinstance(request, Say):
            return self._say(request.text, now)
        if isinstance(request, Mute):
            return self._mute(request.seconds, now)
        obeyed = {"stop": self._stop, "pause": self._pause, "resume": self._resume, "status": self._status}
        return obeyed[request.command](now)

    @property
    def _state(self) -> State:
        state = self._conversation.state
        return "asking" if state == "confirming" else state

    def _start(self, request: Start, now: float) -> Reply:
        if self._state == "alert":
            return refused("an alert is going on. 'bedside stop' ends it.", "not_now")
        try:
            wish = request_for(self._routines, request.routine, request.side)
        except RequestError as error:
            return refused(str(error), error.reason)
        muted, before = self._muted_until is not None, self._conversation.changes
        self._assistant.take(wish, now)
        begun = self._conversation.begun(request.routine) if self._conversation.changes != before else None
        self._mind_mute(now)
        again = " bedside listens again." if muted and self._muted_until is None else ""
        if begun is None:
            return refused(f"{self._why_not(request.routine)}{again}", "not_now")
        first = "" if begun == "now" else " Questions about both legs come first."
        return done(f"Started {request.routine}.{first}{again}")

    def _why_not(self, name: str) -> str:
        if self._routines[name].answer:
            return f"'{name}' does not interrupt what goes on: bedside says aloud what can be said beside it."
        return f"'{name}' does not begin now: bedside says aloud why, or what comes first."

    def _stop(self, now: float) -> Reply:
        at_rest = self._state == "idle" and self._conversation.silent and not self._conversation.announcing
        self._assistant.take(as_if_said("stop"), now)
        return done("Nothing was going on." if at_rest else "Stopped.")

    def _pause(self, now: float) -> Reply:
        before = self._state
        if before == "idle":
            return refused("nothing is going on that could be paused.", "not_now")
        self._assistant.take(as_if_said("pause"), now)
        if self._state != "paused":
            return refused(_CANNOT_PAUSE["alert" if before == "alert" else "other"], "not_now")
        return done("Paused. 'bedside resume' goes on.")

    def _resume(self, now: float) -> Reply:
        if self._state != "paused":
            return refused("nothing is paused.", "not_now")
        self._assistant.take(as_if_said("resume"), now)
        return done("Goes on.")

    def _say(self, text: str, now: float) -> Reply:
        if self._state == "alert":
            return refused("an alert is going on, and nothing is said in between.", "not_now")
        if self._conversation.announcing >= MOST_WAITING:
            return refused(f"{MOST_WAITING} texts wait to be spoken already.", "busy")
        self._assistant.take(Announce(text), now)
        if self._conversation.announcing:
            return done("It is said as soon as there is room for it.")
        return done("Said.")

    def _mute(self, seconds: float, now: float) -> Reply:
        if not seconds:
            if self._muted_until is None:
                return done("bedside was listening already.")
            self._unmute(now, aloud=True)
            return done("bedside listens again.")
        if self._state != "idle":
            return refused("something is going on, and 'stop' must be heard. 'bedside stop' ends it first.", "not_now")
        self._muted_until = now + seconds
        self._assistant.close_ears(True)
        self._assistant.take(Muted(seconds), now)
        return done(
            f"bedside hears nothing until {self._until(self._muted_until, now).astimezone():%H:%M}, not even calls for "
            "help. 'bedside mute off' ends it."
        )

    def _mind_mute(self, now: float) -> None:
        """It ends at its time, and as soon as anything goes on: then her "stop" must be heard. Nobody is told at one
        in the morning; `status` does."""
        if self._muted_until is not None and (now >= self._muted_until or self._state != "idle"):
            self._unmute(now, aloud=False)

    def _unmute(self, now: float, *, aloud: bool) -> None:
        self._muted_until = None
        self._assistant.close_ears(False)
        self._assistant.take(Unmuted(aloud), now)

    def _until(self, then: float, now: float) -> datetime:
        return self._about.clock() + timedelta(seconds=round(then - now))

    def _status(self, now: float) -> Reply:
        routine, step = self._conversation.place
        until = self._muted_until
        status = Status(
            state=self._state,
            routine=routine,
            step=step or None,
            listening_since=self._since,
            **dict(self._about.sound()),
            muted_until=None if until is None else self._until(until, now),
            program=self._about.program,
            model=self._about.model,
        )
        return Reply(ok=True, status=status)


_CANNOT_PAUSE = {
    "alert": "an alert is going on, and is not paused. 'bedside stop' ends it.",
    "other": "bedside waits for an answer, or tells something, and cannot pause just now.",
}
