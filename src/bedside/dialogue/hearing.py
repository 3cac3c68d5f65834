"""What is heard, and who takes it.

In this order: danger sign, stop, the manner, an open alert, an open "Leg cramp?", an open question of guidance.md C5,
the answer to the question that was asked, the other controls and requests.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bedside.dialogue import talks
from bedside.dialogue.cast import Cast
from bedside.dialogue.controls import CONTROLS
from bedside.dialogue.doubt import ANSWERS, tells_of_swelling
from bedside.dialogue.half_sure import HalfSure
from bedside.dialogue.manner import MANNERS
from bedside.dialogue.parts import LET_GO
from bedside.dialogue.spoken import ANKLES
from bedside.dialogue.together import together
from bedside.nlu.match import Match

TOLD = ("diary", "good_night")
ASKED = ("question", "mention_to_provider")
OPEN_TO_QUESTIONS = ("idle", "step", "telling", "paused", "confirming")
"""Where a question of guidance.md C5 is put before an alert; everywhere else the alert comes at once."""

NOTHING_HURTS = ("idle", "confirming", "telling", "paused", "sitting")
"""Where nothing is being done to the leg: "stop, it hurts" is a stop."""

HALF_SURE_IS_ENOUGH = ("pause", "repeat", "time_left", "leg_swelling")
"""In a session these are acted on even if only half understood: they do no harm, and missing them might."""


class Hearing:
    """Gives what is heard to whoever it is for."""

    def __init__(self, cast: Cast) -> None:
        self._scene = cast.stage.scene
        self._stage = cast.stage
        self._walk = cast.walk
        self._controls = cast.controls
        self._manner = cast.manner
        self._alarm = cast.alarm
        self._cramp = cast.cramp
        self._requests = cast.requests
        self._doubt = cast.doubt
        self._half_sure = HalfSure(cast.stage, cast.walk, cast.cramp)
        self.last_heard: float | None = None
        """When something was last understood, absolute seconds."""
        self._called = -math.inf

    def take(self, match: Match) -> None:
        """Take something that was heard."""
        intent, activity = match.intent, self._stage.activity
        if intent is None or match.decision == "ignore":
            return
        if self.last_heard is None or self._scene.now - self.last_heard > self._scene.settings.new_night:
            self._manner.as_at_the_start()
            self._scene.night = self._scene.night.next()
        self.last_heard = self._scene.now
        self._scene.night.partner_heard |= match.slots.get("who") == "her"
        self._risk_told(match)
        match = self._hurts(match)
        intent = match.intent
        if intent == "danger_sign":
            self._danger(match)
        elif intent == "stop":
            self._stop(match)
        elif intent in MANNERS:
            # "A bit sore" sounds like "a bit slower": half heard, it is neither while a leg question is open.
            if match.decision == "act" or not self._stage.performer.asking_about_legs:
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

    def _hurts(self, match: Match) -> Match:
        """ "Stop, it hurts" is news of pain wherever something goes on, and no goodbye (guidance.md STOP-3, N-52); half
        heard, as a stop would be acted on, so is that. Where a half-heard stop only cuts a sentence, it stays one."""
        open_question = self._stage.activity == "alert" or self._doubt.default is not None
        if match.intent != "stop" or "worse" not in match.slots or self._stage.activity in NOTHING_HURTS:
            return match
        taken_off_by_stop = bool(self._scene.session.laid_on) and self._stage.activity not in ("step", "alert")
        if taken_off_by_stop or (match.decision != "act" and open_question):
            return match
        return replace(match, intent="still_hurts", decision="act")

    def _answers(self, match: Match) -> bool:
        """Take what answers the open question, or the cramp itself. False if it is something else."""
        performer, intent = self._stage.performer, match.intent
        if performer.asking and (self._still_hurts(match) or self._stretch_hurts(match)):
            self._cramp.still_hurts(match)
        elif performer.asks_for(match) and not self._cramp.needs_asking(match):
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

    def _stretch_hurts(self, match: Match) -> bool:
        """Whether a stretch of a cramp makes it worse, told while bedside asks how it is: it does not begin again."""
        worse = match.intent == "still_hurts" and "worse" in match.slots and match.decision == "act"
        routine = self._scene.session.routine
        letting_go = routine is not None and routine.id == LET_GO
        return worse and self._cramp.in_relief and self._stage.activity in ("step", "asking", "help") and not letting_go

    def _act(self, match: Match) -> None:
        intent = match.intent or ""
        unasked = self._stage.activity == "paused" and self._controls.unasked
        if match.decision != "act" and (unasked or intent not in HALF_SURE_IS_ENOUGH):
            if intent == "leg_cramp" and self._stage.activity == "help":
                # guidance.md Q-16: the answer to "Is it a leg cramp?", and silence would be an emergency.
                self._cramp.begins(match)
            elif intent == "leg_cramp" and self._cramp.in_recovery:
                self._cramp.still_hurts(match)
        elif intent in CONTROLS:
            self._controls.take(intent)
        elif self._cramp.needs_asking(match):
            self._cramp.ask_where(match)
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
        self._half_sure.ask(match)

    def _confirmed(self, match: Match) -> None:
        """What was heard while "Leg cramp?" is open."""
        meant = self._half_sure.answered(match)
        if meant is not None and meant.decision == "confirm":
            self._confirm(meant)
        elif meant is not None:
            self._risk_told(meant)
            self._act(meant)

    # ---- danger and stop

    def _danger(self, match: Match) -> None:
        session = self._scene.session
        tier, sign = match.slots.get("tier", "emergency"), match.slots.get("sign", "")
        question = match.slots.get("ask", "").lower()
        asked = session.routine is not None and session.routine.id == question
        known = self._doubt.ends_in_alert(question) and self._stage.activity in OPEN_TO_QUESTIONS
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
            self._stage.performer.cut("stop", self._scene.now)
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
