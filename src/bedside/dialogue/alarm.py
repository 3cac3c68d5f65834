"""Raises alerts, and takes what is heard while one is open: nothing but the alert until it is answered."""

from __future__ import annotations

from dataclasses import replace

from bedside.dialogue import alerts
from bedside.dialogue.actions import Report
from bedside.dialogue.alerts import Alert
from bedside.dialogue.manner import Manner
from bedside.dialogue.script import Outcome
from bedside.dialogue.stage import Stage
from bedside.nlu.match import Match

ANSWERS = ("yes", "no", "unsure", "easing", "still_hurts", "leg_swelling", "next_step")


class Alarm:
    """At most one alert is open."""

    def __init__(self, stage: Stage, manner: Manner) -> None:
        self._stage = stage
        self._manner = manner
        self._alert: Alert | None = None

    def _open(self) -> Alert | None:
        return self._alert if self._stage.activity == "alert" else None

    def raise_alert(self, tier: str, sign: str, doubtful: bool = False, lower: bool = False) -> None:
        """Raise an alert. While one is open only a higher tier takes its place, so that crying out again does not
        keep her from hearing the number (`lower`: it was asked about, and the lower one it is). Who told of it is
        in the session."""
        present = self._open()
        if present is not None and not lower and not (tier == "emergency" and present.tier != "emergency"):
            return
        partner = self._stage.scene.session.partner
        self._begin(Alert(tier, sign, doubtful, beneath=present if doubtful else None, partner=partner))

    def _begin(self, alert: Alert) -> None:
        stage = self._stage
        stage.run(None, "alert", "alert")
        stage.close_session()
        session = stage.scene.session
        session.routine = session.bookmark = session.laid_on = None
        stage.scene.night.alarmed = True
        if alert.tier == "emergency":
            self._manner.plain()
        self._alert = alert
        stage.add(Report("alert", {"tier": alert.tier, "sign": alert.sign}))
        stage.open_session("alert")
        stage.run(alerts.alert_script(stage.scene, alert), "alert", "alert")

    def heard(self, match: Match) -> None:
        """Somebody said something that is no danger sign, stop, nor about the volume."""
        stage, alert, intent = self._stage, self._alert, match.intent or ""
        assert alert is not None
        performer, now = stage.performer, stage.scene.now
        if performer.asking and intent in ANSWERS:
            performer.answer(match, now)
        elif intent in ("repeat", "help", "leg_cramp"):
            if alert.number_given:
                performer.aside(alerts.again_line(stage.scene, alert), now)
        elif match.decision != "act" or not alert.number_given or alert.calling:
            # A "no" to the call handler is none to us, and no answer comes before the number.
            return
        elif intent == "yes":
            stage.run(alerts.calling_script(stage.scene, alert), "alert", intent)
        elif intent in ("no", "easing") and match.slots.get("who") == "her" and not alert.partner:
            # The partner's "she is fine" does not take back what she said herself (guidance.md E11).
            performer.aside(alerts.again_line(stage.scene, alert), now)
        elif intent in ("no", "easing"):
            stage.run(alerts.false_alarm_script(stage.scene, alert), "alert", intent)

    def finished(self, outcome: Outcome) -> None:
        """The alert's script has come to its end."""
        alert = self._alert
        if outcome.go == "beneath" and alert is not None and alert.beneath is not None:
            # From the start, so that its number is given again.
            self._begin(replace(alert.beneath, said=0))
        else:
            self._stage.end("end")
