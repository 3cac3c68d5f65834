"""A question of guidance.md C5 that is open: silence is its alert, so nothing may take its place."""

from __future__ import annotations

from bedside.dialogue.alarm import Alarm
from bedside.dialogue.cramp import Cramp
from bedside.dialogue.routine import Routine
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk
from bedside.nlu.match import Match

ANSWERS = ("yes", "no", "unsure", "easing", "still_hurts", "next_step")
PASS = ("repeat", "help")
"""Still taken as everywhere: both come back to the question."""

HELP = ("emergency", "help")

SWELLING_BOTH = "swelling-both"
"""The topic of both legs swollen alike; while the leg questions are open it answers none of them."""


def tells_of_swelling(match: Match) -> bool:
    """Whether a swollen leg is told of, or both."""
    return match.intent == "leg_swelling" or match.slots.get("topic") == SWELLING_BOTH


class Doubt:
    """Takes what is heard while such a question is open. Danger signs, stop and the manner go before it."""

    def __init__(self, stage: Stage, walk: Walk, cramp: Cramp, alarm: Alarm) -> None:
        self._stage = stage
        self._walk = walk
        self._cramp = cramp
        self._alarm = alarm

    @property
    def default(self) -> tuple[str, str] | None:
        """The alert in which the open question ends if nobody answers it clearly; None if no such question is open."""
        scene, activity = self._stage.scene, self._stage.activity
        if activity == "swelling":
            first = scene.library.spoken.leg_questions[0]
            return first.tier, first.sign
        if activity == "sitting":
            return _default(scene.library.routines.get(self._walk.after_sitting), 0)
        if activity in ("idle", "confirming", "telling", "alert", "paused"):
            return None
        if scene.session.routine is None:
            return HELP if activity == "help" else None
        return _default(scene.session.routine, scene.session.index)

    def ends_in_alert(self, question: str) -> bool:
        """Whether there is such a question, and silence after it is an alert: only then may it be put before one."""
        return _default(self._stage.scene.library.routines.get(question), 0) is not None

    def graver(self, alert: tuple[str, str]) -> tuple[str, str]:
        """Of an alert and the one in which the open question would end, the one that is not the lesser."""
        default = self.default
        return default if default is not None and default[0] == "emergency" and alert[0] != "emergency" else alert

    def takes(self, match: Match) -> bool:
        """Take what is heard if a question is open. False if it is for the others: nothing is open, or it may pass."""
        default, performer, intent = self.default, self._stage.performer, match.intent
        if default is None or intent == "repeat":
            return False
        if self._stage.activity == "swelling":
            answers = intent in ANSWERS or (tells_of_swelling(match) and performer.asking_about_legs)
            if performer.asking and answers:
                performer.answer(match, self._stage.scene.now)
            return True
        return self._is_answer(match) or not self._passes(match, default)

    def _is_answer(self, match: Match) -> bool:
        performer = self._stage.performer
        if match.intent == "leg_cramp" and "ask" in match.slots:
            # "Cramp" again does not tell where (guidance.md Q-01).
            return False
        about_legs = performer.asking_about_legs and tells_of_swelling(match)
        if performer.asking and (performer.asks_for(match) or match.intent in ANSWERS or about_legs):
            performer.answer(match, self._stage.scene.now)
            return True
        return False

    def _passes(self, match: Match, default: tuple[str, str]) -> bool:
        """Whether it is handled as at any time. A swollen leg on top of the doubt settles it; a cramp has to wait."""
        intent = match.intent
        if intent in PASS:
            return True
        if self._stage.scene.session.routine is None and self._answers_help(match):
            return True
        if intent == "leg_swelling":
            self._alarm.raise_alert(*default)
        elif intent == "leg_cramp" and match.decision == "act" and "ask" not in match.slots and not self._cramp.is_on:
            self._cramp.take_slots(match)
            self._walk.wait_with(self._cramp.routine_for(match))
            if self._stage.activity == "step" and not self._stage.performer.asking:
                # A minute's rest before the next question is cut short, so that the stretch comes soon.
                self._walk.move("next_step")
        return False

    def _answers_help(self, match: Match) -> bool:
        """guidance.md Q-16: a cramp, a swollen leg, or a stretch that is asked for, is a clear answer."""
        routine = self._stage.scene.library.routines.get(match.slots.get("routine", ""))
        stretch = match.intent == "start_routine" and routine is not None and routine.relief
        return match.intent in ("leg_cramp", "leg_swelling") or stretch


def _default(routine: Routine | None, index: int) -> tuple[str, str] | None:
    """An answer with such a question is one whole; in a routine it is open only while it is being asked."""
    if routine is None:
        return None
    if routine.answer:
        return routine.default_from(index)
    return routine.steps[index].default if index < len(routine.steps) else None
