"""Walking through routines: from step to step, back, on, and from routine to routine."""

from __future__ import annotations

from bedside.dialogue import steps, talks
from bedside.dialogue.actions import Report
from bedside.dialogue.routine import Routine
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Activity, Stage

NOT_EASING = "not-easing"
"""The routine that puts the leg questions and goes on in bed."""


class Walk:
    """Moves the stage along the session's routine."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._paused: Activity = "step"  # what the pause interrupted
        self._after_sitting = ""

    def go(self, target: str, by: str) -> None:
        """Go to a routine, or to the `end`. Out of bed she sits down first."""
        session = self._scene.session
        if session.up:
            self._after_sitting = target
            self._stage.run(talks.sit_down(self._scene, self._stage.step_name()), "sitting", by)
            return
        routine = self._scene.library.routines.get(target)
        if routine is None:
            self._stage.end(by)
            return
        self._stage.run(None, "step", by)
        self._stage.close_session()
        session.routine, session.index = routine, 0
        session.history.clear()
        self._set_clock(routine)
        self._stage.open_session(target)
        self.begin_step(by)

    def seated(self, by: str) -> None:
        """She sits again: go where we were going."""
        self.go(self._after_sitting, by)

    def _set_clock(self, routine: Routine) -> None:
        """The escalation clock rests while the cramp has let go; if it soon comes back, it was the same one."""
        session, now = self._scene.session, self._scene.now
        if not routine.relief:
            if session.cramp_since is not None and session.eased_at is None:
                session.eased_at = now
            return
        gone = session.eased_at is not None and now - session.eased_at > self._scene.settings.comes_back
        if session.cramp_since is None or gone:
            session.cramp_since = now
            session.legs.clear()
            session.legs_asked = session.legs_open = False
        session.eased_at = None

    def begin_step(self, by: str) -> None:
        """Run the step at the session's index, or first the leg questions if the clock says so."""
        session, scene = self._scene.session, self._scene
        assert session.routine is not None
        if session.index >= len(session.routine.steps):
            self.go(session.routine.then or "end", by)
            return
        step = session.routine.steps[session.index]
        if self._legs_due() and step.kind != "leg_questions":
            if session.up:
                self.go(NOT_EASING, by)
            else:
                self.ask_legs(by)
            return
        if step.up:
            session.up = True
        self._stage.run(steps.step_script(scene, step), "step", by)

    def ask_legs(self, by: str) -> None:
        """All leg questions, between two steps."""
        name = self._stage.step_name().split("/")[0]
        self._stage.run(steps.leg_questions(self._scene, f"{name}/legs", every=True), "legs", by)

    def _legs_due(self) -> bool:
        session, settings = self._scene.session, self._scene.settings
        if session.cramp_since is None or session.eased_at is not None or session.legs_asked:
            return False
        return self._scene.now - session.cramp_since >= settings.legs_due

    def finished(self, outcome: Outcome) -> None:
        """The present step has come to its end."""
        session = self._scene.session
        assert session.routine is not None
        step = session.routine.steps[session.index]
        if step.up is False:
            session.up = False
        if outcome.go == "next":
            self.advance(session.index + 1, "step")
        elif outcome.go == "skip":
            self.advance(max(step.skip_to, session.index + 1), "step")
        else:
            self.go(session.routine.id if outcome.go == "again" else outcome.go, "step")

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
            self.finished(Outcome("skip"))
        elif session.history:
            session.index = session.history.pop()
            self.begin_step(intent)
        else:
            self.begin_step(intent)

    def repeat(self, by: str) -> None:
        """Start what goes on from its beginning: the step, or the questions."""
        activity = self._stage.activity
        if activity == "step":
            self.begin_step(by)
        elif activity == "legs":
            self.ask_legs(by)
        elif activity == "swelling":
            self.swelling(by)
        elif activity == "help":
            self._stage.run(talks.help_question(self._scene), "help", by)

    def swelling(self, by: str) -> None:
        """The leg questions by themselves, after a swollen leg was reported."""
        self._stage.run(steps.swelling(self._scene, "leg-questions/1"), "swelling", by)

    def leave_standing(self) -> None:
        """What was still to be done out of bed is left out; whoever speaks next first lets her sit down."""
        session = self._scene.session
        if session.up and session.routine is not None:
            steps_left = range(session.index, len(session.routine.steps))
            down = (index + 1 for index in steps_left if session.routine.steps[index].up is False)
            session.index = next(down, len(session.routine.steps))

    def pause(self) -> None:
        """Wait for her. Out of bed she sits down, and the routine starts again from getting up."""
        if self._stage.activity not in ("step", "legs"):
            return
        session = self._scene.session
        self._paused = self._stage.activity
        step = self._stage.step_name()
        self._stage.run(None, "paused", "pause")
        self._stage.add(Report("session", {"state": "paused", "routine": self._stage.session_name}))
        if session.up:
            session.index = 0
            session.history.clear()
        self._stage.run(talks.paused(self._scene, step), "paused", "pause")

    def resume(self, by: str) -> None:
        """Go on after a pause with the step that it interrupted, or the one before or after it."""
        self._stage.run(None, self._paused, by)
        self._stage.add(Report("session", {"state": "resumed", "routine": self._stage.session_name}))
        if self._paused == "step" and by in ("next_step", "previous_step"):
            self.move(by)
        else:
            self.repeat(by)
