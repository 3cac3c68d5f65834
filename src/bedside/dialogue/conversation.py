"""The conversation engine: a pure function of what is heard and of time.

Precedence for everything that is heard: danger sign, stop, other controls, the answer to the open question, the
routine. `handle` returns what to do; `next_deadline` says when it wants to be called again. No threads, no sleeping,
no sound, no clock of its own.
"""

from __future__ import annotations

from typing import Literal

from bedside.dialogue import alerts, talks
from bedside.dialogue.actions import Action, Adjust, Event, Heard, Report, Said, Speaking, Tick
from bedside.dialogue.library import Library
from bedside.dialogue.scene import Scene, Session, Settings
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Stage
from bedside.dialogue.time_left import time_left_line
from bedside.dialogue.walk import Walk
from bedside.dialogue.wording import PhoneNumbers, Wording
from bedside.nlu.match import Match, Scope

State = Literal["idle", "confirming", "guiding", "asking", "paused", "alert"]

FIRST_ROUTINE = "acute-calf-bed"
PACES, GAINS_DB = (0.7, 1.3), (-12.0, 12.0)
PACE_STEP, GAIN_STEP_DB = 0.1, 3.0

CONTROLS = ("pause", "resume", "next_step", "previous_step", "repeat", "time_left")
MANNERS = ("slower", "faster", "louder", "quieter")
ANSWERS = ("yes", "no", "unsure", "easing", "still_hurts", "leg_swelling", "next_step")
HALF_SURE_IS_ENOUGH = ("stop", "pause", "repeat", "time_left", *MANNERS)
"""In a session these are acted on even if only half understood: they do no harm, and asking would."""


