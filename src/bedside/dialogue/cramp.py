"""What is said of the cramp itself: it is there, it moves, it eases, it hurts still, it gets worse."""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.alarm import Alarm
from bedside.dialogue.parts import FIRST_ROUTINE, LET_GO, ROUTINE_OF_PART
from bedside.dialogue.routine import Care, Routine, alert_of
from bedside.dialogue.scene import Session
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk
from bedside.nlu.match import Match


class Cramp:
    """Takes reports about the cramp."""

    def __init__(self, stage: Stage, walk: Walk, alarm: Alarm) -> None:
        self._stage = stage
        self._walk = walk
        self._alarm = alarm

    @property
    def _session(self) -> Session:
        return self._stage.scene.session

    @property
    def in_relief(self) -> bool:
        """Whether the present routine treats a cramp that is on."""
        return self._session.routine is not None and self._session.routine.relief

    @property
    def is_on(self) -> bool:
        """Whether a cramp is being treated, also with a question in between."""
        mark = self._session.bookmark
        return self.in_relief or (mark is not None and mark.routine.relief)

    @property
    def in_recovery(self) -> bool:
        routine = self._session.routine
        return routine is not None and not routine.relief and self._stage.activity in ("step", "legs")

    @property
    def can_ease(self) -> bool:
        """Whether "it's better" is news of a cramp that we are working on."""
        return self.is_on and self._stage.activity in ("step", "legs", "help", "paused")

    def easing(self, match: Match) -> None:
        """It eases; if that was only half heard, ask before a cramp that is still on is left alone."""
        self.take_slots(match)
        session = self._session
        routine = session.bookmark.routine if session.bookmark is not None else session.routine
        target = self._eases_into(routine)
        if match.decision == "act":
            session.bookmark = None
            self._walk.go(target, "easing")
        else:
            script = talks.is_it_easing(self._stage.scene, self._stage.step_name(), target)
            self._stage.run(script, "asking", "easing")

    def _eases_into(self, routine: Routine | None) -> str:
        """What follows when the cramp eases in a routine. `own`: what the routine of its part says, so that after a
        thigh or a foot it is not the calf that is spoken of."""
        eased = routine.eased if routine is not None else None
        if eased == "own":
            eased = self._stage.scene.library.routines[self._session.own or FIRST_ROUTINE].eased
        return eased or "end"

    def begins(self, match: Match) -> None:
        """A cramp was told of: its routine starts, unless it goes on already. In the other leg it is a new one."""
        activity, side, present = self._stage.activity, self._session.side, self._session.routine
        self.take_slots(match)
        routine = self.routine_for(match)
        moved = self._names_another(match, present, routine)
        if self.in_relief and side is not None and side != self._session.side:
            self._session.forget_answers()
            self._walk.go(routine, "leg_cramp")
        elif activity in ("help", "asking") and self.in_relief and not moved:
            self._walk.begin_step("leg_cramp")
        elif moved or not (self.in_relief and activity in ("step", "legs")):
            self._session.bookmark = None
            self._walk.go(routine, "leg_cramp")

    def _names_another(self, match: Match, present: Routine | None, wanted: str) -> bool:
        """Whether a part was named that the present routine is not for. The calf is named like any other part, but its
        own cramp is stretched in more than one way, so there it is what was first treated that counts."""
        part = match.slots.get("part", "")
        if part == "calf":
            return self._session.own not in (None, FIRST_ROUTINE)
        return part in ROUTINE_OF_PART and (present is None or not _treats(present, wanted))

    def needs_asking(self, match: Match) -> bool:
        """Whether a cramp was told of without a limb: leg or belly? (guidance.md C0.9, Q-01). In a cramp that is being
        stretched it is that one, and to "is it a leg cramp?" it is a yes."""
        asked = match.intent == "leg_cramp" and match.slots.get("ask", "").lower() in self._stage.scene.library.routines
        return asked and not self.is_on and self._stage.activity != "help"

    def ask_where(self, match: Match) -> None:
        """Leg or belly? Once; told again while that is open, it is no answer."""
        question, present = match.slots["ask"].lower(), self._session.routine
        if present is None or present.id != question:
            self.take_slots(match)
            self._walk.ask_between(question, "leg_cramp")

    def routine_for(self, match: Match) -> str:
        """The routine of the part that was named; without one the cramp's own, and at first that of the calf."""
        named = ROUTINE_OF_PART.get(match.slots.get("part", ""))
        return named or (FIRST_ROUTINE if match.slots.get("part") == "calf" else self._session.own or FIRST_ROUTINE)

    @property
    def _care(self) -> Care:
        return self._session.step.care if self._session.step is not None else Care()

    @property
    def _out(self) -> str | None:
        """The way out of what a timer set going; the stretch of a cramp that came back goes before it."""
        return None if self.in_relief else self._session.way_out

    def let_go(self) -> None:
        """A "no" in the middle of a hold or a timer (guidance.md STOP-3)."""
        out = self._out or self._care.way_out
        if out is None:
            self.worse("no")
        else:
            self._session.forget_answers()
            self._walk.go(out, "no")

    def worse(self, by: str) -> None:
        """It gets worse: out of what was set going, or what the step says, or let go."""
        self._session.forget_answers()
        target = self._out or self._care.worse or LET_GO
        alert = alert_of(target)
        if alert is not None:
            self._alarm.raise_alert(*alert)
        else:
            self._walk.go(target, by)

    def still_hurts(self, match: Match) -> None:
        """In a stretch: go on, or let go if it gets worse. With something on the leg: take it off. After the cramp:
        is it back, or does a pain stay?"""
        scene, step, session = self._stage.scene, self._stage.step_name(), self._session
        coming_off = session.routine is not None and self._care.worse == session.routine.id
        worse = bool(match.slots.get("worse")) and (self._care.worse is not None or self.in_relief)
        if worse or coming_off or self._out:
            self.worse("still_hurts")
        elif not self.in_relief:
            session.forget_answers()
            self._walk.leave_standing()
            self._stage.run(talks.is_it_back(scene, step, "own"), "asking", "still_hurts")
        else:
            self._stage.performer.aside(scene.line(scene.library.spoken.hears_pain, step), scene.now)

    def take_slots(self, match: Match) -> None:
        """What was said of side and part, and by whom; from an idle room a new session begins."""
        if self._stage.activity == "idle":
            self._stage.scene.new_session()
        session = self._session
        session.side = match.slots.get("side", session.side)
        session.part = match.slots.get("part", session.part)
        session.partner = (session.partner and not match.of_me) or match.slots.get("who") == "her"


def _treats(routine: Routine, wanted: str) -> bool:
    """Whether a routine is the wanted one, or one of those it leads to: "the back" within the thigh routine."""
    return routine.id == wanted or wanted in set(routine.targets())
