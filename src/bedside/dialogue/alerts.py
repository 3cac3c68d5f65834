"""The scripts of an alert: what must be said, the number again and again, the way back. guidance.md C1, C2, E5, E10."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from bedside.dialogue.legs import leg_question
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Line, Operation, Outcome, Script, Speak, Until
from bedside.dialogue.spoken import AlertTexts, FollowUp
from bedside.dialogue.wording import alert_variables, by_group, sign_group
from bedside.nlu.match import Match

FIRST_RAISE_DB = 6.0
"""An emergency is spoken this much louder (dB)."""

RAISE_STEP_DB = 3.0
MOST_RAISE_DB = 15.0
"""Each repeat is louder by a step, up to the most; the player's cap still holds."""

LINES_WITH_NUMBER = 3
"""After so many sentences the number to call has been given."""


@dataclass
class Alert:
    """An alert that is open.

    doubtful: the sign was only half heard. beneath: what was open before a doubtful higher alert came on top.
    said: how many of the lines that must be said have been. asked: the questions that follow have been put.
    calling: somebody is calling the number. partner: it was the partner who told of it.
    """

    tier: str
    sign: str
    doubtful: bool = False
    beneath: Alert | None = None
    said: int = 0
    asked: bool = False
    calling: bool = False
    partner: bool = False

    @property
    def number_given(self) -> bool:
        return self.said >= LINES_WITH_NUMBER


def alert_script(scene: Scene, alert: Alert) -> Script:
    """Say what must be said and has not been yet, then the number again: in an emergency until somebody reacts."""
    lines = list(_lines(scene, alert))
    if scene.session.up:
        scene.session.up = False
        yield Speak(_line(scene, alert, scene.library.spoken.sit_down.text(alert.partner), _raise(alert)), scene.gap)
    for index in range(alert.said, len(lines)):
        yield Speak(lines[index], scene.gap)
        alert.said = index + 1
        if alert.said == LINES_WITH_NUMBER and not alert.asked:
            turned = yield from _is_it_so(scene, alert)
            if turned is not None:
                return turned
    alert.asked = True
    if alert.tier == "emergency":
        return (yield from _repeat_for_ever(scene, alert))
    if "leg" in sign_group(scene.library.spoken, alert.sign):
        worse = yield from _third_question(scene)
        if worse is not None:
            return worse
    return (yield from _repeat_twice(scene, alert))


def _texts(scene: Scene, alert: Alert) -> AlertTexts:
    texts = scene.library.spoken.alert
    return texts.emergency if alert.tier == "emergency" else texts.urgent


def _raise(alert: Alert) -> float:
    return FIRST_RAISE_DB if alert.tier == "emergency" else 0.0


def _lines(scene: Scene, alert: Alert) -> Iterator[Line]:
    spoken, texts = scene.library.spoken, _texts(scene, alert)
    lines = [*(texts.partner if alert.partner else texts.lines)]
    groups = sign_group(spoken, alert.sign)
    if "crisis" in groups:
        lines = [*lines[:LINES_WITH_NUMBER], *spoken.alert.crisis]
    elif "other_person" in groups:
        # What to say about a pregnancy does not fit somebody else.
        lines = [*lines[:LINES_WITH_NUMBER], lines[-1]]
    for text in lines:
        filled = scene.wording.fill(text, scene.session.side, more=alert_variables(spoken, alert.sign, alert.partner))
        yield _line(scene, alert, filled, _raise(alert))


def _line(scene: Scene, alert: Alert, text: str, raise_db: float) -> Line:
    return Line(scene.wording.fill(text), f"alert/{alert.tier}", tuple(_texts(scene, alert).sources), raise_db)


def again_line(scene: Scene, alert: Alert) -> Line:
    """The number, once more."""
    return _line(scene, alert, _texts(scene, alert).again[0], _raise(alert))


def _is_it_so(scene: Scene, alert: Alert) -> Generator[Operation, Match | None, Outcome | None]:
    """The number has been given: ask about a sign that was half heard, or that needs a word more. None: it is so."""
    texts = scene.library.spoken.alert
    follow_up: FollowUp | None = texts.follow_up.get(alert.sign)
    if not alert.doubtful and follow_up is None:
        return None
    alert.asked = True
    text = texts.doubt if alert.doubtful or follow_up is None else follow_up.ask.text(alert.partner)
    answer = yield Ask(_line(scene, alert, text, _raise(alert)), scene.settings.answer)
    if answer is None or answer.intent != "no" or answer.decision != "act":
        return None
    if alert.doubtful:
        return Outcome("beneath") if alert.beneath is not None else (yield from _close(scene, alert))
    assert follow_up is not None
    return Outcome(alert=(follow_up.tier, follow_up.sign), lower=True)


def _repeat_for_ever(scene: Scene, alert: Alert) -> Script:
    """The emergency number every 15 s, louder each time, addressed to anyone in the room: never a quiet time-out."""
    crisis = "crisis" in sign_group(scene.library.spoken, alert.sign)
    texts = [*_texts(scene, alert).again, *scene.library.spoken.alert.crisis[: int(crisis)]]
    raise_db = FIRST_RAISE_DB
    # The last sentences of the list gave the number a while ago.
    due = scene.now + scene.settings.emergency_repeat / 3
    while True:
        yield Until(max(due, scene.now + scene.gap))
        due = scene.now + scene.settings.emergency_repeat
        if not crisis:
            raise_db = min(raise_db + RAISE_STEP_DB, MOST_RAISE_DB)
        for text in texts:
            yield Speak(_line(scene, alert, text, raise_db), scene.gap)


def _repeat_twice(scene: Scene, alert: Alert) -> Script:
    """The urgent number after 30 s and 2 min, then quiet, still attentive."""
    said = scene.now
    for after in scene.settings.repeats:
        yield Until(said + after)
        for text in _texts(scene, alert).again:
            yield Speak(_line(scene, alert, text, 0.0), scene.gap)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def _third_question(scene: Scene) -> Generator[Operation, Match | None, Outcome | None]:
    """After a leg sign: is it more than the leg? Put only now that the number has been given."""
    question = scene.library.spoken.leg_questions[2]
    if question.sign in scene.session.legs:
        return None
    answer = yield from leg_question(scene, question, "alert/urgent")
    if answer is None or answer == "no":
        return None
    return Outcome(alert=(question.tier, question.sign))


def calling_script(scene: Scene, alert: Alert) -> Script:
    """Somebody is calling: no more repeats, but stay and listen."""
    alert.calling = True
    yield Speak(_line(scene, alert, _texts(scene, alert).calling, _raise(alert)), scene.gap)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def false_alarm_script(scene: Scene, alert: Alert) -> Script:
    """A "false alarm": ask about the sign itself; only a clear no closes the alert, else it goes on where it was."""
    spoken = scene.library.spoken
    check = by_group(spoken.alert.check, sign_group(spoken, alert.sign)).text(alert.partner)
    answer = yield Ask(_line(scene, alert, check, _raise(alert)), scene.settings.answer)
    if answer is not None and answer.intent in ("no", "easing") and answer.decision == "act":
        return (yield from _close(scene, alert))
    return (yield from alert_script(scene, alert))


def _close(scene: Scene, alert: Alert) -> Script:
    yield Speak(_line(scene, alert, _texts(scene, alert).closed, 0.0))
    return Outcome("end")
