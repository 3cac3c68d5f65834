"""The controls of a session: pause and go on, on and back, again, how long?"""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.actions import Report
from bedside.dialogue.stage import Activity, Stage
from bedside.dialogue.time_left import time_left_line
from bedside.dialogue.walk import Walk

CONTROLS = ("pause", "resume", "next_step", "previous_step", "repeat", "time_left")


class Controls:
    """Does what a control says, wherever it means something."""

    def __init__(self, stage: Stage, walk: Walk) -> None:
        self._stage = stage
        self._walk = walk
        self._paused: Activity = "step"  # what the pause interrupted
        self.unasked = False
        """Whether nobody asked for the last pause."""

    def waits_with(self, activity: Activity) -> None:
        """Note what goes on after a pause that no "pause" began: only clear words end it."""
        self._paused = activity
        self.unasked = True

    def take(self, intent: str) -> None:
        """What to do about the controls depends on what goes on."""
        activity = self._stage.activity
        if intent == "pause":
            self.pause()
        elif activity == "paused":
            if intent != "time_left":
                self.resume(intent)
        elif intent == "time_left":
            if activity == "step":
                line = time_left_line(self._stage.scene, self._stage.open_hold, self._stage.hold_end)
                self._stage.performer.aside(line, self._stage.scene.now)
        elif intent in ("next_step", "previous_step") and activity == "step":
            self._walk.move(intent)
        elif intent in ("repeat", "previous_step"):
            self.repeat(intent)

    def repeat(self, by: str) -> None:
        """Start what goes on from its beginning: the step, or the questions."""
        activity = self._stage.activity
        if activity in ("step", "gate"):
            self._walk.begin_step(by)
        elif activity == "legs":
            self._walk.ask_legs(by)
        elif activity == "swelling":
            self._walk.swelling(by)
        elif activity == "help":
            self._stage.run(talks.help_question(self._stage.scene), "help", by)

    def pause(self) -> None:
        """Wait for her. Out of bed she sits down, and the routine starts again from getting up."""
        if self._stage.activity not in ("step", "legs", "gate"):
            return
        session = self._stage.scene.session
        self._paused, self.unasked = self._stage.activity, False
        step = self._stage.step_name()
        self._stage.run(None, "paused", "pause")
        self._stage.add(Report("session", {"state": "paused", "routine": self._stage.session_name}))
        if session.up:
            session.index = 0
            session.history.clear()
        self._stage.run(talks.paused(self._stage.scene, step), "paused", "pause")

    def resume(self, by: str) -> None:
        """Go on after a pause with the step that it interrupted, or the one before or after it."""
        self._stage.run(None, self._paused, by)
        self._stage.add(Report("session", {"state": "resumed", "routine": self._stage.session_name}))
        if self._paused == "step" and by in ("next_step", "previous_step"):
            self._walk.move(by)
        else:
            self.repeat(by)
