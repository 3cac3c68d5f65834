"""The leg questions of guidance.md E3, and the gate before massage, heat and cold that stands on them."""

from __future__ import annotations

from collections.abc import Generator

from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Operation, Outcome, Script, Speak
from bedside.dialogue.spoken import LegQuestion, Wordings
from bedside.nlu.match import Match

ALL = 3
STANDING = "D2"

THIGH = ("thigh", "thigh-front", "hamstring")
"""Parts of the leg where the thighs are felt instead of the calves: a clot may sit high up (guidance.md D4, C0)."""


def leg_questions(scene: Scene, step: str, count: int = ALL) -> Script:
    """The first `count` of the questions, one at a time, each asked twice at most.

    A yes, or an unsure answer, raises the alert of that question. A question that nobody answers ends them with
    the safety net (E5); an answer that was a clear no in this session is not asked for again.
    """
    session = scene.session
    for question in scene.library.spoken.leg_questions[:count]:
        if _is_clear(scene, question):
            continue
        answer = yield from leg_question(scene, question, step)
        if answer is None:
            session.legs_asked = session.legs_open = True
            yield from safety_net(scene, step)
            return Outcome()
        session.legs[question.sign] = answer
        if answer != "no":
            return Outcome(alert=(question.tier, question.sign))
        if question.thigh is not None:
            session.thighs_felt = _at_thigh(scene)
    session.legs_asked, session.legs_open = True, False
    return Outcome()


def leg_question(scene: Scene, question: LegQuestion, step: str) -> Generator[Operation, Match | None, str | None]:
    """The answer "yes", "no" or "unsure"; None when the question was not answered or skipped.

    A half-heard no to a question whose yes is an emergency is asked about once more: guidance.md E3 wants advice by
    telephone for it at the first two only.
    """
    texts, by_half = question.asks(scene.session.partner, _at_thigh(scene)), False
    last = texts[-1]
    while texts:
        text, *texts = texts
        heard = yield Ask(scene.line(text, step, question.sources), scene.settings.answer, legs=True, leads_on="no")
        if heard is None:
            continue
        answer = _leg_answer(question, heard)
        if answer == "unsure" and heard.intent == "no" and question.tier == "emergency" and not by_half:
            by_half, texts = True, texts or [last]
        elif answer is not None or heard.intent == "next_step":
            return answer
    return None


def _leg_answer(question: LegQuestion, heard: Match) -> str | None:
    """What an answer to a leg question means. Half-heard answers count as unsure (guidance.md E3), never as a no; so
    does a no that names one side ("no, only the left one")."""
    one_side = heard.slots.get("side") in ("left", "right")
    if heard.intent == "no" and heard.decision == "act" and not one_side:
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
        yield Speak(scene.line(scene.library.spoken.sit_down, step, [STANDING]), scene.gap)
    outcome = yield from leg_questions(scene, step)
    if outcome.alert:
        return outcome
    if not all_clear(scene):
        first = scene.library.spoken.leg_questions[0]
        return Outcome(alert=(first.tier, first.sign))
    return Outcome()


def all_clear(scene: Scene) -> bool:
    """Whether every leg question was answered with a clear no in this session."""
    return all(_is_clear(scene, question) for question in scene.library.spoken.leg_questions)


def _is_clear(scene: Scene, question: LegQuestion) -> bool:
    """Whether a question was answered with a clear no, and that holds for the part of the leg it is about now: thighs
    that were not felt are asked about although the calves are alike."""
    elsewhere = question.thigh is not None and _at_thigh(scene) and not scene.session.thighs_felt
    return scene.session.legs.get(question.sign) == "no" and not elsewhere


def _at_thigh(scene: Scene) -> bool:
    return scene.session.part in THIGH


def gate_is_open(scene: Scene) -> bool:
    """Whether massage, heat and cold may be spoken of now: opened in this session, less than an hour ago."""
    opened = scene.session.gate_opened
    lasts = opened is not None and scene.now - opened <= scene.settings.gate
    return lasts and all_clear(scene) and not gate_is_barred(scene)


def gate_is_barred(scene: Scene) -> bool:
    """Whether it stays shut without a question."""
    return _why_shut(scene) is not None


def _why_shut(scene: Scene) -> Wordings | None:
    """What to say where the gate stays shut without a question; None if it does not."""
    texts, night = scene.library.spoken.gate, scene.night
    reasons = (
        (bool(scene.settings.risks), texts.risk),
        (night.alarmed, texts.alarmed),
        (bool(night.risks), texts.told),
        (night.shut, texts.shut),
        (night.failed, texts.failed),
        (scene.left_cramp is not None, texts.later),
    )
    return next((text for holds, text in reasons if holds), None)


def gate(scene: Scene, step: str) -> Script:
    """guidance.md E3: all three questions, read back once; only a clear yes to that opens the gate.

    Shut it stays for anybody with a risk flag (C0), after an alert (E10), and for the night after a no to the
    read-back. That it stays shut is said once.
    """
    session, texts = scene.session, scene.library.spoken.gate
    if session.gate_opened is not None and scene.now - session.gate_opened > scene.settings.gate:
        session.legs.clear()
    session.gate_opened = None
    text = _why_shut(scene)
    if text is None:
        outcome = yield from leg_questions(scene, step)
        if outcome.alert:
            return outcome
        if all_clear(scene):
            line = scene.line(texts.confirm, step, texts.sources)
            answer = yield Ask(line, scene.settings.answer, legs=True)
            if answer is not None and _is_plain_yes(answer):
                session.gate_opened = scene.now
                return Outcome()
            session.legs.clear()
            session.legs_open = True
            scene.night.shut = scene.night.shut or (answer is not None and answer.intent == "no")
            yield from safety_net(scene, step)
        text = texts.shut if scene.night.shut else texts.unclear
    if not session.gate_told:
        session.gate_told = True
        yield Speak(scene.line(text, step, texts.sources), scene.gap)
    return Outcome("shut")


def _is_plain_yes(heard: Match) -> bool:
    """Whether it says yes and nothing of the legs besides: not "it's hot", "left" or "both". "Right" alone is a yes to
    "Right?", although it can be a side."""
    bare_right = heard.slots.get("side") == heard.phrase == "right"
    said = set(heard.slots) - {"who"} - ({"side"} if bare_right else set())
    return heard.intent == "yes" and heard.decision == "act" and not said
