"""The scripts of an alert: what must be said, the number again and again, the way back. guidance.md C1, C2, E5, E10."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Line, Operation, Outcome, Script, Speak, Until
from bedside.dialogue.spoken import AlertTexts
from bedside.dialogue.steps import leg_answer
from bedside.dialogue.wording import alert_variables, sign_group
from bedside.nlu.match import Match

FIRST_RAISE_DB = 6.0
"""An emergency is spoken this much louder (dB)."""

RAISE_STEP_DB = 3.0
MOST_RAISE_DB = 15.0
"""Each repeat is louder by a step, up to the most; the player's cap still holds."""

LINES_BEFORE_DOUBT = 3
"""A doubtful danger sign is questioned after this many sentences: the number to call is among them."""


def alert_script(scene: Scene, tier: str, sign: str, doubtful: bool = False) -> Script:
    """Say all that must be said, then the number again: in an emergency until somebody reacts."""
    texts = _texts(scene, tier)
    started = scene.now
    for index, line in enumerate(_lines(scene, tier, sign)):
        yield Speak(line, scene.gap)
        if doubtful and index + 1 == LINES_BEFORE_DOUBT:
            answer = yield Ask(scene.line(scene.library.spoken.alert.doubt, line.step), scene.settings.answer)
            if answer is not None and answer.intent == "no" and answer.decision == "act":
                return (yield from _close(scene, tier))
    if tier == "emergency":
        return (yield from _repeat_for_ever(scene, texts))
    if "leg" in sign_group(scene.library.spoken, sign):
        worse = yield from _third_question(scene)
        if worse is not None:
            return worse
    return (yield from _repeat_twice(scene, texts, started))


def _texts(scene: Scene, tier: str) -> AlertTexts:
    alert = scene.library.spoken.alert
    return alert.emergency if tier == "emergency" else alert.urgent


def _lines(scene: Scene, tier: str, sign: str) -> Iterator[Line]:
    spoken, texts = scene.library.spoken, _texts(scene, tier)
    raise_db = FIRST_RAISE_DB if tier == "emergency" else 0.0
    lines = [*texts.lines]
    if "crisis" in sign_group(spoken, sign):
        lines = [*lines[:LINES_BEFORE_DOUBT], *spoken.alert.crisis]
    elif "other_person" in sign_group(spoken, sign):
        # What to say about a pregnancy does not fit somebody else.
        lines = [*lines[:LINES_BEFORE_DOUBT], lines[-1]]
    for text in lines:
        filled = scene.wording.fill(text, scene.session.side, more=alert_variables(spoken, sign))
        yield Line(filled, f"alert/{tier}", tuple(texts.sources), raise_db)


def _again(scene: Scene, tier: str, text: str, raise_db: float) -> Line:
    return Line(scene.wording.fill(text), f"alert/{tier}", tuple(_texts(scene, tier).sources), raise_db)


def _repeat_for_ever(scene: Scene, texts: AlertTexts) -> Script:
    """The emergency number every 15 s, louder each time, addressed to anyone in the room: never a quiet time-out."""
    raise_db = FIRST_RAISE_DB
    while True:
        yield Until(scene.now + scene.settings.emergency_repeat)
        raise_db = min(raise_db + RAISE_STEP_DB, MOST_RAISE_DB)
        for text in texts.again:
            yield Speak(_again(scene, "emergency", text, raise_db), scene.gap)


def _repeat_twice(scene: Scene, texts: AlertTexts, started: float) -> Script:
    """The urgent number at 30 s and 2 min, then quiet, still attentive."""
    said = scene.now
    for after in scene.settings.repeats:
        yield Until(max(started, said) + after)
        for text in texts.again:
            yield Speak(_again(scene, "urgent", text, 0.0), scene.gap)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def _third_question(scene: Scene) -> Generator[Operation, Match | None, Outcome | None]:
    """After a leg sign: is it more than the leg? Put only now that the number has been given."""
    question = scene.library.spoken.leg_questions[2]
    if question.sign in scene.session.legs:
        return None
    answer = yield Ask(scene.line(question.ask[0], "alert/urgent", question.sources), scene.settings.answer)
    meaning = leg_answer(answer) if answer else None
    if meaning is None or meaning == "no":
        return None
    return Outcome(alert=(question.tier, question.sign))


def calling_script(scene: Scene, tier: str) -> Script:
    """Somebody is calling: no more repeats, but stay and listen."""
    texts = _texts(scene, tier)
    raise_db = FIRST_RAISE_DB if tier == "emergency" else 0.0
    yield Speak(_again(scene, tier, texts.calling, raise_db), scene.gap)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def false_alarm_script(scene: Scene, tier: str) -> Script:
    """ "False alarm": ask once about the sign itself; only a clear no closes the alert, else it goes on."""
    answer = yield Ask(scene.line(scene.library.spoken.alert.check, f"alert/{tier}", ["E10"]), scene.settings.answer)
    if answer is not None and answer.intent in ("no", "easing") and answer.decision == "act":
        return (yield from _close(scene, tier))
    texts = _texts(scene, tier)
    for text in texts.again:
        yield Speak(_again(scene, tier, text, FIRST_RAISE_DB if tier == "emergency" else 0.0), scene.gap)
    if tier == "emergency":
        return (yield from _repeat_for_ever(scene, texts))
    return (yield from _repeat_twice(scene, texts, scene.now))


def _close(scene: Scene, tier: str) -> Script:
    closed = scene.library.spoken.alert.closed
    yield Speak(scene.line(closed, f"alert/{tier}", ["E10"]))
    return Outcome("end")
