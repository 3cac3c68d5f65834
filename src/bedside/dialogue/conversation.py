"""The conversation engine: a pure function of what is heard and of time.

`handle` returns what to do; `next_deadline` says when it wants to be called again. No threads, no sleeping, no sound,
no clock of its own. Here finished scripts are followed up, and what is due is done; what is heard goes to `Hearing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bedside.dialogue.actions import (
    Action,
    Announce,
    Event,
    Heard,
    Muted,
    QuietHours,
    Said,
    SayingStop,
    Speaking,
    Tick,
    Unmuted,
)
from bedside.dialogue.alerts import TOO_LONG
from bedside.dialogue.cast import Cast
from bedside.dialogue.hearing import Hearing
from bedside.dialogue.kept import Kept, keep
from bedside.dialogue.library import Library
from bedside.dialogue.mention import Diary, MemoryDiary
from bedside.dialogue.scene import Scene, Settings
from bedside.dialogue.script import Outcome
from bedside.dialogue.spoken import ANKLES
from bedside.dialogue.taking_up import TakingUp
from bedside.dialogue.wording import PhoneNumbers, Wording
from bedside.nlu.match import Match, Scope

State = Literal["idle", "confirming", "guiding", "asking", "paused", "alert"]

SWOLLEN_BOTH = "both-ankles-swelling-relief"
"""What follows when a swollen leg was reported in an idle room and the leg questions were answered no."""


class Conversation:
    """One conversation, through a whole night. Times are absolute seconds on any clock that never goes back."""

    def __init__(
        self,
        library: Library,
        numbers: PhoneNumbers | None = None,
        settings: Settings | None = None,
        diary: Diary | None = None,
    ) -> None:
        self._scene = Scene(library, Wording(library.spoken, numbers or PhoneNumbers()), settings or Settings())
        cast = Cast(self._scene, diary or MemoryDiary())
        self._cast = cast
        self._stage = cast.stage
        self._clock = cast.clock
        self._walk = cast.walk
        self._controls = cast.controls
        self._manner = cast.manner
        self._alarm = cast.alarm
        self._cramp = cast.cramp
        self._doubt = cast.doubt
        self._announcer = cast.announcer
        self._hearing = Hearing(cast)

    @property
    def state(self) -> State:
        activity = self._stage.activity
        if activity in ("idle", "confirming", "paused", "alert"):
            return activity
        return "asking" if self._stage.performer.asking else "guiding"

    @property
    def scope(self) -> Scope:
        """What may be heard now."""
        return "idle" if self._stage.activity == "idle" else "session"

    @property
    def place(self) -> tuple[str | None, str]:
        """The session that is open, a routine or a talk, None without one; and its step, "" without one."""
        return self._stage.session_name, self._stage.step_name()

    @property
    def changes(self) -> int:
        """How often what goes on has been replaced by something else."""
        return self._stage.changes

    def begun(self, routine: str) -> Literal["now", "questions"] | None:
        """Whether a routine that was just asked for goes on now, or the questions that lead to it; None if neither,
        as where it is only said why not."""
        if self._stage.activity == "warned":
            return "questions"
        if self._stage.session_name != routine or self._stage.activity == "telling":
            return None
        if self._stage.activity != "gate":
            return "now"
        return "questions" if self._walk.gate_leads_on else None

    @property
    def announcing(self) -> int:
        """How many texts from outside have not been begun yet."""
        return self._announcer.waiting

    @property
    def silent(self) -> bool:
        """Whether nothing is being spoken."""
        return not self._stage.performer.speaking

    @property
    def leads_on(self) -> str:
        """The intent with which a rehearsal answers the open question, to see most; empty if none is open."""
        return self._stage.performer.leads_on

    def next_deadline(self) -> float | None:
        """When `handle` wants a `Tick`, in absolute seconds; None while nothing is due."""
        times = [self._stage.performer.next_deadline(), self._clock.too_long(), self._too_long_on()]
        return min((t for t in times if t is not None), default=None)

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event and return what to do, in order."""
        self._scene.now = now
        if isinstance(event, Heard):
            if event.match.intent == "stop" and event.match.decision == "act":
                self._announcer.drop()
            self._hearing.take(event.match)
        elif isinstance(event, Said):
            self._stage.performer.said(event.ident, now)
        elif isinstance(event, Speaking):
            self._stage.performer.hearing(now)
        elif isinstance(event, SayingStop):
            self._stage.performer.cut("stop", now)
        elif isinstance(event, Tick):
            self._stage.performer.tick(now)
        elif isinstance(event, QuietHours):
            self._manner.quiet_hours(event.quiet)
        elif isinstance(event, Announce):
            self._announcer.announce(event.text)
        elif isinstance(event, Muted):
            self._announcer.muted(event.seconds)
        elif isinstance(event, Unmuted):
            self._announcer.unmuted(event.aloud)
        self._settle()
        self._announcer.settle()
        return self._stage.take()

    def start(self, routine: str, now: float, side: str | None = None) -> list[Action]:
        """Start a routine as if it had been asked for. Raises KeyError if there is none of this name."""
        self._scene.library.routines[routine]
        return self.handle(asked_for(routine, side), now)

    def keep(self, now: float) -> Kept:
        """What is to be taken up if the program ends now."""
        return keep(self._cast, self._hearing.last_heard, now)

    def take_up(self, kept: Kept, away: float | None, now: float) -> list[Action]:
        """Take up what was kept, before anything else happens. away: seconds since then; None where no clock tells."""
        self._scene.now = now
        self._hearing.last_heard = TakingUp(self._cast)(kept, away)
        self._settle()
        return self._stage.take()

    def _settle(self) -> None:
        """Follow up finished scripts, and the escalation clock."""
        self._stage.collect()
        while self._stage.performer.outcome is not None:
            outcome, self._stage.performer.outcome = self._stage.performer.outcome, None
            self._finished(outcome)
            self._stage.collect()
        due = self._clock.too_long()
        if due is not None and self._scene.now >= due:
            self._alarm.raise_alert(*self._doubt.graver(("urgent", TOO_LONG)))
            self._stage.collect()
        off = self._too_long_on()
        if off is not None and self._scene.now >= off:
            self._walk.go(self._scene.session.way_out or "end", "step")
            self._stage.collect()

    def _finished(self, outcome: Outcome) -> None:
        """The running script has come to its end."""
        session, activity = self._scene.session, self._stage.activity
        if outcome.alert is not None:
            self._alarm.raise_alert(*outcome.alert, lower=outcome.lower)
        elif activity == "alert":
            self._alarm.finished(outcome)
            if self._stage.activity != "alert":
                self._manner.usual()
        elif activity == "gate":
            self._walk.gate_answered(outcome)
        elif activity == "step":
            self._walk.finished(outcome)
        elif activity == "sitting":
            self._walk.seated("step")
        elif activity == "swelling":
            self._swelling_finished()
        elif outcome.go == "legs":
            self._walk.ask_legs("step")
        elif outcome.go == "resume":
            self._controls.resume("yes")
        elif outcome.go == "next" and session.routine is not None:
            self._walk.begin_step("step")
        else:
            self._walk.go(outcome.go, "end")

    def _swelling_finished(self) -> None:
        """All was answered no: back to what was going on, if a routine was."""
        going_on = self._scene.session.bookmark is not None
        if not going_on:
            self._scene.night.told.add(ANKLES)
        self._walk.go("end" if going_on else SWOLLEN_BOTH, "leg_swelling")

    def _too_long_on(self) -> float | None:
        """When what lies on the leg has lain there too long. No cramp and no open question is interrupted for it,
        and an alert says itself that it comes off."""
        session = self._scene.session
        if (
            not session.laid_on
            or self._stage.activity == "alert"
            or self._cramp.is_on
            or self._doubt.default is not None
        ):
            return None
        return session.timer[1] + self._scene.settings.laid_on


def asked_for(routine: str, side: str | None = None) -> Heard:
    """As if somebody had clearly asked for a routine."""
    return as_if_said("start_routine", {"routine": routine} | ({"side": side} if side else {}))


def as_if_said(intent: str, slots: Mapping[str, str] | None = None) -> Heard:
    """As if somebody had clearly said something that means `intent`."""
    return Heard(Match("", intent, slots or {}, 100.0, 100.0, None, "act"))
