"""What is asked for: a routine, an answer, the diary, a good night."""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.cramp import Cramp
from bedside.dialogue.legs import gate_is_open
from bedside.dialogue.parts import FIRST_ROUTINE
from bedside.dialogue.routine import Routine
from bedside.dialogue.script import Line
from bedside.dialogue.stage import Stage
from bedside.dialogue.walk import Walk
from bedside.nlu.match import Match

PROVIDER = "provider"
"""The answer of what to tell a midwife or doctor, if no topic was named (guidance.md C3)."""


class Requests:
    """Starts what was asked for; while a cramp is on only what does not keep it waiting."""

    def __init__(self, stage: Stage, walk: Walk, cramp: Cramp) -> None:
        self._stage = stage
        self._walk = walk
        self._cramp = cramp

    def start(self, match: Match) -> None:
        """A routine. What needs the gate comes after the cramp (guidance.md C07)."""
        scene = self._stage.scene
        routine = scene.library.routines.get(match.slots.get("routine", FIRST_ROUTINE))
        if routine is None:
            return
        if self._cramp.is_on and routine.gated:
            self._aside(self._later())
            return
        self._cramp.take_slots(match)
        scene.session.bookmark = None
        self._walk.go(routine.id, "start_routine")

    def answer(self, match: Match) -> None:
        """An answer by topic, and first what it changes: a risk that was told counts from now on (guidance.md C0)."""
        scene = self._stage.scene
        routine = scene.library.routines.get(match.slots.get("topic", PROVIDER)) or scene.library.routines[PROVIDER]
        told = "risk" in match.slots or any(step.shut_gate for step in routine.steps)
        if told:
            scene.night.shut = True
            scene.session.gate_opened = None
        beside = self._beside(routine, told)
        if beside is not None:
            self._aside(beside)
        elif self._stage.activity != "sitting":
            self._cramp.take_slots(match)
            self._walk.ask_between(routine.id, match.intent or "", routine.symptom or told)

    def _beside(self, routine: Routine, told: bool) -> Line | None:
        """What is said beside the present routine instead of interrupting it; None if the whole answer comes at once.

        Beside goes the first sentence, if no question, number or gate would have to follow it. Else a cramp that is
        on, or standing, is not interrupted for a question, but for news of a symptom it is.
        """
        scene, session = self._stage.scene, self._stage.scene.session
        if session.routine is None or (session.routine.answer and session.way_out is None):
            return None
        first = scene.step_line(routine.steps[0])
        if self._cramp.is_on and told:
            return first
        if routine.symptom or told:
            return None
        open_to_it = not any(step.gate for step in routine.steps) or gate_is_open(scene)
        if self._stage.activity == "step" and routine.brief and open_to_it:
            return first
        if self._cramp.is_on:
            return self._later()
        return scene.line(scene.library.spoken.not_now, self._stage.step_name()) if session.up else None

    def _later(self) -> Line:
        scene = self._stage.scene
        texts = scene.library.spoken.gate
        return scene.line(texts.later, self._stage.step_name(), texts.sources)

    def _aside(self, line: Line) -> None:
        self._stage.performer.aside(line, self._stage.scene.now)

    def tell(self, intent: str) -> None:
        """The diary, or good night; while a cramp is on, or something on the leg, the first sentence of the diary comes
        beside it (guidance.md E6), and a good night takes it off."""
        scene = self._stage.scene
        if intent != "good_night" and (self._cramp.is_on or scene.session.way_out):
            texts = getattr(scene.library.spoken, intent)
            self._aside(scene.line(texts.lines[0], self._stage.step_name(), texts.sources))
            return
        if scene.session.way_out:
            self._walk.go(scene.session.way_out, intent)
            return
        self._stage.run(None, "telling", intent)
        self._stage.close_session()
        scene.new_session()
        self._stage.open_session(intent.replace("_", "-"))
        self._stage.run(talks.telling(scene, intent), "telling", intent)
