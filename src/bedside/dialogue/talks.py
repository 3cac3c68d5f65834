"""The scripts of the short talks: half sure, help, pause, and answers to what was asked."""

from __future__ import annotations

from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Outcome, Script, Speak, Until

QUIETER_DB = -3.0
"""A half-sure question is asked softly: nobody may be awake."""


def confirm(scene: Scene, text: str) -> Script:
    """Ask softly whether something was meant; the conversation takes the answer, silence ends it."""
    line = scene.line(text, "confirm")
    yield Ask(type(line)(line.text, line.step, line.sources, QUIETER_DB), scene.settings.confirm)
    return Outcome("end")


def help_question(scene: Scene) -> Script:
    """guidance.md Q-16. With a routine running, silence goes on with it; without one, silence is an emergency."""
    texts = scene.library.spoken.help
    within_routine = scene.session.routine is not None
    answer = yield Ask(scene.line(texts.ask, "help/1", texts.sources), scene.settings.answer)
    intent = answer.intent if answer is not None else None
    if intent == "unsure" or (not within_routine and intent not in ("no", "easing", "next_step")):
        return Outcome(alert=("emergency", "help"))
    if within_routine:
        return Outcome("next")
    yield Speak(scene.line(texts.no, "help/2", texts.sources))
    return Outcome("end")


def paused(scene: Scene, step: str) -> Script:
    """Wait; after a while ask whether to go on; without an answer end, saying so."""
    texts = scene.library.spoken.paused
    yield Speak(scene.line(texts.said, step))
    yield Until(scene.now + scene.settings.pause)
    answer = yield Ask(scene.line(texts.ask, step), scene.settings.answer)
    if answer is not None and answer.intent in ("yes", "still_hurts"):
        return Outcome("resume")
    yield Speak(scene.line(texts.end, step))
    return Outcome("end")


def telling(scene: Scene, intent: str) -> Script:
    """The lines that answer `intent`, one after another."""
    lines = getattr(scene.library.spoken, intent)
    for number, text in enumerate(lines.lines, 1):
        yield Speak(scene.line(text, f"{intent.replace('_', '-')}/{number}", lines.sources), scene.gap)
    return Outcome("end")
