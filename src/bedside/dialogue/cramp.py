"""What is said of the cramp itself: it is there, it moves, it eases, it hurts still, it gets worse."""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.alarm import Alarm
from bedside.dialogue.routine import Routine, alert_of
from bedside.dialogue.scene import Session
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk
from bedside.nlu.match import Match

FIRST_ROUTINE = "acute-calf-bed"
LET_GO = "let-go"
"""The routine for pain that gets worse in a stretch (guidance.md STOP-3)."""

ROUTINE_OF_PART = {
    "foot": "foot-cramp",
    "toes": "foot-cramp",
    "ankle": "foot-cramp",
    "thigh": "thigh-cramp",
    "hamstring": "thigh-back",
    "thigh-front": "thigh-front",
}
"""Which routine a cramp in a part of the leg gets; everywhere else it is the calf (guidance.md E1)."""


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
        session = self._session
        routine = session.bookmark.routine if session.bookmark is not None else session.routine
        target = (routine.eased if routine is not None else None) or "end"
        if match.decision == "act":
            session.bookmark = None
            self._walk.go(target, "easing")
        else:
            script = talks.is_it_easing(self._stage.scene, self._stage.step_name(), target)
            self._stage.run(script, "asking", "easing")

    def begins(self, match: Match) -> None:
        """A cramp was told of: its routine starts, unless it goes on already. The calf is meant if nothing is said."""
        activity = self._stage.activity
        self.take_slots(match)
        routine = ROUTINE_OF_PART.get(match.slots.get("part", ""), FIRST_ROUTINE)
        present = self._session.routine
        moved = routine != FIRST_ROUTINE and (present is None or not _treats(present, routine))
        if activity in ("help", "asking") and self.in_relief and not moved:
            self._walk.begin_step("leg_cramp")
        elif moved or not (self.in_relief and activity in ("step", "legs")):
            self._session.bookmark = None
            self._walk.go(routine, "leg_cramp")

    def worse(self, by: str) -> None:
        """It gets worse, or a "no" in the middle of a hold: let go, or what the routine says."""
        session = self._session
        self._forget_answers()
        target = (session.routine.worse if session.routine is not None else None) or LET_GO
        alert = alert_of(target)
        if alert is not None:
            self._alarm.raise_alert(*alert)
        else:
            self._walk.go(target, by)

    def still_hurts(self, match: Match) -> None:
        """In a stretch: go on, or let go if it gets worse. After it: is the cramp back, or does a pain stay?"""
        scene, step = self._stage.scene, self._stage.step_name()
        own_way = self._session.routine is not None and self._session.routine.worse is not None
        if match.slots.get("worse") and (own_way or self.in_relief):
            self.worse("still_hurts")
        elif not self.in_relief:
            self._forget_answers()
            self._walk.leave_standing()
            self._stage.run(talks.is_it_back(scene, step, FIRST_ROUTINE), "asking", "still_hurts")
        else:
            self._stage.performer.aside(scene.line(scene.library.spoken.hears_pain, step), scene.now)

    def _forget_answers(self) -> None:
        """A new symptom: what was answered before does not count any more (guidance.md E2)."""
        self._session.legs.clear()
        self._session.gate_opened = None

    def take_slots(self, match: Match) -> None:
        """What was said of side and part, and by whom; from an idle room a new session begins."""
        if self._stage.activity == "idle":
            self._stage.scene.new_session()
        session = self._session
        session.side = match.slots.get("side", session.side)
        session.part = match.slots.get("part", session.part)
        session.partner = session.partner or match.slots.get("who") == "her"


def _treats(routine: Routine, wanted: str) -> bool:
    """Whether a routine is the wanted one, or one of those it leads to: "the back" within the thigh routine."""
    return routine.id == wanted or wanted in set(routine.targets())
