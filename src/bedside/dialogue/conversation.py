"""The conversation engine: a pure function of what is heard and of time.

Precedence for everything that is heard: danger sign, stop, other session controls, the answer to the open question,
the routine. `handle` returns what to do; `next_deadline` says when it wants to be called again. No threads, no
sleeping, no sound, no clock of its own.
"""

from __future__ import annotations

import math
from typing import Literal

from bedside.dialogue import talks
from bedside.dialogue.actions import Action, Event, Heard, QuietHours, Said, Speaking, Tick
from bedside.dialogue.alarm import Alarm
from bedside.dialogue.alerts import TOO_LONG
from bedside.dialogue.controls import CONTROLS, Controls
from bedside.dialogue.cramp import Cramp
from bedside.dialogue.doubt import ANSWERS, Doubt, tells_of_swelling
from bedside.dialogue.library import Library
from bedside.dialogue.manner import MANNERS, Manner
from bedside.dialogue.mention import Diary, MemoryDiary, Mentions
from bedside.dialogue.requests import Requests
from bedside.dialogue.scene import Scene, Settings
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Stage
from bedside.dialogue.together import ANKLES, together
from bedside.dialogue.walk import Walk
from bedside.dialogue.wording import PhoneNumbers, Wording
from bedside.nlu.match import Match, Scope

State = Literal["idle", "confirming", "guiding", "asking", "paused", "alert"]

SWOLLEN_BOTH = "both-ankles-swelling-relief"
"""What follows when a swollen leg was reported in an idle room and the leg questions were answered no."""

BELLY = "q-01-belly"
"""What is asked when a cramp without a limb turned out to be no leg cramp (guidance.md C0.9)."""

TOLD = ("diary", "good_night")
ASKED = ("question", "mention_to_provider")
OPEN_TO_QUESTIONS = ("idle", "step", "telling", "paused", "confirming")
"""Where a question of guidance.md C5 is put before an alert; everywhere else the alert comes at once."""

HALF_SURE_IS_ENOUGH = ("pause", "repeat", "time_left", "leg_swelling")
"""In a session these are acted on even if only half understood: they do no harm, and missing them might."""


