"""The scripts of a routine's steps: say, hold, rest, ask, and the leg questions."""

from __future__ import annotations

from collections.abc import Generator

from bedside.dialogue.actions import Report
from bedside.dialogue.routine import Step
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Cue, Line, Operation, Outcome, Script, Speak, Tell, Until
from bedside.dialogue.spoken import LegQuestion
from bedside.nlu.match import Match

SHORTEST_HALVED = 10.0
"""Holds from this length (seconds) on are told their middle."""

SHORTEST_COUNTED = 5.0
"""Holds from this length (seconds) on are counted down."""


def step_script(scene: Scene, step: Step) -> Script:
    """The script of one step."""
    if step.kind == "hold":
        return _hold(scene, step)
    if step.kind == "rest":
        return _rest(scene, step)
    if step.kind == "ask":
        return _ask(scene, step)
    if step.kind == "leg_questions":
        return leg_questions(scene, step.id, step.every_leg_question)
    return _say(scene, step)


def _say(scene: Scene, step: Step) -> Script:
    yield Speak(scene.step_line(step), scene.gap + step.wait / scene.pace)
    return Outcome()


def _rest(scene: Scene, step: Step) -> Script:
    if step.text:
        yield Speak(scene.step_line(step))
    yield Until(scene.now + step.seconds)
    return Outcome()


def _hold(scene: Scene, step: Step) -> Script:
    """Announce, hold for exactly the announced seconds, tell the middle and the last three."""
    yield Speak(scene.step_line(step), scene.gap)
    start, texts = scene.now, scene.library.spoken.hold
    end = start + step.seconds
    yield Tell(Report("hold", {"seconds": _plain(step.seconds), "step": step.id}))
    if step.seconds >= SHORTEST_HALVED:
        yield Until(start + step.seconds / 2)
        yield Cue(Line(texts.half, step.id))
    if step.seconds >= SHORTEST_COUNTED:
        for left, text in zip((3, 2, 1), texts.last, strict=True):
            yield Until(end - left)
            yield Cue(Line(text, step.id))
    yield Until(end)
    yield Tell(Report("release", {"step": step.id}))
    return Outcome()


def _plain(seconds: float) -> float | int:
    return int(seconds) if seconds == int(seconds) else seconds


def _ask(scene: Scene, step: Step) -> Script:
    if step.clear and scene.session.legs_open:
        return Outcome(step.silence)
    answer = yield Ask(scene.step_line(step), scene.settings.answer)
    if answer is None or answer.decision != "act":
        return Outcome(step.silence)
    return Outcome(step.answers.get(answer.intent or "", step.silence))


def leg_questions(scene: Scene, step: str, every: bool) -> Script:
    """guidance.md E3: one at a time, each asked twice at most. The third is put when `every` is asked for.

    A yes, or an unsure answer, raises the alert of that question. A question that nobody answers ends them with
    the safety net (E5); an answer that was a clear no in this session is not asked for again.
    """
    session = scene.session
    questions = scene.library.spoken.leg_questions
    for question in questions if every else questions[:2]:
        if session.legs.get(question.sign) == "no":
            continue
        answer = yield from leg_question(scene, question, step)
        if answer is None:
            session.legs_asked = session.legs_open = True
            yield from safety_net(scene, step)
            return Outcome()
        session.legs[question.sign] = answer
        if answer != "no":
            return Outcome(alert=(question.tier, question.sign))
    session.legs_asked, session.legs_open = True, False
    return Outcome()


def leg_question(scene: Scene, question: LegQuestion, step: str) -> Generator[Operation, Match | None, str | None]:
    """The answer "yes", "no" or "unsure"; None when the question was not answered or skipped."""
    for text in question.ask:
        heard = yield Ask(scene.line(text, step, question.sources), scene.settings.answer, legs=True)
        if heard is None:
            continue
        answer = _leg_answer(question, heard)
        if answer is not None or heard.intent == "next_step":
            return answer
    return None


def _leg_answer(question: LegQuestion, heard: Match) -> str | None:
    """What an answer to a leg question means. Half-heard answers count as unsure (guidance.md E3), never as a no."""
    if heard.intent == "no" and heard.decision == "act":
        return "no"
    if heard.intent in ("no", "unsure"):
        return "unsure"
    if heard.intent in question.yes and heard.slots.get("side") != "both":
        return "yes"
    return None


def safety_net(scene: Scene, step: str) -> Generator[Operation, Match | None, None]:
    """Once in a session: what to watch for, and whom to call."""
    net = scene.library.spoken.safety_net
    if not scene.session.net_said:
        scene.session.net_said = True
        yield Speak(scene.line(net.text, step, net.sources), scene.gap)


def swelling(scene: Scene, step: str) -> Script:
    """A swollen leg was reported: the leg questions at once; no clear answer is urgent (guidance.md Q-02)."""
    if scene.session.up:
        scene.session.up = False
        yield Speak(scene.line(scene.library.spoken.sit_down, step, ["D2"]), scene.gap)
    outcome = yield from leg_questions(scene, step, every=True)
    if outcome.alert:
        return outcome
    answers = [scene.session.legs.get(q.sign) for q in scene.library.spoken.leg_questions]
    if any(answer != "no" for answer in answers):
        first = scene.library.spoken.leg_questions[0]
        return Outcome(alert=(first.tier, first.sign))
    told = scene.library.spoken.swelling
    yield Speak(scene.line(told.text, step, told.sources), scene.gap)
    return Outcome()
