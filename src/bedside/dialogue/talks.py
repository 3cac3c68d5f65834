"""The scripts of the short talks: half sure, help, pause, and answers to what was asked."""

from __future__ import annotations

from dataclasses import replace

from bedside.dialogue.legs import safety_net
from bedside.dialogue.parts import LET_GO
from bedside.dialogue.routine import Routine
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Line, Outcome, Script, Speak, Until

QUIETER_DB = -3.0
"""A half-sure question is asked softly: nobody may be awake."""


def confirm(scene: Scene, text: str) -> Script:
    """Ask softly whether something was meant; the conversation takes the answer, silence ends it."""
    yield Ask(replace(scene.line(text, "confirm"), raise_db=QUIETER_DB), scene.settings.confirm)
    return Outcome("end")


def help_question(scene: Scene) -> Script:
    """guidance.md Q-16. With a routine running, silence goes on with it; without one, silence is an emergency."""
    texts = scene.library.spoken.help
    within = scene.session.routine is not None
    text = texts.within if within else texts.ask
    answer = yield Ask(scene.line(text, "help/1", texts.sources), scene.settings.answer)
    clear_no = answer is not None and answer.intent == "no" and answer.decision == "act"
    alarming = answer is not None and answer.intent in ("yes", "unsure", "no") and not clear_no
    if alarming or (not within and not clear_no):
        return Outcome(alert=("emergency", "help"))
    if within:
        return Outcome()
    yield Speak(scene.line(texts.no, "help/2", texts.sources))
    return Outcome("end")


def is_it_easing(scene: Scene, step: str, target: str) -> Script:
    """ "It's better" was half heard: ask, before a cramp that is still on is left alone."""
    answer = yield Ask(scene.line(scene.library.spoken.is_it_easing, step, ["E5"]), scene.settings.answer)
    eased = answer is not None and answer.intent in ("yes", "easing") and answer.decision == "act"
    return Outcome(target if eased else "next")


def is_it_back(scene: Scene, step: str, target: str) -> Script:
    """It hurts after the cramp had let go: the cramp again, or a pain that stays (guidance.md E3, question 2)?"""
    if scene.session.up:
        yield from sit_down(scene, step)
    answer = yield Ask(scene.line(scene.library.spoken.is_it_back, step, ["E3", "D7"]), scene.settings.answer)
    back = answer is not None and answer.intent in ("yes", "still_hurts") and answer.decision == "act"
    return Outcome(target if back else "legs")


def instead(line: Line, target: str) -> Script:
    """Say why not, and go to `target` instead."""
    yield Speak(line)
    return Outcome(target)


def sit_down(scene: Scene, step: str) -> Script:
    """Out of bed, before anything else happens."""
    scene.session.up = False
    yield Speak(scene.line(scene.library.spoken.sit_down, step, ["D2", "STOP-4"]), scene.gap)
    return Outcome()


def paused(scene: Scene, step: str) -> Script:
    """Wait; after a while ask whether to go on; without an answer end, saying so."""
    texts = scene.library.spoken.paused
    if scene.session.up:
        yield from sit_down(scene, step)
    yield Speak(scene.line(texts.said, step))
    yield Until(scene.now + scene.settings.pause)
    answer = yield Ask(scene.line(texts.ask, step), scene.settings.answer)
    if answer is not None and answer.intent in ("yes", "still_hurts"):
        return Outcome("resume")
    if scene.session.cramp_since is not None:
        yield from safety_net(scene, step)
    if scene.session.way_out is not None:
        return Outcome(scene.session.way_out)
    yield Speak(scene.line(texts.end, step))
    return Outcome("end")


def taken_up(scene: Scene, routine: Routine) -> Script:
    """After an interruption: ask whether to go on. Without a yes all that is said is what must not be left out."""
    texts, step = scene.library.spoken.taken_up, f"{routine.id}/taken-up"
    text = texts.ask.replace("{routine}", routine.called) if routine.called else texts.ask_plainly
    for _ in range(2):
        # What was only half heard may be the television: once more.
        answer = yield Ask(scene.line(text, step, texts.sources), scene.settings.answer)
        if answer is None or answer.decision == "act":
            break
    clear = answer.intent if answer is not None and answer.decision == "act" else None
    if answer is not None and clear == "still_hurts" and "worse" in answer.slots and routine.relief:
        return Outcome(LET_GO)
    if clear in ("yes", "still_hurts"):
        return Outcome("resume")
    if scene.session.cramp_since is not None and scene.session.eased_at is None:
        yield from safety_net(scene, step)
    return Outcome(scene.session.way_out or "end")


def telling(scene: Scene, intent: str) -> Script:
    """The lines that answer `intent`, one after another."""
    lines = getattr(scene.library.spoken, intent)
    for number, text in enumerate(lines.lines, 1):
        yield Speak(scene.line(text, f"{intent.replace('_', '-')}/{number}", lines.sources), scene.gap)
    return Outcome("end")
