"""Walking through routines: from step to step, back, on, and from routine to routine."""

from __future__ import annotations

from bedside.dialogue import steps, talks
from bedside.dialogue.actions import Report
from bedside.dialogue.stage import Activity, Stage


class Walk:
    """Moves the stage along the session's routine."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._paused: Activity = "step"  # what the pause interrupted

    def go(self, target: str, by: str) -> None:
        """Go to a routine, or to the `end`."""
        if target == "end" or target not in self._scene.library.routines:
            self._stage.end(by)
            return
        self._stage.run(None, "step", by)
        self._stage.close_session()
        session = self._scene.session
        session.routine = self._scene.library.routines[target]
        session.index = 0
        session.history.clear()
        if not session.routine.relief:
            session.cramp_since = None
        elif session.cramp_since is None:
            session.cramp_since = self._scene.now
        self._stage.open_session(target)
        self.begin_step(by)

    def begin_step(self, by: str) -> None:
        """Run the step at the session's index, or first the leg questions if the clock says so."""
        session, scene = self._scene.session, self._scene
        assert session.routine is not None
        if session.index >= len(session.routine.steps):
            self.go(session.routine.then or "end", by)
            return
        step = session.routine.steps[session.index]
        since = session.cramp_since
        due = since is not None and scene.now - since >= scene.settings.legs_due
        if due and not session.legs_asked and step.kind != "leg_questions":
            name = f"{session.routine.id}/clock"
            self._stage.run(steps.leg_questions(scene, name, every=True), "legs", by)
        else:
            self._stage.run(steps.step_script(scene, step), "step", by)

    def advance(self, index: int, by: str) -> None:
        """To the step at `index`, which may be the end of the routine."""
        session = self._scene.session
        session.history.append(session.index)
        session.index = index
        self.begin_step(by)

    def move(self, intent: str) -> None:
        """To the next or the previous step; before the first there is only the first."""
        session = self._scene.session
        if intent == "next_step":
            self.advance(session.index + 1, intent)
        elif intent == "previous_step" and session.history:
            session.index = session.history.pop()
            self.begin_step(intent)
        else:
            self.begin_step(intent)

    def repeat(self, by: str) -> None:
        """Start what goes on from its beginning: the step, or the questions."""
        if self._stage.activity == "step":
            self.begin_step(by)
        elif self._stage.activity == "legs":
            self._scene.session.legs_asked = False
            self.begin_step(by)
        elif self._stage.activity == "swelling":
            self.swelling(by)
        elif self._stage.activity == "help":
            self._stage.run(talks.help_question(self._scene), "help", by)

    def swelling(self, by: str) -> None:
        """The leg questions by themselves, after a swollen leg was reported."""
        self._stage.run(steps.swelling(self._scene, "leg-questions/1"), "swelling", by)

    def pause(self) -> None:
        if self._stage.activity not in ("step", "legs", "swelling"):
            return
        self._paused = self._stage.activity
        step = self._stage.step_name()
        self._stage.run(None, "paused", "pause")
        self._stage.add(Report("session", {"state": "paused", "routine": self._stage.session_name}))
        self._stage.run(talks.paused(self._scene, step), "paused", "pause")

    def resume(self, by: str) -> None:
        """Go on after a pause with the step that it interrupted, or the one before or after it."""
        self._stage.run(None, self._paused, by)
        self._stage.add(Report("session", {"state": "resumed", "routine": self._stage.session_name}))
        if self._paused == "step" and by in ("next_step", "previous_step"):
            self.move(by)
        else:
            self.repeat(by)
