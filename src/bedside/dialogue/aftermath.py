"""The night after an alert: its number first, then the leg questions, and no exercises (guidance.md C2, E10)."""

from __future__ import annotations

from typing import Literal

from bedside.dialogue import legs
from bedside.dialogue.routine import Routine
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Line, Outcome, Script, Speak
from bedside.dialogue.wording import sign_group

STEP = "leg-questions/warned"


def bars(scene: Scene, target: Routine, by: str) -> Literal["ask", "refuse"] | None:
    """What stands before a routine that was asked for. Where a routine leads to by itself, nothing does."""
    session = scene.session
    inside = session.routine is not None and not session.routine.answer
    if not scene.night.warnings or target.answer or (inside and by != "start_routine"):
        return None
    if target.relief and not target.gets_up and not target.steps[0].to_partner:
        return "ask" if _serious(scene) and not session.cleared else None
    return "refuse"


def _serious(scene: Scene) -> bool:
    """Whether one of the warnings was an emergency, or about a leg."""
    warnings, spoken = scene.night.warnings, scene.library.spoken
    return any(tier == "emergency" or "leg" in sign_group(spoken, sign) for sign, tier in warnings.items())


def _line(scene: Scene, refuse: bool) -> Line:
    texts = scene.library.spoken.aftermath
    which = texts.emergency if "emergency" in scene.night.warnings.values() else texts.urgent
    return scene.line(which.refuse if refuse else which.number, STEP, texts.sources)


def refusal(scene: Scene) -> Line:
    """Not tonight, and the number."""
    return _line(scene, refuse=True)


def questions_first(scene: Scene, target: str) -> Script:
    """The number once, then all leg questions; only three clear noes lead on to the stretch."""
    session = scene.session
    session.legs.clear()
    yield Speak(_line(scene, refuse=False), scene.gap)
    outcome = yield from legs.leg_questions(scene, STEP)
    if outcome.alert:
        return outcome
    if not legs.all_clear(scene):
        return Outcome("end")
    session.cleared, scene.night.left = True, None
    return Outcome(target)
