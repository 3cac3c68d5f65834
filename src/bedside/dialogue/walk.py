"""Walking through routines: from step to step, back, on, and from routine to routine."""

from __future__ import annotations

from bedside.dialogue import aftermath, legs, mention, steps, talks
from bedside.dialogue.actions import Report
from bedside.dialogue.routine import Routine, Step
from bedside.dialogue.scene import Bookmark
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Activity, Stage

NOT_EASING = "not-easing"
"""The routine that puts the leg questions and goes on in bed."""


class Walk:
    """Moves the stage along the session's routine."""

    def __init__(self, stage: Stage, mentions: mention.Mentions) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._mentions = mentions
        self._paused: Activity = "step"  # what the pause interrupted
        self._after_sitting = ""

    def go(self, target: str, by: str) -> None:
        """Go to a routine, or to the `end`, which is where a question interrupted. Out of bed she sits down first."""
        session = self._scene.session
        if session.up:
            self._after_sitting = target
            self._stage.run(talks.sit_down(self._scene, self._stage.step_name()), "sitting", by)
            return
        mark = session.bookmark
        routine = self._scene.library.routines.get(target)
        if routine is not None and self._barred(routine, by):
            return
        if self._take_off(routine):
            line = self._scene.line(session.laid_on or "", self._stage.step_name(), ["D7"])
            session.laid_on = None
            self._stage.run(talks.instead(line, target), "telling", by)
            return
        if mark is not None and (routine is None or (routine.relief and mark.routine.relief)):
            self._go_back(mark, by)
        elif routine is None:
            self._stage.end(by)
        elif routine.gets_up and self._scene.settings.bed_rest:
            self._stay_in_bed(routine, by)
        else:
            self._enter(routine, by)

    def _barred(self, routine: Routine, by: str) -> bool:
        """After an alert of this night: the questions come first, or no for an answer (guidance.md E10)."""
        bars, session = aftermath.bars(self._scene, routine, by), self._scene.session
        if bars == "refuse" and session.routine is not None and not session.routine.answer:
            self._stage.performer.aside(aftermath.refusal(self._scene), self._scene.now)
        elif bars is not None:
            self._stage.run(None, "warned", by)
            self._stage.close_session()
            session.routine = session.bookmark = None
            self._stage.open_session("leg-questions")
            refusal = talks.instead(aftermath.refusal(self._scene), "end")
            script = refusal if bars == "refuse" else aftermath.questions_first(self._scene, routine.id)
            self._stage.run(script, "telling" if bars == "refuse" else "warned", by)
        return bars is not None

    def _take_off(self, target: Routine | None) -> bool:
        """Whether something is still to come off the leg before going on to `target`. Relief is not kept waiting."""
        session = self._scene.session
        if session.routine is None or not session.laid_on:
            return False
        if target is not None and target.id == session.routine.worse:
            session.laid_on = None
        return session.laid_on is not None and session.bookmark is None and not (target and target.relief)

    def _enter(self, routine: Routine, by: str) -> None:
        session = self._scene.session
        self._stage.run(None, "step", by)
        self._stage.close_session()
        if session.bookmark is None:
            self._set_clock(routine)
        session.routine, session.index = routine, 0
        session.history.clear()
        session.gate_told = False
        session.part = routine.part or session.part
        session.partner = session.partner or routine.steps[0].to_partner
        self._stage.open_session(routine.id)
        self.begin_step(by)

    def _go_back(self, mark: Bookmark, by: str) -> None:
        """To where a question interrupted."""
        session = self._scene.session
        session.bookmark = None
        self._stage.run(None, "step", by)
        self._stage.close_session()
        session.routine, session.index = mark.routine, mark.index
        session.history.clear()
        self._stage.open_session(mark.name)
        self.begin_step(by)

    def ask_between(self, question: str, by: str) -> None:
        """Put a routine that asks something in between, and go on afterwards where we are."""
        session = self._scene.session
        self.leave_standing()
        if session.routine is not None and session.bookmark is None and not session.routine.answer:
            session.bookmark = Bookmark(session.routine.id, session.routine, session.index)
        self.go(question, by)

    def _stay_in_bed(self, routine: Routine, by: str) -> None:
        """Bed rest was ordered: what follows the routine, or nothing, instead of it."""
        line = self._scene.line(self._scene.library.spoken.stay_in_bed, routine.id, ["D2", "C0"])
        instead = (routine.then or NOT_EASING) if routine.relief else "end"
        if self._scene.session.routine is None and not self._stage.session_name:
            self._stage.open_session(routine.id)
        self._stage.run(talks.instead(line, instead), "telling", by)

    def seated(self, by: str) -> None:
        """She sits again: go where we were going."""
        self.go(self._after_sitting, by)

    def _set_clock(self, routine: Routine) -> None:
        """The escalation clock rests while the cramp has let go; if it soon comes back, it was the same one."""
        session, now = self._scene.session, self._scene.now
        if not routine.relief:
            if session.cramp_since is not None and session.eased_at is None:
                session.eased_at = now
                self._mentions.cramp_over(now)
            return
        left, self._scene.night.left = self._scene.left_cramp, None
        if session.cramp_since is None and left is not None:
            session.cramp_since, session.legs_asked = left.since, left.legs_asked
        gone = session.eased_at is not None and now - session.eased_at > self._scene.settings.comes_back
        if session.cramp_since is None or gone:
            session.cramp_since = now
            session.legs.clear()
            session.legs_asked = session.legs_open = False
            session.gate_opened = None
            self._mentions.cramp_began(now)
        session.eased_at = None
        # Neither stretch has helped: massage and heat are no rescue (guidance.md E4, C07).
        self._scene.night.failed = self._scene.night.failed or routine.id == NOT_EASING

    def begin_step(self, by: str) -> None:
        """Run the step at the session's index, or first what has to be asked before it."""
        session, scene = self._scene.session, self._scene
        assert session.routine is not None
        if session.index >= len(session.routine.steps):
            session.laid_on = None
            self.go(session.routine.then or "end", by)
            return
        step = session.routine.steps[session.index]
        if self._legs_due() and step.kind != "leg_questions":
            if session.up:
                self.go(NOT_EASING, by)
            else:
                self.ask_legs(by)
        elif step.gate and not legs.gate_is_open(scene):
            self._stage.run(legs.gate(scene, f"{session.routine.id}/gate"), "gate", by)
        elif step.kind == "ask" and self._stays_in_bed and self._leads_out_of_bed(step):
            self.finished(Outcome(step.silence))
        else:
            session.up = session.up or bool(step.up)
            self._stage.run(self._mentions.script(scene, step) or steps.step_script(scene, step), "step", by)

    @property
    def _stays_in_bed(self) -> bool:
        """Bed rest was ordered, or an alert forbids exercises tonight."""
        return self._scene.settings.bed_rest or bool(self._scene.night.warnings)

    def _leads_out_of_bed(self, step: Step) -> bool:
        """Whether a yes to a question lets her get up."""
        session, routines = self._scene.session, self._scene.library.routines
        assert session.routine is not None
        inside = any(below.up for below in session.routine.steps[session.index : step.skip_to])
        return inside or any(target in routines and routines[target].gets_up for target in step.answers.values())

    def gate_answered(self, outcome: Outcome) -> None:
        """The questions before massage, heat or cold are over: into it, or past all that needs the gate."""
        session = self._scene.session
        assert session.routine is not None
        if outcome.go == "shut":
            while session.index < len(session.routine.steps) and session.routine.steps[session.index].gate:
                session.index += 1
        self.begin_step("step")

    def ask_legs(self, by: str) -> None:
        """All leg questions, between two steps."""
        name = self._stage.step_name().split("/")[0]
        self._stage.run(legs.leg_questions(self._scene, f"{name}/legs"), "legs", by)

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
        elif outcome.go == "again":
            self.go(session.routine.id, "step")
        else:
            self.go(self._for_two(outcome.go), "step")

    def _for_two(self, target: str) -> str:
        """What a routine leads to when the partner can lend a hand (guidance.md E4, E11)."""
        routine = self._scene.library.routines.get(target)
        instead = routine.with_partner if routine is not None and self._scene.session.partner else None
        return instead or target

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
        if activity in ("step", "gate"):
            self.begin_step(by)
        elif activity == "legs":
            self.ask_legs(by)
        elif activity == "swelling":
            self.swelling(by)
        elif activity == "help":
            self._stage.run(talks.help_question(self._scene), "help", by)

    def swelling(self, by: str) -> None:
        """The leg questions by themselves, after a swollen leg was reported."""
        self._stage.run(legs.swelling(self._scene, "leg-questions/1"), "swelling", by)

    def leave_standing(self) -> None:
        """What was still to be done out of bed is left out; whoever speaks next first lets her sit down."""
        session = self._scene.session
        if session.up and session.routine is not None:
            steps_left = range(session.index, len(session.routine.steps))
            down = (index + 1 for index in steps_left if session.routine.steps[index].up is False)
            session.index = next(down, len(session.routine.steps))

    def pause(self) -> None:
        """Wait for her. Out of bed she sits down, and the routine starts again from getting up."""
        if self._stage.activity not in ("step", "legs", "gate"):
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
