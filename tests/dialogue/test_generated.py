"""Thousands of made-up nights: whatever is heard whenever, the promises hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bedside.dialogue.actions import Action, Report, Say
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.forbidden import forbidden
from bedside.dialogue.library import Library, load_library
from bedside.dialogue.scene import Settings
from bedside.dialogue.step_checks import gated_word
from bedside.dialogue.wording import Wording, fixed_texts
from bedside.nlu.match import INTENTS
from bedside.nlu.schema import RISKS as RISK_NAMES
from bedside.rehearsal import VirtualNight
from bedside.resources import content_folder

from .conftest import NUMBERS, speech_seconds
from .reading import events, said

LIBRARY = load_library(content_folder())
QUESTIONS = sorted(ident.upper() for ident in LIBRARY.routines if ident.startswith("q-"))
ANSWERS = sorted(ident for ident, routine in LIBRARY.routines.items() if routine.answer and not ident.startswith("q-"))
RISKS = [frozenset[str](), frozenset[str](), frozenset[str](), frozenset({"past_clot"}), frozenset({"bed_rest"})]

SLOTS: dict[str, st.SearchStrategy[dict[str, str]]] = {
    "danger_sign": st.fixed_dictionaries(
        {
            "tier": st.sampled_from(["emergency", "urgent"]),
            "sign": st.sampled_from(
                ["breathing", "one_leg_different", "self_harm", "other_person", "fever", "dizzy", "bleeding"]
            ),
        },
        optional={"ask": st.sampled_from(QUESTIONS), "who": st.just("her")},
    ),
    "leg_cramp": st.fixed_dictionaries(
        {},
        optional={
            "side": st.sampled_from(["left", "right", "both"]),
            "part": st.sampled_from(["calf", "foot", "thigh", "hamstring", "thigh-front"]),
            "who": st.just("her"),
        },
    ),
    "start_routine": st.fixed_dictionaries(
        {"routine": st.sampled_from([ident for ident, routine in LIBRARY.routines.items() if not routine.answer])},
        optional={"who": st.just("her")},
    ),
    "question": st.one_of(
        st.fixed_dictionaries({"topic": st.sampled_from(ANSWERS)}),
        st.fixed_dictionaries({"topic": st.just("clot-history")}, optional={"risk": st.sampled_from(RISK_NAMES)}),
    ),
    "mention_to_provider": st.fixed_dictionaries({}, optional={"topic": st.sampled_from(ANSWERS)}),
    "still_hurts": st.fixed_dictionaries({}, optional={"worse": st.just("yes")}),
    "stop": st.fixed_dictionaries({}, optional={"worse": st.just("yes")}),
    "yes": st.fixed_dictionaries(
        {},
        optional={
            "calling": st.just("yes"),
            "feels": st.just("hot"),
            "side": st.sampled_from(["left", "right", "both"]),
        },
    ),
    "no": st.fixed_dictionaries(
        {}, optional={"who": st.sampled_from(["her", "me"]), "side": st.sampled_from(["left", "right", "both"])}
    ),
}
"""What an intent may carry; every routine and every answer is asked for."""


def _heard(intent: str) -> st.SearchStrategy[tuple[str, dict[str, str], str]]:
    slots = SLOTS.get(intent, st.just({}))
    return st.tuples(st.just(intent), slots, st.sampled_from(["act", "act", "act", "confirm"]))


UTTERANCES = st.one_of(
    st.sampled_from(INTENTS).flatmap(_heard),
    st.sampled_from(["leg_cramp", "no", "yes", "easing", "still_hurts", "next_step", "stop"]).flatmap(_heard),
    st.sampled_from(["no", "no", "yes", "start_routine", "question"]).flatmap(_heard),
)
NIGHTS = st.lists(st.tuples(st.sampled_from([0.0, 0.3, 2.0, 6.5, 20.0, 90.0, 400.0]), UTTERANCES), max_size=25)

LEAD_INS = ["", "", "", "warm-compress", "recovery", "hot-water-bottle", "massage-self", "elevation"]
"""Where a night begins: nowhere, or in the middle of what needs the gate or a timer."""

GATED = {step.id for routine in LIBRARY.routines.values() for step in routine.steps if step.gate}
COMES_OFF = re.compile(r"take it off|take away what lies|take the (warm pad|cold pack)", re.IGNORECASE)
ANSWERING = ("yes", "no", "unsure", "easing", "still_hurts", "next_step", "leg_cramp")

LEG_QUESTIONS = [{*question.wordings()} for question in LIBRARY.spoken.leg_questions]
READ_BACK = {LIBRARY.spoken.gate.confirm.text(partner) for partner in (False, True)}
AHEAD = frozenset(fixed_texts(LIBRARY, Wording(LIBRARY.spoken, NUMBERS)))
TIME_LEFT = re.compile(r"(About )?\d+ (seconds|minutes) (of this( hold)?|more)\.")
"""What is rendered ahead, and what cannot be."""

STANDING = re.compile(r"then stand (up )?slowly", re.IGNORECASE)
NEVER = re.compile(
    r"nothing to worry|don't worry|probably|diagnos|milligram|\bmg\b|aspirin|ibuprofen|paracetamol|thrombos|"
    r"blood clot|completely safe",
    re.IGNORECASE,
)


def lead_in(night: VirtualNight, routine: str) -> None:
    """Into the first gated hold or the first timer of a routine."""
    slots = {"topic": routine} if routine in ANSWERS else {"routine": routine}
    night.hear("question" if routine in ANSWERS else "start_routine", {**slots, "side": "left"})
    while not any(hold["step"] in GATED or hold["step"] == "elevation/2" for hold in events(night.log, "hold")):
        assert night.step()
        if night.conversation.state == "asking" and night.speaking is None:
            yes = any(
                word in said(night.log)[-1] for word in ("Right?", "sore or tight", "Would you like", "Is it on?")
            )
            night.hear("yes" if yes else "no")


def live(night: VirtualNight, script: list[tuple[float, tuple[str, dict[str, str], str]]]) -> None:
    """Live through a night, checking after each utterance what must hold at once."""
    conversation = night.conversation
    for wait, (intent, slots, decision) in script:
        night.run(night.now + wait)
        clear = decision == "act" or not (conversation.state == "alert" or conversation._doubt.default)
        must_end = clear and "worse" not in slots
        lies_on = conversation._scene.session.laid_on
        if intent == "stop" and must_end:
            night.log.append({"t": night.now, "event": "stopped"})
        night.hear(intent, slots, decision)  # type: ignore[arg-type]
        if intent == "stop" and must_end and lies_on:
            assert night.speaking is not None
            assert night.speaking.text == lies_on
        elif intent == "stop" and must_end:
            assert conversation.state == "idle"
            assert night.speaking is None
            assert conversation.next_deadline() is None
        elif intent == "stop" and clear:
            assert conversation._stage.open_hold is None, "what hurts does not go on"
        if intent == "danger_sign":
            doubtful = "ask" in slots and conversation.state in ("asking", "guiding")
            assert conversation.state == "alert" or doubtful
        assert conversation.scope == ("idle" if conversation.state == "idle" else "session")
        assert conversation.state == "idle" or night.next_time() is not None, "a state without a way out"


class LoudNight(VirtualNight):
    """A night that also notes how much each line of an emergency is raised; a new alert begins a new list."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(conversation, speech_seconds)
        self.raised: list[list[float]] = [[]]

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Report) and action.event == "alert":
                self.raised.append([])
            elif isinstance(action, Say) and action.step == "alert/emergency":
                self.raised[-1].append(action.raise_db)
        super()._do(actions)


