"""The scripts of an alert: what must be said, the number again and again, the way back. guidance.md C1, C2, E5, E10."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from bedside.dialogue.legs import leg_question
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Line, Operation, Outcome, Script, Speak, Until
from bedside.dialogue.spoken import FIRST_WITH_NUMBER, LINES_WITH_NUMBER, AlertTexts, FollowUp
from bedside.dialogue.wording import alert_variables, by_group, position_of, sign_group
from bedside.nlu.match import Match

FIRST_RAISE_DB = 3.0
"""An emergency is spoken this much louder (dB)."""

RAISE_STEP_DB = 3.0
MOST_RAISE_DB = 12.0
"""Each repeat is louder by a step, up to the most, which is what the player lifts at most; its ceiling still holds."""

TOO_LONG = "cramp_too_long"
"""The sign of a cramp that the escalation clock ended (guidance.md E4)."""

NOT_WAKING, FIT = "waking", "fit"
"""Groups of signs: who does not wake or breathe, or has a fit."""

SOON = 5.0
"""A repeat that is due within so many seconds comes before the next sentence, not after it."""


@dataclass
class Alert:
    """An alert that is open.

    doubtful: the sign was only half heard. beneath: what was open before a doubtful higher alert came on top.
    told: the sign as it was told, where `sign` is what it makes with another. said: how many of the lines that must
    be said have been. asked: the questions that follow have been put.
    calling: somebody is calling the number. partner: it is the partner who is talked to. hers: she told of a sign
    herself. signs: what was told while it is open. number_at: when the number was first said; repeats: how often
    since; again_at: when it was last said because somebody spoke.
    """

    tier: str
    sign: str
    told: str = ""
    doubtful: bool = False
    beneath: Alert | None = None
    said: int = 0
    asked: bool = False
    calling: bool = False
    partner: bool = False
    hers: bool = False
    signs: set[str] = field(default_factory=set)
    number_at: float | None = None
    repeats: int = 0
    again_at: float = -math.inf

    @property
    def number_given(self) -> bool:
        return self.said >= LINES_WITH_NUMBER


def alert_script(scene: Scene, alert: Alert) -> Script:
    """Say what must be said and has not been yet, then the number again: in an emergency until somebody calls."""
    lines = list(_lines(scene, alert))
    if scene.session.up:
        scene.session.up = False
        yield Speak(_line(scene, alert, scene.library.spoken.sit_down.text(alert.partner)), scene.gap)
    for index in range(alert.said, len(lines)):
        yield Speak(_line(scene, alert, lines[index]), scene.gap)
        alert.said = index + 1
        if alert.said == FIRST_WITH_NUMBER:
            alert.number_at = scene.now
        if alert.number_given:
            yield from _take_off(scene, alert)
            if not alert.asked:
                turned = yield from _is_it_so(scene, alert)
                if turned is not None:
                    return turned
            alert.asked = True
            if alert.tier == "urgent" and _due(scene, alert) <= scene.now + SOON:
                yield from _number(scene, alert)
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


def _is_crisis(scene: Scene, alert: Alert) -> bool:
    return "crisis" in sign_group(scene.library.spoken, alert.sign)


def _lines(scene: Scene, alert: Alert) -> Iterator[str]:
    spoken, texts = scene.library.spoken, _texts(scene, alert)
    lines = [*(texts.partner if alert.partner else texts.lines)]
    groups = sign_group(spoken, alert.sign)
    if "crisis" in groups:
        lines = [*lines[:LINES_WITH_NUMBER], *spoken.alert.crisis]
    elif "other_person" in groups:
        # What to say about a pregnancy does not fit somebody else.
        lines = [*lines[:LINES_WITH_NUMBER], lines[-1]]
    more, before = alert_variables(spoken, alert.sign, alert.told, alert.partner), ""
    for text in lines:
        line = scene.wording.fill(text, scene.session.side, more=more)
        if line != before:  # the position may be what the partner is told next anyway
            yield line
        before = line


def _line(scene: Scene, alert: Alert, text: str) -> Line:
    step, sources = f"alert/{alert.tier}", tuple(_texts(scene, alert).sources)
    return Line(scene.wording.fill(text, scene.session.side), step, sources, _raise(scene, alert))


def _raise(scene: Scene, alert: Alert) -> float:
    """Only an emergency grows louder (guidance.md E9), and not for somebody in despair."""
    if alert.tier != "emergency":
        return 0.0
    steps = 0 if _is_crisis(scene, alert) else alert.repeats
    return min(FIRST_RAISE_DB + RAISE_STEP_DB * steps, MOST_RAISE_DB)


def again_line(scene: Scene, alert: Alert) -> Line:
    """The number, once more."""
    return _line(scene, alert, _texts(scene, alert).again[0])


def worse_line(scene: Scene, alert: Alert) -> Line:
    """It gets worse: the emergency number."""
    return _line(scene, alert, scene.library.spoken.alert.worse)


def position_line(scene: Scene, alert: Alert, sign: str) -> Line | None:
    """How to lie or sit with another sign that was told, if that is different. Nobody is sat up who was told not to
    wake or breathe, or to have a fit (guidance.md C1)."""
    spoken = scene.library.spoken
    wanted = by_group(spoken.alert.position, sign_group(spoken, sign))
    nothing_new = (spoken.alert.position["other"], position_of(spoken, alert.sign, alert.told))
    if alert.tier != "emergency" or wanted in nothing_new:
        return None
    told = {group for each in (alert.sign, alert.told, *alert.signs) for group in sign_group(spoken, each)}
    if NOT_WAKING in told or (FIT in told and NOT_WAKING not in sign_group(spoken, sign)):
        return None
    return _line(scene, alert, wanted.text(alert.partner))


def take_off_line(scene: Scene, alert: Alert) -> Line | None:
    """What lies on the leg comes off."""
    return _line(scene, alert, scene.session.laid_on) if scene.session.laid_on else None


def _take_off(scene: Scene, alert: Alert) -> Generator[Operation, Match | None, None]:
    line = take_off_line(scene, alert)
    if line is not None:
        yield Speak(line, scene.gap)
        scene.session.laid_on = None


def _is_it_so(scene: Scene, alert: Alert) -> Generator[Operation, Match | None, Outcome | None]:
    """The number has been given: ask about a sign that was half heard, or that needs a word more. None: it is so."""
    texts = scene.library.spoken.alert
    follow_up: FollowUp | None = texts.follow_up.get(alert.sign)
    if not alert.doubtful and follow_up is None:
        return None
    alert.asked = True
    text = texts.doubt if alert.doubtful or follow_up is None else follow_up.ask.text(alert.partner)
    answer = yield Ask(_line(scene, alert, text), scene.settings.answer)
    if answer is None or answer.intent != "no" or answer.decision != "act":
        return None
    if alert.doubtful:
        return Outcome("beneath") if alert.beneath is not None else (yield from _close(scene, alert))
    assert follow_up is not None
    return Outcome(alert=(follow_up.tier, follow_up.sign), lower=True)


def _number(scene: Scene, alert: Alert) -> Generator[Operation, Match | None, None]:
    """One repeat of the number, in an emergency a step louder and to anyone in the room."""
    alert.repeats += 1
    crisis = scene.library.spoken.alert.crisis[: int(_is_crisis(scene, alert))]
    for text in (*_texts(scene, alert).again, *crisis):
        yield Speak(_line(scene, alert, text), scene.gap)


def _repeat_for_ever(scene: Scene, alert: Alert) -> Script:
    """The emergency number every 15 s, louder each time, addressed to anyone in the room: never a quiet time-out."""
    # The last sentences of the list gave the number a while ago.
    due = scene.now + scene.settings.emergency_repeat / 3
    while True:
        yield Until(max(due, scene.now + scene.gap))
        if scene.now - alert.again_at < SOON:  # it was just said, as somebody spoke: once more than that is enough
            yield Until(alert.again_at + scene.settings.emergency_repeat / 2)
        due = scene.now + scene.settings.emergency_repeat
        yield from _number(scene, alert)


def _due(scene: Scene, alert: Alert) -> float:
    """When the urgent number comes again: 30 s and 2 min after it was first said, wherever in the list that is."""
    times = scene.settings.repeats
    first = alert.number_at if alert.number_at is not None else scene.now
    return first + times[alert.repeats] if alert.repeats < len(times) else math.inf


def _repeat_twice(scene: Scene, alert: Alert) -> Script:
    """What is left of the urgent number's repeats, then quiet, still attentive."""
    while alert.repeats < len(scene.settings.repeats):
        yield Until(_due(scene, alert))
        yield from _number(scene, alert)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def _third_question(scene: Scene) -> Generator[Operation, Match | None, Outcome | None]:
    """After a leg sign: is it more than the leg? Put only now that the number has been given."""
    question = scene.library.spoken.leg_questions[2]
    if question.sign in scene.session.legs:
        return None
    answer = yield from leg_question(scene, question, "alert/urgent")
    if answer is not None:
        scene.session.legs[question.sign] = answer
    if answer is None or answer == "no":
        return None
    return Outcome(alert=(question.tier, question.sign))


