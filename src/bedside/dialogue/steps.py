"""The scripts of a routine's steps: say, hold, rest, timer, ask."""

from __future__ import annotations

from collections.abc import Generator, Mapping

from bedside.dialogue import legs
from bedside.dialogue.actions import Report
from bedside.dialogue.routine import Check, Step, alert_of, answer_target, in_turn
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Ask, Cue, Line, Operation, Outcome, Script, Speak, Tell, Until
from bedside.nlu.match import Match

SHORTEST_HALVED = 10.0
"""Holds from this length (seconds) on are told their middle."""

SHORTEST_COUNTED = 5.0
"""Holds from this length (seconds) on are counted down."""

INSIST_STEP_DB = 3.0
MOST_INSIST_DB = 12.0
"""A question that insists on an answer is louder by a step each time, up to the most (guidance.md D7)."""

WIDE_AWAKE = ("yes", "no", "unsure", "easing", "next_step")


def step_script(scene: Scene, step: Step) -> Script:
    """The script of one step."""
    if step.shut_gate:
        scene.night.shut = True
        scene.session.gate_opened = None
    scripts = {"hold": _hold, "rest": _rest, "timer": _timer, "ask": _ask, "leg_questions": _legs, "if_risk": _risk}
    return scripts.get(step.kind, _say)(scene, step)


def _told_before(scene: Scene, step: Step) -> bool:
    """Whether a step told once a night has been; it is known by its file and its own id, wherever it is used."""
    known = "/".join(step.id.split("/")[-2:])
    before = step.once and known in scene.night.asked
    scene.night.asked.add(known)
    return before


def _say(scene: Scene, step: Step) -> Script:
    if _told_before(scene, step):
        yield Until(scene.now)
        return Outcome()
    yield Speak(scene.step_line(step), scene.gap + step.wait / scene.pace)
    return Outcome()


def _rest(scene: Scene, step: Step) -> Script:
    if step.text():
        yield Speak(scene.step_line(step))
    yield Until(scene.now + step.seconds)
    return Outcome()


def _risk(scene: Scene, step: Step) -> Script:
    yield Until(scene.now)
    return to(step.target) if scene.risks else Outcome()


def _legs(scene: Scene, step: Step) -> Script:
    # With a risk flag the third one belongs to them (guidance.md E3).
    count = legs.ALL if scene.risks else step.leg_questions
    outcome = yield from legs.leg_questions(scene, step.id, count)
    return to(step.silence) if scene.session.legs_open and outcome.alert is None else outcome


def _hold(scene: Scene, step: Step) -> Script:
    """Announce, hold for exactly the announced seconds, tell the middle and the last three."""
    yield Speak(scene.step_line(step), scene.gap)
    scene.session.holds += 1
    start, texts = scene.now, scene.library.spoken.hold
    end = start + step.seconds
    yield Tell(Report("hold", {"seconds": _plain(step.seconds), "step": step.id}))
    if step.seconds >= SHORTEST_HALVED:
        cue = in_turn(step.cues, step.round) or in_turn(tuple(texts.half), scene.session.holds)
        yield Until(start + step.seconds / 2)
        yield Cue(scene.step_line(step, cue) if step.cues else Line(cue, step.id))
    if step.seconds >= SHORTEST_COUNTED:
        for left, text in zip((3, 2, 1), texts.last, strict=True):
            yield Until(end - left)
            yield Cue(Line(text, step.id))
    yield Until(end)
    yield Tell(Report("release", {"step": step.id}))
    return Outcome()


def _timer(scene: Scene, step: Step) -> Script:
    """Quiet for exactly the announced time; its questions fall at their seconds after the start.

    What it set going knows no pause: repeated, resumed or come back to, such a timer only runs to its end.
    """
    session = scene.session
    if session.way_out and session.timer[0] == step.id:
        start = session.timer[1]
    else:
        yield Speak(scene.step_line(step), scene.gap)
        start = scene.now
        session.timer = step.id, start
        session.way_out, session.laid_on = step.care.way_out, step.care.on_leaving
        # Nobody steps back to before it was laid on, past the question whether it is off.
        session.history.clear()
    left = start + step.seconds - scene.now
    if left <= 0:
        return Outcome()
    yield Tell(Report("hold", {"seconds": _plain(round(left, 3)), "step": step.id}))
    for check in step.checks:
        if start + check.at < scene.now:
            continue
        yield Until(start + check.at)
        texts = check.partner if scene.session.partner and check.partner else check.texts
        for text in texts:
            line = scene.step_line(step, text)
            answer = yield Ask(line, scene.settings.answer, takes=_listed(check.answers), leads_on="yes")
            if answer is not None:
                break
        target = _after_check(check, answer)
        if target != "next":
            return to(target)
    yield Until(start + step.seconds)
    yield Tell(Report("release", {"step": step.id}))
    return Outcome()


def _after_check(check: Check, answer: Match | None) -> str:
    """Only a clear answer lets the timer run on: half heard, it counts as an unsure one."""
    if answer is None:
        return check.silence
    if answer.decision != "act":
        return check.answers.get("unsure", "next")
    return answer_target(check.answers, answer) or "next"


def _plain(seconds: float) -> float | int:
    return int(seconds) if seconds == int(seconds) else seconds


def _ask(scene: Scene, step: Step) -> Script:
    session = scene.session
    known = step.learn == "side" and session.side is not None
    if known or _told_before(scene, step):
        return Outcome("skip")
    if step.clear and session.legs_open:
        return Outcome(step.silence)
    answer = yield from _answer(scene, step)
    if step.learn == "side" and answer is not None and answer.decision == "act":
        session.side = answer.slots.get("side")
    target = answer_target(step.answers, answer) or step.silence
    if step.seconds and target in ("next", "skip"):
        yield Until(scene.now + (step.seconds if answer is not None else 0.0))
    return to(target)


def _answer(scene: Scene, step: Step) -> Generator[Operation, Match | None, Match | None]:
    """Ask; if the step insists, again and louder until a listed answer comes."""
    takes = _listed(step.answers) | ({step.learn} if step.learn else set())
    heard, asked = None, scene.now
    for time in range(step.insist + 1):
        if time:
            yield Until(asked + scene.settings.insist)
        asked = scene.now
        line = scene.step_line(step, raise_db=min(INSIST_STEP_DB * time, MOST_INSIST_DB))
        seconds = step.listen or step.seconds or scene.settings.answer
        heard = yield Ask(line, seconds, takes=takes, leads_on=_leads_on(step.answers))
        if not step.insist or answer_target(step.answers, heard):
            break
    return heard


def _listed(answers: Mapping[str, str]) -> frozenset[str]:
    """What answers a question besides the words that answer every one."""
    return frozenset(key for key in answers if key not in WIDE_AWAKE)


def _leads_on(answers: Mapping[str, str]) -> str:
    """The answer with which a rehearsal sees most: the one that leads to the next step, else the first."""
    plain = {intent: target for intent, target in answers.items() if "=" not in intent}
    return next((intent for intent, target in plain.items() if target == "next"), next(iter(plain), ""))


def to(target: str) -> Outcome:
    """The outcome that leads to a target of a routine file."""
    alert = alert_of(target)
    return Outcome(alert=alert) if alert else Outcome(target)