class Conversation:
    """One conversation, running through a whole night. Times are absolute seconds on any clock that never goes back."""

    def __init__(self, library: Library, numbers: PhoneNumbers | None = None, settings: Settings | None = None) -> None:
        self._scene = Scene(library, Wording(library.spoken, numbers or PhoneNumbers()), settings or Settings())
        self._stage = Stage(self._scene)
        self._walk = Walk(self._stage)
        self._in_doubt: Match | None = None
        self._tier, self._sign = "", ""
        self._gain_db = 0.0

    @property
    def state(self) -> State:
        if self._stage.activity in ("idle", "confirming", "paused", "alert"):
            return self._stage.activity
        return "asking" if self._stage.performer.asking else "guiding"

    @property
    def scope(self) -> Scope:
        """What may be heard now."""
        return "idle" if self._stage.activity == "idle" else "session"

    def next_deadline(self) -> float | None:
        """When `handle` wants a `Tick`, in absolute seconds; None while nothing is due."""
        times = [self._stage.performer.next_deadline(), self._too_long()]
        return min((t for t in times if t is not None), default=None)

    def handle(self, event: Event, now: float) -> list[Action]:
        """Take one event and return what to do, in order."""
        self._scene.now = now
        if isinstance(event, Heard):
            self._heard(event.match)
        elif isinstance(event, Said):
            self._stage.performer.said(event.ident, now)
        elif isinstance(event, Speaking):
            self._stage.performer.hearing(now)
        elif isinstance(event, Tick):
            self._stage.performer.tick(now)
        self._settle()
        return self._stage.take()

    def start(self, routine: str, now: float, side: str | None = None) -> list[Action]:
        """Start a routine as if it had been asked for. Raises KeyError if there is none of this name."""
        self._scene.library.routines[routine]
        slots = {"routine": routine} | ({"side": side} if side else {})
        return self.handle(Heard(Match("", "start_routine", slots, 100.0, 100.0, None, "act")), now)

    # ---- what was heard

    def _heard(self, match: Match) -> None:
        intent = match.intent
        if intent is None or match.decision == "ignore":
            return
        if intent == "danger_sign":
            self._danger(match)
        elif intent == "stop":
            self._stage.end("stop")
        elif self._stage.activity == "idle" and match.decision == "confirm":
            self._confirm(match)
        elif self._stage.activity == "confirming":
            self._confirmed(match)
        elif intent in MANNERS:
            self._manner(intent)
        elif self._stage.activity == "alert":
            self._heard_in_alert(match)
        elif intent == "easing" and self._eased_routine():
            self._walk.go(self._eased_routine(), intent)
        elif intent in ANSWERS and self._stage.performer.asking:
            self._stage.performer.answer(match, self._scene.now)
        elif match.decision == "act" or intent in HALF_SURE_IS_ENOUGH:
            self._act(match)

    def _act(self, match: Match) -> None:
        intent = match.intent or ""
        if intent in CONTROLS:
            self._control(intent)
        elif intent == "leg_cramp":
            self._leg_cramp(match)
        elif intent == "start_routine":
            self._take_slots(match)
            self._walk.go(match.slots.get("routine", FIRST_ROUTINE), intent)
        elif intent == "leg_swelling":
            self._swelling(match)
        elif intent == "help":
            self._help()
        elif intent in ("mention_to_provider", "diary", "good_night"):
            self._tell(intent)
        elif intent == "still_hurts" and self._stage.activity == "step" and not self._stage.performer.speaking:
            line = self._scene.line(self._scene.library.spoken.hears_pain, self._stage.step_name())
            self._stage.performer.aside(line, self._scene.now)

    def _eased_routine(self) -> str:
        """Where to go when it eases; empty if it was not a cramp that we are working on."""
        routine = self._scene.session.routine
        if routine is None or not routine.relief or self._stage.activity not in ("step", "help"):
            return ""
        return routine.eased or "end"

    def _leg_cramp(self, match: Match) -> None:
        routine = self._scene.session.routine
        self._take_slots(match)
        if self._stage.activity == "help" and routine is not None:
            self._walk.begin_step("leg_cramp")
        elif not (routine is not None and routine.relief and self._stage.activity in ("step", "legs")):
            self._walk.go(FIRST_ROUTINE, "leg_cramp")

    def _take_slots(self, match: Match) -> None:
        if self._stage.activity == "idle":
            self._scene.session = Session()
        session = self._scene.session
        session.side = match.slots.get("side", session.side)
        session.part = match.slots.get("part", session.part)

    # ---- half sure

    def _confirm(self, match: Match) -> None:
        text = self._scene.library.spoken.confirm.get(match.intent or "")
        if text is not None:
            self._in_doubt = match
            self._stage.run(talks.confirm(self._scene, text), "confirming", match.intent or "")

    def _confirmed(self, match: Match) -> None:
        """While "Leg cramp?" is open: yes and the thing itself confirm it, a no ends it, all else takes its place."""
        meant, intent = self._in_doubt, match.intent
        assert meant is not None
        if intent == "yes" or intent == meant.intent:
            self._stage.end("yes")
            slots = {**meant.slots, **match.slots}
            self._act(Match(match.text, meant.intent, slots, match.score, match.margin, match.phrase, "act"))
        elif intent in ("no", "good_night"):
            self._stage.end(intent)
        elif intent in MANNERS:
            self._manner(intent)
        elif match.decision == "act" and intent not in (*ANSWERS, *CONTROLS):
            self._stage.end("yes")
            self._act(match)
        elif intent == "repeat":
            self._confirm(meant)

    # ---- danger

    def _danger(self, match: Match) -> None:
        tier = match.slots.get("tier", "emergency")
        self._scene.session.side = match.slots.get("side", self._scene.session.side)
        self._alert(tier, match.slots.get("sign", "unknown"), match.decision == "confirm")

    def _alert(self, tier: str, sign: str, doubtful: bool = False) -> None:
        """Raise an alert. A lower tier never takes the place of a higher one."""
        if self._stage.activity == "alert" and self._tier == "emergency" and tier != "emergency":
            return
        self._stage.run(None, "alert", "alert")
        self._stage.close_session()
        self._tier, self._sign = tier, sign
        self._scene.session.cramp_since = None
        self._stage.add(Report("alert", {"tier": tier, "sign": sign}))
        self._stage.open_session("alert")
        self._stage.run(alerts.alert_script(self._scene, tier, sign, doubtful), "alert", "alert")

    def _heard_in_alert(self, match: Match) -> None:
        """Nothing but the alert until it is answered."""
        intent, now = match.intent or "", self._scene.now
        if self._stage.performer.asking and intent in ANSWERS:
            self._stage.performer.answer(match, now)
        elif intent == "yes" and match.decision == "act":
            self._stage.run(alerts.calling_script(self._scene, self._tier), "alert", intent)
        elif intent in ("no", "easing"):
            self._stage.run(alerts.false_alarm_script(self._scene, self._tier), "alert", intent)
        else:
            self._stage.run(alerts.alert_script(self._scene, self._tier, self._sign), "alert", intent)

    # ---- controls

    def _control(self, intent: str) -> None:
        activity = self._stage.activity
        if intent == "pause":
            self._walk.pause()
        elif activity == "paused":
            if intent != "time_left":
                self._walk.resume(intent)
        elif intent == "time_left":
            self._time_left()
        elif intent in ("next_step", "previous_step") and activity == "step":
            self._walk.move(intent)
        elif intent in ("repeat", "previous_step"):
            self._walk.repeat(intent)

    def _manner(self, intent: str) -> None:
        """Pace and volume, which stay for the night."""
        scene = self._scene
        if intent in ("slower", "faster"):
            scene.pace = _within(scene.pace + (PACE_STEP if intent == "faster" else -PACE_STEP), PACES)
        else:
            self._gain_db = _within(self._gain_db + (GAIN_STEP_DB if intent == "louder" else -GAIN_STEP_DB), GAINS_DB)
        self._stage.add(Adjust(round(scene.pace, 2), self._gain_db))
        if self._stage.activity not in ("idle", "alert") and not self._stage.performer.speaking:
            text = getattr(scene.library.spoken, intent)
            self._stage.performer.aside(scene.line(text, self._stage.step_name()), scene.now)

    def _time_left(self) -> None:
        if self._stage.activity == "step":
            self._stage.performer.aside(
                time_left_line(self._scene, self._stage.open_hold, self._stage.hold_end), self._scene.now
            )

    # ---- other talks

    def _swelling(self, match: Match) -> None:
        """A swollen, hot or red leg: the leg questions at once, before anything else (guidance.md E2)."""
        self._take_slots(match)
        self._stage.run(None, "swelling", "leg_swelling")
        self._stage.close_session()
        session = self._scene.session
        session.routine, session.cramp_since = None, None
        session.legs.clear()
        self._stage.open_session("leg-questions")
        self._walk.swelling("leg_swelling")

    def _help(self) -> None:
        """guidance.md Q-16: leg cramp, or something worse?"""
        if self._stage.activity not in ("step", "legs", "help"):
            self._stage.close_session()
            self._scene.session = Session()
            self._stage.open_session("help")
        self._stage.run(talks.help_question(self._scene), "help", "help")

    def _tell(self, intent: str) -> None:
        self._stage.run(None, "telling", intent)
        self._stage.close_session()
        self._scene.session = Session()
        self._stage.open_session(intent.replace("_", "-"))
        self._stage.run(talks.telling(self._scene, intent), "telling", intent)

    def _finished(self, outcome: Outcome) -> None:
        """The running script has come to its end."""
        session = self._scene.session
        if outcome.alert is not None:
            self._alert(*outcome.alert)
        elif self._stage.activity == "step" and session.routine is not None:
            step = session.routine.steps[session.index]
            if outcome.go == "next":
                self._walk.advance(session.index + 1, "step")
            elif outcome.go == "skip":
                self._walk.advance(max(step.skip_to, session.index + 1), "step")
            else:
                self._walk.go(session.routine.id if outcome.go == "again" else outcome.go, "step")
        elif self._stage.activity == "legs" or (
            self._stage.activity == "help" and session.routine and outcome.go == "next"
        ):
            self._walk.begin_step("step")
        elif self._stage.activity == "paused" and outcome.go == "resume":
            self._walk.resume("yes")
        else:
            self._walk.go(outcome.go, "end")

    # ---- following up

    def _settle(self) -> None:
        """Follow up finished scripts, and the escalation clock."""
        self._stage.collect()
        while self._stage.performer.outcome is not None:
            outcome, self._stage.performer.outcome = self._stage.performer.outcome, None
            self._finished(outcome)
            self._stage.collect()
        due = self._too_long()
        if due is not None and self._scene.now >= due:
            self._alert("urgent", "cramp_too_long")
            self._stage.collect()

    def _too_long(self) -> float | None:
        """When the cramp has lasted too long."""
        since = self._scene.session.cramp_since
        return None if since is None else since + self._scene.settings.too_long


def _within(value: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0], min(bounds[1], value))