def phone_script(scene: Scene, alert: Alert, number_first: bool = False) -> Script:
    """Is somebody on the phone? A yes in general is no answer to that; only a yes to this ends the repeats."""
    alert.calling = False
    if number_first:
        yield Speak(again_line(scene, alert), scene.gap)
    answer = yield Ask(_line(scene, alert, _texts(scene, alert).on_phone.text(alert.partner)), scene.settings.answer)
    if answer is not None and answer.intent == "yes" and answer.decision == "act":
        return (yield from calling_script(scene, alert))
    return (yield from number_script(scene, alert))


def number_script(scene: Scene, alert: Alert) -> Script:
    """The number at once, then on where it was."""
    yield Speak(again_line(scene, alert), scene.gap)
    return (yield from alert_script(scene, alert))


def calling_script(scene: Scene, alert: Alert) -> Script:
    """Somebody is calling: no more repeats, but stay and listen."""
    alert.calling = True
    yield Speak(_line(scene, alert, _texts(scene, alert).calling.text(alert.partner)), scene.gap)
    yield from _take_off(scene, alert)
    yield Until(scene.now + scene.settings.attend)
    return Outcome("end")


def only_hers(scene: Scene, alert: Alert) -> bool:
    """Whether nobody but she herself can take it back: she told of it, and the partner talks too (guidance.md E11)."""
    return alert.hers and scene.night.partner_heard