class Conversation:
    """One conversation, through a whole night. Times are absolute seconds on any clock that never goes back."""

    def __init__(
        self,
        library: Library,
        numbers: PhoneNumbers | None = None,
        settings: Settings | None = None,
        diary: Diary | None = None,
    ) -> None:
        self._scene = Scene(library, Wording(library.spoken, numbers or PhoneNumbers()), settings or Settings())
        self._stage = Stage(self._scene)
        self._walk = Walk(self._stage, Mentions(diary or MemoryDiary()))
        self._controls = Controls(self._stage, self._walk)
        self._manner = Manner(self._stage)
        self._alarm = Alarm(self._stage, self._manner)
        self._cramp = Cramp(self._stage, self._walk, self._alarm)
        self._requests = Requests(self._stage, self._walk, self._cramp)
        self._doubt = Doubt(self._stage, self._walk, self._cramp, self._alarm)
        self._in_doubt: Match | None = None
        self._last_heard = -math.inf
        self._called = -math.inf

    @property
    def state(self) -> State:
        activity = self._stage.activity
        if activity in ("idle", "confirming", "paused", "alert"):
            return activity
        return "asking" if self._stage.performer.asking else "guiding"

    @property
    def scope(self) -> Scope:
        """What may be heard now."""
        return "idle" if self._stage.activity == "idle" else "session"

    @property
    def leads_on(self) -> str:
        """The intent with which a rehearsal answers the open question, to see most; empty if none is open."""
        return self._stage.performer.leads_on

    def next_deadline(self) -> float | None:
        """When `handle` wants a `Tick`, in absolute seconds; None while nothing is due."""
        times = [self._stage.performer.next_deadline(), self._too_long(), self._too_long_on()]
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
        elif isinstance(event, QuietHours):
            self._manner.quiet_hours(event.quiet)
        self._settle()
        return self._stage.take()

    def start(self, routine: str, now: float, side: str | None = None) -> list[Action]:
        """Start a routine as if it had been asked for. Raises KeyError if there is none of this name."""
        self._scene.library.routines[routine]
        slots = {"routine": routine} | ({"side": side} if side else {})
        return self.handle(Heard(Match("", "start_routine", slots, 100.0, 100.0, None, "act")), now)

    # ---- what was heard

    def _heard(self, match: Match) -> None:
        intent, activity = match.intent, self._stage.activity
        if intent is None or match.decision == "ignore":
            return
        if self._scene.now - self._last_heard > self._scene.settings.new_night:
            self._manner.as_at_the_start()
            self._scene.night = self._scene.night.next()
        self._last_heard = self._scene.now
        self._scene.night.partner_heard |= match.slots.get("who") == "her"
        self._risk_told(match)
        if intent == "danger_sign":
            self._danger(match)
        elif intent == "stop":
            self._stop(match)
        elif intent in MANNERS:
            self._manner.change(intent)
        elif activity == "alert":
            self._alarm.heard(match)
        elif activity == "confirming":
            self._confirmed(match)
        elif activity == "idle" and match.decision == "confirm":
            self._confirm(match)
        elif not self._doubt.takes(match) and not self._answers(match):
            self._act(match)

    def _risk_told(self, match: Match) -> None:
        """A risk flag holds from the moment it is told, whatever is said to it; half heard, it shuts the gate."""
        risk, night = match.slots.get("risk"), self._scene.night
        if risk and match.decision == "act":
            night.risks |= {risk}
        elif risk:
            night.shut = True

    def _answers(self, match: Match) -> bool:
        """Take what answers the open question, or the cramp itself. False if it is something else."""
        performer, intent = self._stage.performer, match.intent
        if performer.asking and self._still_hurts(match):
            self._cramp.still_hurts(match)
        elif performer.asks_for(match) and not self._needs_asking(match):
            performer.answer(match, self._scene.now)
        elif intent == "easing" and self._cramp.can_ease:
            self._cramp.easing(match)
        elif (performer.asking and intent in ANSWERS) or (performer.asking_about_legs and tells_of_swelling(match)):
            performer.answer(match, self._scene.now)
        else:
            # While the leg questions after a warning are open, nothing else is talked about.
            return self._stage.activity == "warned" and intent != "repeat"
        return True

    def _still_hurts(self, match: Match) -> bool:
        """Whether "it hurts" is more than an answer to the open question: after the cramp it is, unless the question
        itself lists it; getting worse always is."""
        performer = self._stage.performer
        if match.intent != "still_hurts" or performer.asking_about_legs or not self._cramp.in_recovery:
            return False
        return "worse" in match.slots or match.decision != "act" or not performer.asks_for(match)

    def _needs_asking(self, match: Match) -> bool:
        """Whether a cramp was told of without a limb: leg or belly? (guidance.md C0.9, Q-01). In a cramp that is being
        stretched it is that one, and to "is it a leg cramp?" it is a yes."""
        asked = match.intent == "leg_cramp" and match.slots.get("ask", "").lower() in self._scene.library.routines
        return asked and not self._cramp.is_on and self._stage.activity != "help"

    def _ask_where(self, match: Match) -> None:
        question, present = match.slots["ask"].lower(), self._scene.session.routine
        if present is None or present.id != question:
            self._cramp.take_slots(match)
            self._walk.ask_between(question, "leg_cramp")

    def _act(self, match: Match) -> None:
        intent = match.intent or ""
        if match.decision != "act" and intent not in HALF_SURE_IS_ENOUGH:
            if intent == "leg_cramp" and self._stage.activity == "help":
                # guidance.md Q-16: the answer to "Is it a leg cramp?", and silence would be an emergency.
                self._cramp.begins(match)
            elif intent == "leg_cramp" and self._cramp.in_recovery:
                self._cramp.still_hurts(match)
        elif intent in CONTROLS:
            self._controls.take(intent)
        elif self._needs_asking(match):
            self._ask_where(match)
        elif intent == "leg_cramp":
            self._cramp.begins(match)
        elif intent == "start_routine":
            self._requests.start(match)
        elif intent == "leg_swelling":
            self._swelling(match)
        elif intent == "help":
            self._help()
        elif intent in TOLD:
            self._requests.tell(intent)
        elif intent in ASKED:
            self._requests.answer(match)
        elif intent == "still_hurts" and self._stage.activity == "step":
            self._cramp.still_hurts(match)
        elif intent == "no" and self._stage.open_hold is not None:
            self._cramp.let_go()
        elif intent == "yes" and self._stage.activity == "paused":
            self._controls.resume(intent)

    # ---- half sure

    def _confirm(self, match: Match) -> None:
        if match.intent == "help":
            called, self._called = self._called, self._scene.now
            if self._scene.now - called <= self._scene.settings.call_watch:
                # A cough sounds like one "help", somebody in need calls again.
                self._help()
                return
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
            if intent == "yes" or "ask" not in match.slots:
                slots.pop("ask", None)  # "Leg cramp?" was answered: it is the leg
            sure = Match(match.text, meant.intent, slots, match.score, match.margin, match.phrase, "act")
            self._risk_told(sure)
            self._act(sure)
        elif intent in ("no", "good_night"):
            self._stage.end(intent)
            if intent == "no" and self._needs_asking(meant):
                self._cramp.take_slots(meant)
                self._walk.go(BELLY, intent)
        elif match.decision == "act" and intent not in (*ANSWERS, *CONTROLS):
            self._stage.end("yes")
            self._act(match)
        elif intent == "repeat":
            self._confirm(meant)

    # ---- danger and stop

    def _danger(self, match: Match) -> None:
        session = self._scene.session
        tier, sign = match.slots.get("tier", "emergency"), match.slots.get("sign", "")
        question = match.slots.get("ask", "").lower()
        asked = session.routine is not None and session.routine.id == question
        known = question in self._scene.library.routines and self._stage.activity in OPEN_TO_QUESTIONS
        if known and not asked and self._doubt.default is None and together(self._scene, sign) is None:
            self._cramp.take_slots(match)
            self._scene.session.in_question = question, sign
            self._walk.ask_between(question, "danger_sign", symptom=True)
            return
        tier, sign = self._doubt.graver((tier, sign))
        session.side = match.slots.get("side", session.side)
        session.partner = match.slots.get("who") == "her"
        self._alarm.raise_alert(tier, sign, match.decision == "confirm")

    def _stop(self, match: Match) -> None:
        """End everything and be quiet; only what lies on the leg is named once. Half heard in an alert, or while the
        silence after a question would be one, it only cuts the sentence that is being spoken."""
        if match.decision != "act" and (self._stage.activity == "alert" or self._doubt.default is not None):
            self._stage.performer.skip_line("stop", self._scene.now)
        elif self._stage.activity == "alert":
            self._alarm.stop()
            self._manner.usual()
        elif self._scene.session.laid_on:
            self._walk.stop()
        else:
            self._stage.end("stop")

    # ---- other talks

    def _swelling(self, match: Match) -> None:
        """A swollen, hot or red leg: the leg questions at once, before anything else (guidance.md E2); both ankles
        with another sign of this night are an alert (C6)."""
        self._cramp.take_slots(match)
        if match.slots.get("side") == "both":
            worse = together(self._scene, ANKLES)
            if worse is not None:
                self._alarm.raise_alert(*worse)
                return
            self._scene.night.told.add(ANKLES)
        self._walk.keep_place(symptom=True)
        self._stage.run(None, "swelling", "leg_swelling")
        self._stage.close_session()
        self._stage.open_session("leg-questions")
        self._walk.swelling("leg_swelling")

    def _help(self) -> None:
        """guidance.md Q-16: leg cramp, or something worse? Asked once; calling again is no clear answer."""
        activity = self._stage.activity
        if activity == "help" and self._scene.session.routine is None:
            self._alarm.raise_alert("emergency", "help")
            return
        if activity not in ("step", "legs", "help", "asking"):
            self._stage.close_session()
            self._scene.new_session()
            self._stage.open_session("help")
        self._stage.run(talks.help_question(self._scene), "help", "help")

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
            self._alarm.raise_alert(*self._doubt.graver(("urgent", TOO_LONG)))
            self._stage.collect()
        off = self._too_long_on()
        if off is not None and self._scene.now >= off:
            self._walk.go(self._scene.session.way_out or "end", "step")
            self._stage.collect()

    def _finished(self, outcome: Outcome) -> None:
        """The running script has come to its end."""
        session, activity = self._scene.session, self._stage.activity
        if outcome.alert is not None:
            self._alarm.raise_alert(*outcome.alert, lower=outcome.lower)
        elif activity == "alert":
            self._alarm.finished(outcome)
            if self._stage.activity != "alert":
                self._manner.usual()
        elif activity == "gate":
            self._walk.gate_answered(outcome)
        elif activity == "step":
            self._walk.finished(outcome)
        elif activity == "sitting":
            self._walk.seated("step")
        elif activity == "swelling":
            self._swelling_finished()
        elif outcome.go == "legs":
            self._walk.ask_legs("step")
        elif outcome.go == "resume":
            self._controls.resume("yes")
        elif outcome.go == "next" and session.routine is not None:
            self._walk.begin_step("step")
        else:
            self._walk.go(outcome.go, "end")

    def _swelling_finished(self) -> None:
        """All was answered no: back to what was going on, if a routine was."""
        going_on = self._scene.session.bookmark is not None
        if not going_on:
            self._scene.night.told.add(ANKLES)
        self._walk.go("end" if going_on else SWOLLEN_BOTH, "leg_swelling")

    def _too_long(self) -> float | None:
        """When the cramp will have lasted too long."""
        session = self._scene.session
        if session.cramp_since is None or session.eased_at is not None or self._stage.activity == "alert":
            return None
        return session.cramp_since + self._scene.settings.too_long

    def _too_long_on(self) -> float | None:
        """When what lies on the leg has lain there too long. No cramp and no open question is interrupted for it."""
        session = self._scene.session
        if not session.laid_on or self._cramp.is_on or self._doubt.default is not None:
            return None
        return session.timer[1] + self._scene.settings.laid_on
