"""Speaks what comes from outside the conversation: a text from a keyboard, and that nothing is heard for a while."""

from __future__ import annotations

from dataclasses import replace

from bedside.dialogue.actions import Report
from bedside.dialogue.doubt import Doubt
from bedside.dialogue.script import Line
from bedside.dialogue.stage import Stage
from bedside.dialogue.talks import QUIETER_DB

STEP = "say"

UNHURRIED = 8.0
"""Letters that are surely spoken in a second at pace 1.0, whatever the voice."""

PLACES = ("idle", "step", "paused", "telling")
"""Where a text from outside has room. Nothing comes between a question about her leg and its answer."""

SHORTEST = 60.0
HOUR = 3600.0


class Announcer:
    """Keeps texts until there is room for them.

    In a session that is a silence of the routine that is long enough, as in a hold: no sentence of the routine, no "let
    go" and no answer waits for them. Else they come when the session has ended. Nothing of them outlasts an alert, and
    they are no part of the conversation: no variable in them is filled, and they open no question.
    """

    def __init__(self, stage: Stage, doubt: Doubt) -> None:
        self._stage = stage
        self._doubt = doubt
        self._waiting: list[str] = []

    @property
    def waiting(self) -> int:
        """How many texts have not been begun yet."""
        return len(self._waiting)

    def announce(self, text: str) -> None:
        """Speak `text` as soon as there is room for it."""
        self._waiting.append(text)

    def drop(self) -> None:
        """Forget what has not been begun."""
        self._waiting.clear()

    def settle(self) -> None:
        """Speak what there is room for now. To be called after every event."""
        scene, stage = self._stage.scene, self._stage
        if stage.activity == "alert":
            self.drop()
        if not self._waiting or stage.activity not in PLACES or self._doubt.default is not None:
            return
        if len(self._waiting[0]) / (UNHURRIED * scene.pace) <= stage.performer.quiet_for(scene.now):
            stage.performer.aside(Line(self._waiting.pop(0), STEP, keep=False), scene.now)
            stage.collect()

    def muted(self, seconds: float) -> None:
        """Say that nothing is heard from now on, and for how long."""
        scene, texts = self._stage.scene, self._stage.scene.library.spoken.mute
        text = texts.minute if seconds < 1.5 * SHORTEST else texts.minutes
        if seconds >= 2 * HOUR and seconds % HOUR == 0:
            text = texts.hours
        self._stage.add(Report("mute", {"state": "on", "seconds": round(seconds)}))
        self._speak(Line(scene.wording.fill(text, seconds=seconds), STEP))

    def unmuted(self, aloud: bool) -> None:
        """Everything is heard again; say so softly if `aloud`. In a session that is heard anyway."""
        scene = self._stage.scene
        self._stage.add(Report("mute", {"state": "off"}))
        if aloud and self._stage.activity == "idle":
            self._speak(replace(scene.line(scene.library.spoken.mute.over, STEP), raise_db=QUIETER_DB))

    def _speak(self, line: Line) -> None:
        self._stage.performer.aside(line, self._stage.scene.now)
        self._stage.collect()
