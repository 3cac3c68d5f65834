""" "How long?" - the rest of the hold, or of the routine."""

from __future__ import annotations

from bedside.dialogue.routine import Step
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Line

SECONDS_PER_LETTER = 0.075
"""Rough length of calm speech, for the estimate only."""


def time_left_line(scene: Scene, hold: str | None, hold_end: float) -> Line:
    """What to say: exact within a hold (hold: its step, hold_end: absolute seconds), else an estimate."""
    session, texts = scene.session, scene.library.spoken.time_left
    assert session.routine is not None
    step = session.routine.steps[session.index]
    if hold is not None:
        left = max(1, round(hold_end - scene.now))
        long = step.kind == "timer" and left >= 90
        return Line(scene.wording.fill(texts.timer if long else texts.hold, seconds=left), step.id)
    seconds = estimate(scene)
    text = texts.minutes if seconds >= 90 else texts.seconds
    return Line(scene.wording.fill(text, seconds=max(5, 5 * round(seconds / 5))), step.id)


def estimate(scene: Scene) -> float:
    """Seconds until the end of the routine, if every question stays unanswered."""
    session = scene.session
    assert session.routine is not None
    steps, index, total = session.routine.steps, session.index, 0.0
    while index < len(steps):
        total += _length(scene, steps[index])
        skips = steps[index].kind == "ask" and steps[index].silence == "skip"
        index = steps[index].skip_to if skips else index + 1
    return total


def _length(scene: Scene, step: Step) -> float:
    if step.kind in ("mention", "if_risk"):
        return 0.0
    speech = len(scene.step_line(step).text) * SECONDS_PER_LETTER / scene.pace
    answer = scene.settings.answer
    extra = {"ask": 0.0 if step.seconds else answer, "leg_questions": step.leg_questions * (answer + 5.0)}
    return speech + step.seconds + step.wait + scene.gap + extra.get(step.kind, 0.0)