def check_alerts(night: LoudNight) -> None:
    """An emergency is louder step by step; until somebody calls, takes it back or says stop its number comes."""
    for raised in night.raised:
        assert raised == sorted(raised), "softer in the middle of an emergency"
        assert all(raise_db > 0 for raise_db in raised)
    answered, tier = True, ""
    for event in night.log:
        if event["event"] == "alert":
            answered, tier = False, str(event["tier"])
        elif event["event"] == "intent":
            answered = answered or event["intent"] in ("stop", "no", "yes", "easing")
        elif event["event"] == "session" and event["state"] == "ended" and event["routine"] == "alert":
            assert answered or tier != "emergency", "an emergency that ended by itself"
    if tier == "emergency" and not answered:
        told = [float(str(event["t"])) for event in night.log if event["event"] == "say"]
        assert night.now - told[-1] < 30, "an emergency that fell silent"


class _Gate:
    """What the event log tells of the three questions and their read-back, read without looking into the engine."""

    def __init__(self, risks: frozenset[str]) -> None:
        self.open = False
        self.risks = risks
        self._noes: set[str] = set()
        self._asked = ""

    def see(self, event: dict[str, object]) -> None:
        kind, text = event["event"], str(event.get("text", ""))
        if kind == "say":
            self._asked = text
        elif kind == "intent":
            clear = event["decision"] == "act"
            self._told(event)
            for number, texts in enumerate(LEG_QUESTIONS):
                if self._asked in texts and event["intent"] == "no" and clear:
                    self._noes.add(str(number))
            if self._asked in READ_BACK and event["intent"] == "yes" and clear:
                self.open = len(self._noes) == len(LEG_QUESTIONS) and not self.risks
        elif kind == "alert":
            self.open = False
            self._noes.clear()
        elif kind == "session" and event["state"] == "ended" and event["routine"] == "alert":
            self.open = False

    def _told(self, event: dict[str, object]) -> None:
        """A new symptom voids the gate and the answers; a risk that was told shuts it for good."""
        slots = event["slots"]
        assert isinstance(slots, dict)
        if "risk" in slots and event["decision"] == "act":
            self.risks |= {slots["risk"]}
            self.open = False
        if event["intent"] in ("danger_sign", "leg_swelling"):
            self.open = False
            self._noes.clear()


