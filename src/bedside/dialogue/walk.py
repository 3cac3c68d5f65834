"""Walking through routines: from step to step, back, on, and from routine to routine."""

from __future__ import annotations

from dataclasses import replace

from bedside.dialogue import aftermath, legs, steps, talks
from bedside.dialogue.clock import Clock
from bedside.dialogue.mention import Mentions
from bedside.dialogue.parts import FIRST_ROUTINE, NOT_EASING, OWN
from bedside.dialogue.routine import Routine, Step
from bedside.dialogue.scene import Bookmark, Session
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Stage


class Walk:
    """Moves the stage along the session's routine."""

    def __init__(self, stage: Stage, mentions: Mentions, clock: Clock) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._mentions = mentions
        self._clock = clock
        self.after_sitting = ""

    def go(self, target: str, by: str) -> None:
        """Go to a routine, or to the `end`, which is where a question interrupted. Out of bed she sits down first."""
        session = self._scene.session
        if session.up:
            self.after_sitting = target
            self._stage.run(talks.sit_down(self._scene, self._stage.step_name()), "sitting", by)
            return
        routine = self._scene.library.routines.get(session.own or FIRST_ROUTINE if target == "own" else target)
        if routine is not None and self._barred(routine, by):
            return
        if self._must_come_off(routine):
            line = self._scene.line(session.laid_on or "", self._stage.step_name(), ["D7"])
            session.bookmark = None
            session.nothing_on()
            self._stage.run(talks.instead(line, target), "telling", by)
            return
        mark = session.bookmark
        if mark is not None and (routine is None or (routine.relief and mark.routine.relief)):
            self._go_back(mark, by)
        elif routine is None:
            self._stage.end(by)
        elif routine.gets_up and self._scene.bed_rest:
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

    def stop(self) -> None:
        """End all, a question in between too; only what lies on the leg is named."""
        self._scene.session.bookmark = None
        self.go("end", "stop")

    def _must_come_off(self, target: Routine | None) -> bool:
        """Whether something is to come off the leg before going on to `target`. Relief is not kept waiting, the way
        out says it itself, and an answer in between comes back to it."""
        session = self._scene.session
        if session.routine is None or not session.laid_on:
            return False
        if target is None or target.answer:
            return session.bookmark is None
        return not target.relief and target.id != session.way_out

    def _enter(self, routine: Routine, by: str) -> None:
        session = self._scene.session
        self._stage.run(None, "step", by)
        self._stage.close_session()
        if routine.relief or routine.id == session.way_out:
            session.bookmark = None
        if routine.id == session.way_out:
            session.nothing_on()
        if session.bookmark is None:
            self._clock.goes_to(routine)
        if routine.id in OWN:
            session.own = routine.id
        session.routine, session.index = routine, 0
        session.history.clear()
        session.gate_told = False
        session.part = routine.part or session.part
        session.partner = session.partner or routine.steps[0].to_partner
        self._stage.open_session(routine.id)
        self.begin_step(by)
        if routine.relief and session.laid_on:
            # Queued behind the first words of relief; until she is known to have heard it, it counts as not said.
            self._stage.performer.aside(
                self._scene.line(self._scene.library.spoken.take_off, self._stage.step_name(), ["C05"]), self._scene.now
            )

    def _go_back(self, mark: Bookmark, by: str) -> None:
        """To where a question interrupted. After news of a symptom not into massage, heat or raised legs, but out of
        them (guidance.md E2, STOP-2, STOP-4, STOP-6)."""
        session = self._scene.session
        session.bookmark = None
        out = self._way_out(mark) if mark.symptom else None
        if out is not None:
            self.go(out, by)
            return
        if self._scene.bed_rest and mark.routine.gets_up:
            self._stay_in_bed(mark.routine, by)
            return
        self._stage.run(None, "step", by)
        self._stage.close_session()
        session.routine = mark.routine
        session.index = mark.routine.past_gate(mark.index) if mark.symptom else mark.index
        session.history.clear()
        self._stage.open_session(mark.name)
        self.begin_step(by)

    def _way_out(self, mark: Bookmark) -> str | None:
        """The routine that ends what goes on at a bookmark, if anything does that must not go on. A stretch may."""
        if mark.routine.relief:
            return None
        left = mark.routine.steps[mark.index : mark.index + 1]
        return self._scene.session.way_out or (left[0].care.way_out if left else None)

    def ask_between(self, question: str, by: str, symptom: bool = False) -> None:
        """Put a routine that asks or answers something in between, and go on afterwards where we are. `symptom`: what
        was told is news of how she is, so the gate is void, and the answers it stood on (guidance.md E2)."""
        self.keep_place(symptom)
        self.go(question, by)

    def keep_place(self, symptom: bool = False) -> None:
        """Remember where we are, for whoever goes to the `end`."""
        session = self._scene.session
        self.leave_standing()
        if symptom:
            session.forget_answers()
        if session.bookmark is not None:
            session.bookmark = replace(session.bookmark, symptom=session.bookmark.symptom or symptom)
        elif session.routine is not None and (session.way_out or not session.routine.answer):
            session.bookmark = Bookmark(session.routine.id, session.routine, session.index, symptom)

    def wait_with(self, routine: str) -> None:
        """A cramp began while a question of guidance.md C5 is open: its routine follows the answer at once."""
        self._scene.session.waiting = routine
        self._clock.goes_to(self._scene.library.routines[routine])

    def _stay_in_bed(self, routine: Routine, by: str) -> None:
        """Bed rest was ordered: what follows the routine, or nothing, instead of it."""
        line = self._scene.line(self._scene.library.spoken.stay_in_bed, routine.id, ["D2", "C0"])
        instead = (routine.then or NOT_EASING) if routine.relief else "end"
        if self._scene.session.routine is None and not self._stage.session_name:
            self._stage.open_session(routine.id)
        self._stage.run(talks.instead(line, instead), "telling", by)

    def seated(self, by: str) -> None:
        """She sits again: go where we were going."""
        self.go(self.after_sitting, by)

    def begin_step(self, by: str) -> None:
        """Run the step at the session's index, or first what has to be asked before it."""
        session, scene = self._scene.session, self._scene
        assert session.routine is not None
        if session.waiting and session.routine.default_from(session.index) is None:
            target, session.waiting = session.waiting, None
            self.go(target, by)
            return
        step = session.step
        if step is None:
            self._over(by)
        elif self._clock.legs_due and step.kind != "leg_questions" and not session.routine.answer:
            if session.up:
                self.go(NOT_EASING, by)
            else:
                self.ask_legs(by)
        elif step.hands and not scene.hands:
            self.finished(Outcome(step.silence))
        elif step.gate and session.laid_on and not legs.gate_is_open(scene):
            self.go(session.way_out or "end", by)
        elif step.gate and not legs.gate_is_open(scene):
            self._stage.run(legs.gate(scene, f"{session.routine.id}/gate"), "gate", by)
        elif step.kind == "ask" and self._stays_in_bed and self._leads_out_of_bed(step):
            self.finished(Outcome(step.silence))
        elif step.up and scene.bed_rest:
            session.index = self._seated_again()
            line = scene.line(scene.library.spoken.stay_in_bed, step.id, ["D2", "C0"])
            self._stage.run(talks.instead(line, "next"), "telling", by)
        else:
            session.up = session.up or bool(step.up)
            self._stage.run(self._mentions.script(scene, step) or steps.step_script(scene, step), "step", by)

    @property
    def _stays_in_bed(self) -> bool:
        """Bed rest was ordered, or an alert forbids exercises tonight."""
        return self._scene.bed_rest or bool(self._scene.night.warnings)

    def _over(self, by: str) -> None:
        """The end of the routine. What still lies on the leg is asked about; a stretch and an answer come first."""
        session = self._scene.session
        assert session.routine is not None
        if session.laid_on and session.bookmark is None and not session.routine.relief:
            self.go(session.way_out or "end", by)
        else:
            self.go(session.routine.then or "end", by)

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
            session.index = session.routine.past_gate(session.index)
        self.begin_step("step")

    @property
    def gate_leads_on(self) -> bool:
        """Whether anything of the routine can follow the gate; where that stays shut without a question, past it."""
        session = self._scene.session
        assert session.routine is not None
        shut = legs.gate_is_barred(self._scene)
        return not shut or session.routine.past_gate(session.index) < len(session.routine.steps)

    def ask_legs(self, by: str) -> None:
        """All leg questions, between two steps."""
        name = self._stage.step_name().split("/")[0]
        self._stage.run(legs.leg_questions(self._scene, f"{name}/legs"), "legs", by)

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
        left = session.step
        session.history.append(session.index)
        session.index = index
        if session.way_out and left is not None and left.care.way_out == session.way_out:
            self._comes_off(session)
        self.begin_step(by)

    @staticmethod
    def _comes_off(session: Session) -> None:
        """After the last step of what a timer set going it is over, and nobody steps back into it."""
        if session.step is None or session.step.care.way_out != session.way_out:
            session.nothing_on()
            session.history.clear()

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

    def swelling(self, by: str) -> None:
        """The leg questions by themselves, after a swollen leg was reported."""
        self._stage.run(legs.swelling(self._scene, "leg-questions/1"), "swelling", by)

    def leave_standing(self) -> None:
        """What was still to be done out of bed is left out; whoever speaks next first lets her sit down."""
        session = self._scene.session
        if session.up and session.routine is not None:
            session.index = self._seated_again()

    def _seated_again(self) -> int:
        """The first step after she has sat down again."""
        session = self._scene.session
        assert session.routine is not None
        steps_left = range(session.index, len(session.routine.steps))
        down = (index + 1 for index in steps_left if session.routine.steps[index].up is False)
        return next(down, len(session.routine.steps))
