"""What is asked for: a routine, an answer, the diary, a good night."""

from __future__ import annotations

from bedside.dialogue import talks
from bedside.dialogue.cramp import FIRST_ROUTINE, Cramp
from bedside.dialogue.routine import Routine
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
            self._later()
            return
        self._cramp.take_slots(match)
        scene.session.bookmark = None
        self._walk.go(routine.id, "start_routine")

    def answer(self, match: Match) -> None:
        """An answer by topic. In the middle of a routine only its first sentence, beside what goes on."""
        scene = self._stage.scene
        routine = scene.library.routines.get(match.slots.get("topic", PROVIDER)) or scene.library.routines[PROVIDER]
        present = scene.session.routine
        if present is None or present.answer or self._stage.activity != "step":
            self._cramp.take_slots(match)
            self._walk.go(routine.id, match.intent or "")
        elif not self._beside(routine):
            if self._cramp.is_on:
                self._later()
            else:
                self._walk.ask_between(routine.id, match.intent or "")

    def _beside(self, routine: Routine) -> bool:
        """Say the first sentence of an answer beside the routine, if that needs no question. False if it does."""
        first, scene = routine.steps[0], self._stage.scene
        if first.kind != "say" or first.gate:
            return False
        self._stage.performer.aside(scene.step_line(first), scene.now)
        return True

    def _later(self) -> None:
        scene = self._stage.scene
        texts = scene.library.spoken.gate
        self._stage.performer.aside(scene.line(texts.later, self._stage.step_name(), texts.sources), scene.now)

    def tell(self, intent: str) -> None:
        """The diary, or good night; while a cramp is on the first sentence beside the stretch (guidance.md E6)."""
        scene = self._stage.scene
        if self._cramp.is_on and intent != "good_night":
            texts = getattr(scene.library.spoken, intent)
            line = scene.line(texts.lines[0], self._stage.step_name(), texts.sources)
            self._stage.performer.aside(line, scene.now)
            return
        present = scene.session.routine
        if scene.session.laid_on and present is not None and present.worse:
            self._walk.go(present.worse, intent)
            return
        self._stage.run(None, "telling", intent)
        self._stage.close_session()
        scene.new_session()
        self._stage.open_session(intent.replace("_", "-"))
        self._stage.run(talks.telling(scene, intent), "telling", intent)
