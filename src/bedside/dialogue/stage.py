"""The stage under the conversation: what is going on now, and its change, with nothing left open."""

from __future__ import annotations

from typing import Literal

from bedside.dialogue.actions import Action, Report
from bedside.dialogue.performer import Performer
from bedside.dialogue.scene import Scene
from bedside.dialogue.script import Script

Activity = Literal[
    "idle",
    "confirming",
    "step",
    "legs",
    "gate",
    "swelling",
    "help",
    "asking",
    "sitting",
    "telling",
    "paused",
    "alert",
    "warned",
]
"""What goes on: nothing, "Leg cramp?", a step, the leg questions of the clock, those before massage and heat, those
after a swollen leg, ..., "warned": those after tonight's warning."""


class Stage:
    """Runs one activity at a time. Speech that is replaced is cut, an open hold is released, sessions open and
    close in pairs; all of it collects as actions."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.performer = Performer()
        self.activity: Activity = "idle"
        self.open_hold: str | None = None
        self.hold_end = 0.0
        self.session_name: str | None = None
        self.changes = 0
        self._out: list[Action] = []

    def run(self, script: Script | None, activity: Activity, by: str) -> None:
        """Replace what is going on: speech is cut, an open hold is let go."""
        self.collect()
        self.changes += 1
        self.activity = activity
        self.performer.begin(None, self.scene.now, by)
        self.collect()
        if self.open_hold is not None:
            self.add(Report("release", {"step": self.open_hold}))
            self.open_hold = None
        if script is not None:
            self.performer.begin(script, self.scene.now, by)
            self.collect()

    def collect(self) -> None:
        """Take the performer's actions over, noting which hold is open."""
        for action in self.performer.actions:
            if isinstance(action, Report) and action.event == "hold":
                self.open_hold = str(action.fields["step"])
                self.hold_end = self.scene.now + float(str(action.fields["seconds"]))
            elif isinstance(action, Report) and action.event == "release":
                self.open_hold = None
            self._out.append(action)
        self.performer.actions.clear()

    def add(self, action: Action) -> None:
        self._out.append(action)

    def open_session(self, name: str) -> None:
        self.session_name = name
        self.add(Report("session", {"state": "started", "routine": name}))

    def close_session(self) -> None:
        if self.session_name is not None:
            self.add(Report("session", {"state": "ended", "routine": self.session_name}))
            self.session_name = None

    def end(self, by: str) -> None:
        """End everything and be quiet."""
        self.run(None, "idle", by)
        self.close_session()
        self.scene.new_session()

    def step_name(self) -> str:
        """Where we are, for the event log."""
        session = self.scene.session
        if session.routine is not None and session.index < len(session.routine.steps):
            return session.routine.steps[session.index].id
        return self.session_name or ""

    def take(self) -> list[Action]:
        """All that is to be done since the last call, in order."""
        out, self._out = self._out, []
        return out