def may_close(scene: Scene, alert: Alert, match: Match) -> bool:
    """Whether a denial comes from somebody who can take the alert back."""
    who = match.slots.get("who")
    if match.intent not in ("no", "easing") or match.decision != "act" or (alert.hers and who == "her"):
        return False
    return who == "me" or not only_hers(scene, alert)


def false_alarm_script(scene: Scene, alert: Alert) -> Script:
    """A "false alarm": ask about the sign itself; only a clear no closes the alert, else it goes on where it was."""
    spoken = scene.library.spoken
    text = by_group(spoken.alert.check, sign_group(spoken, alert.sign)).text(alert.partner)
    if only_hers(scene, alert):
        text = f"{text} {spoken.alert.check_hers}"
    answer = yield Ask(_line(scene, alert, text), scene.settings.answer)
    if answer is not None and may_close(scene, alert, answer):
        return (yield from _close(scene, alert))
    return (yield from alert_script(scene, alert))


def _close(scene: Scene, alert: Alert) -> Script:
    """It was none: what was told in it is no warning of this night any more."""
    for sign in alert.signs:
        scene.night.warnings.pop(sign, None)
    if alert.sign == TOO_LONG:
        scene.session.cramp_since = None
    yield Speak(_line(scene, alert, _texts(scene, alert).closed))
    yield from _take_off(scene, alert)
    return Outcome("end")