class _Doubts:
    """Every question of guidance.md C5 ends in an answer, in an alert, or with a clear stop."""

    def __init__(self) -> None:
        self._open = self._settled = self._alert_next = False

    def see(self, event: dict[str, object]) -> None:
        kind = event["event"]
        assert not self._alert_next or kind == "alert", f"a question without its default: {event}"
        self._alert_next = False
        if kind == "session" and str(event["routine"]).startswith("q-"):
            self._alert_next = self._open and event["state"] == "ended" and not self._settled
            self._open, self._settled = event["state"] == "started", False
        elif kind == "stopped" or (kind == "intent" and event["intent"] in ANSWERING and event["decision"] == "act"):
            self._settled = True


class _LaidOn:
    """What lies on the leg comes off: it is said before the night goes on with anything else, or ends."""

    def __init__(self) -> None:
        self._since: float | None = None

    def see(self, event: dict[str, object]) -> None:
        kind, step = event["event"], str(event.get("step", ""))
        if kind == "hold" and step.endswith(("warm-compress/4", "cold-pack/3")) and self._since is None:
            self._since = float(str(event["t"]))
        elif kind == "alert" or (kind == "say" and COMES_OFF.search(str(event["text"]))):
            self._since = None
        elif kind == "session" and event["state"] == "started" and event["routine"] in ("good-night", "elevation"):
            assert self._since is None, f"it still lies on the leg: {event}"

    def end(self) -> None:
        assert self._since is None, "it still lies on the leg"


def check(night: VirtualNight, risks: frozenset[str]) -> None:
    log = night.log
    gate, doubts, laid_on = _Gate(risks), _Doubts(), _LaidOn()
    silent, open_hold, open_session, pending_alert = True, None, None, False
    for event in log:
        kind = event["event"]
        gate.see(event)
        doubts.see(event)
        laid_on.see(event)
        if kind == "stopped":
            silent, pending_alert = True, False
        elif kind == "intent" and event["intent"] != "stop":
            silent = False
        elif kind == "say":
            text = str(event["text"])
            assert not silent or COMES_OFF.search(text), f"said after stop: {text}"
            assert not NEVER.search(text), text
            assert forbidden(text) is None, text
            assert text in AHEAD or TIME_LEFT.fullmatch(text), f"not rendered ahead: {text}"
            in_alert = str(event["step"]).startswith("alert/")
            if not in_alert and text not in READ_BACK and gated_word(LIBRARY.spoken, text):
                assert gate.open, f"before three clear noes: {text}"
            assert "bed_rest" not in gate.risks or not STANDING.search(text), text
            if open_session == "alert":
                assert in_alert, f"something else than the alert: {text}"
            if in_alert and re.search(r"1 1 2|0 1 2 3 4", text):
                pending_alert = False
        elif kind == "hold":
            assert open_hold is None
            assert open_session is not None
            assert event["step"] not in GATED or gate.open, f"without new questions: {event}"
            open_hold = event
        elif kind == "release":
            assert open_hold is not None
            assert float(event["t"]) - float(open_hold["t"]) <= float(open_hold["seconds"]) + 1e-3  # times are rounded
            open_hold = None
        elif kind == "session" and event["state"] == "started":
            assert open_session is None
            open_session = event["routine"]
        elif kind == "session" and event["state"] == "ended":
            assert open_session == event["routine"]
            assert open_hold is None, "a hold outlives its session"
            open_session = None
        elif kind == "alert":
            pending_alert = True
    laid_on.end()
    assert not pending_alert, "an alert that never said its number"


MANY = [
    pytest.param(1000, part, marks=[pytest.mark.slow, pytest.mark.timeout(3600)], id=f"many {part}")
    for part in range(20)
]
"""20,000 in parts: what Hypothesis remembers of a run grows with it, and it gets slower and slower."""


@pytest.mark.parametrize(("examples", "start"), [pytest.param(400, 100, id="some"), *MANY])
def test_generated_nights(library: Library, examples: int, start: int) -> None:
    @seed(start)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(NIGHTS, st.sampled_from(RISKS), st.sampled_from(LEAD_INS))
    def a_night(
        script: list[tuple[float, tuple[str, dict[str, str], str]]], risks: frozenset[str], begins: str
    ) -> None:
        night = LoudNight(Conversation(library, NUMBERS, Settings(risks=risks)))
        if begins and not risks:
            lead_in(night, begins)
        live(night, script)
        if night.conversation.state == "alert":
            # An emergency goes on until somebody reacts; long enough for its number.
            night.run(night.now + 90)
        else:
            night.run(night.now + 3600)
            assert night.conversation.state in ("idle", "alert")
        check(night, risks)
        check_alerts(night)

    a_night()


def test_every_routine_ends_when_nobody_answers(library: Library) -> None:
    for routine in library.routines:
        night = VirtualNight(Conversation(library, NUMBERS), speech_seconds)
        night.start(routine)
        night.run(7200)
        # A question of guidance.md C5 that nobody answers is an alert, and an emergency does not end by itself.
        assert night.conversation.state in ("idle", "alert"), routine
        assert said(night.log)
        assert len(events(night.log, "hold")) == len(events(night.log, "release"))
