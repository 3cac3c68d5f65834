"""Raises alerts, and takes what is heard while one is open: nothing but the alert until it is answered."""

from __future__ import annotations

from dataclasses import replace

from bedside.dialogue import alerts, talks
from bedside.dialogue.actions import Report
from bedside.dialogue.alerts import Alert
from bedside.dialogue.manner import Manner
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Outcome
from bedside.dialogue.spoken import WORSE
from bedside.dialogue.stage import Stage
from bedside.dialogue.together import together
from bedside.nlu.match import Match

ANSWERS = ("yes", "no", "unsure", "easing", "still_hurts", "leg_swelling", "next_step")


class Alarm:
    """At most one alert is open."""

    def __init__(self, stage: Stage, manner: Manner) -> None:
        self._stage = stage
        self._manner = manner
        self._alert: Alert | None = None

    @property
    def _scene(self) -> Scene:
        return self._stage.scene

    @property
    def open(self) -> Alert | None:
        """The alert that is open, if one is."""
        return self._alert if self._stage.activity == "alert" else None

    def raise_alert(self, tier: str, sign: str, doubtful: bool = False, lower: bool = False) -> None:
        """Raise an alert, the higher one if the sign makes one with another of this night. While one is open only a
        higher tier takes its place, so that crying out again does not keep her from hearing the number (`lower`: it
        was asked about, and the lower one it is). Who told of it is in the session."""
        present, warnings = self.open, self._scene.night.warnings
        as_told = sign
        if not lower:
            tier, sign = together(self._scene, sign) or (tier, sign)
        elif present is not None:
            self._take_back(present)
        new = {as_told, sign} - warnings.keys()
        warnings.update(dict.fromkeys(new, tier) | {sign: tier})
        if present is not None and not lower and not (tier == "emergency" and present.tier != "emergency"):
            self._told_more(present, as_told, as_told in new)
            present.signs |= new
            return
        partner = self._scene.session.partner
        hers = not partner or (present is not None and present.hers)
        beneath = present if doubtful else None
        self._begin(Alert(tier, sign, as_told, doubtful, beneath, partner=partner, hers=hers, signs=new))

    def take_up(self, alert: Alert) -> None:
        """Begin an open alert again from its start, after the program was interrupted."""
        on_phone = alert.calling
        self._begin(alert)
        if on_phone:
            self._stage.run(alerts.phone_script(self._scene, alert, number_first=True), "alert", "taken_up")

    def _take_back(self, alert: Alert) -> None:
        """It was asked about, and it is not so."""
        for sign in alert.signs:
            self._scene.night.warnings.pop(sign, None)

    def _told_more(self, alert: Alert, sign: str, new: bool) -> None:
        """Another sign, or the same again, with an alert open: never met with silence once the number was given."""
        stage = self._stage
        alert.partner = self._scene.session.partner
        alert.hers = alert.hers or not alert.partner
        if not alert.number_given:
            return
        if alert.calling and new:
            stage.run(alerts.phone_script(self._scene, alert, number_first=True), "alert", "danger_sign")
        elif stage.performer.asking:
            stage.run(alerts.number_script(self._scene, alert), "alert", "danger_sign")
        else:
            self._again(alert)
        line = alerts.position_line(self._scene, alert, sign) if new else None
        if line is not None:
            stage.performer.aside(line, self._scene.now)

    def _again(self, alert: Alert) -> None:
        """The number beside what goes on; not at every cry."""
        now = self._scene.now
        if now - alert.again_at >= self._scene.settings.emergency_repeat:
            alert.again_at = now
            self._stage.performer.aside(alerts.again_line(self._scene, alert), now)

    def _begin(self, alert: Alert) -> None:
        stage = self._stage
        stage.run(None, "alert", "alert")
        stage.close_session()
        session = self._scene.session
        session.routine = session.bookmark = None
        self._scene.night.alarmed = True
        if alert.tier == "emergency":
            self._manner.emergency()
        else:
            self._manner.usual()
        self._alert = alert
        stage.add(Report("alert", {"tier": alert.tier, "sign": alert.sign}))
        stage.open_session("alert")
        stage.run(alerts.alert_script(self._scene, alert), "alert", "alert")

    def heard(self, match: Match) -> None:
        """Somebody said something that is no danger sign, stop, nor about the volume."""
        stage, alert, intent = self._stage, self._alert, match.intent or ""
        assert alert is not None
        performer, now = stage.performer, self._scene.now
        clear = match.decision == "act"
        if clear and match.slots.get("calling"):
            if not alert.calling:
                stage.run(alerts.calling_script(self._scene, alert), "alert", intent)
        elif clear and intent == "still_hurts" and match.slots.get("worse") and alert.tier == "urgent":
            self._worse(alert)
        elif performer.asking and intent in ANSWERS:
            performer.answer(match, now)
        elif intent in ("repeat", "help", "leg_cramp"):
            if alert.number_given:
                alert.again_at = now
                performer.aside(alerts.again_line(self._scene, alert), now)
        elif not clear or not alert.number_given or alert.calling:
            # A "no" to the call handler is none to us, and no answer comes before the number.
            return
        elif intent == "yes":
            stage.run(alerts.phone_script(self._scene, alert), "alert", intent)
        elif intent in ("no", "easing"):
            if alerts.may_close(self._scene, alert, match):
                stage.run(alerts.false_alarm_script(self._scene, alert), "alert", intent)
            else:
                # The partner's "she is fine" does not take back what she said herself (guidance.md E11).
                performer.aside(alerts.again_line(self._scene, alert), now)

    def _worse(self, alert: Alert) -> None:
        """An urgent matter gets worse: an emergency by itself, or the emergency number once."""
        higher = together(self._scene, WORSE)
        if higher is not None:
            self.raise_alert(*higher)
        else:
            self._stage.performer.aside(alerts.worse_line(self._scene, alert), self._scene.now)

    def stop(self) -> None:
        """Be quiet; only what lies on the leg is named, if that was not done yet."""
        line = alerts.take_off_line(self._scene, self._alert) if self._alert is not None else None
        if line is None:
            self._stage.end("stop")
        else:
            self._stage.run(None, "telling", "stop")
            self._scene.session.laid_on = None
            self._stage.run(talks.instead(line, "end"), "telling", "stop")

    def finished(self, outcome: Outcome) -> None:
        """The alert's script has come to its end."""
        alert = self._alert
        if outcome.go == "beneath" and alert is not None and alert.beneath is not None:
            self._take_back(alert)
            # From the start, so that its number is given again.
            self._begin(replace(alert.beneath, said=0, repeats=0, number_at=None))
        else:
            self._stage.end("end")
