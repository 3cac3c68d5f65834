"""What the service writes to the journal: kinds of events, never a word of what was said or heard."""

from __future__ import annotations

import re
import sys
import traceback
from enum import IntEnum
from pathlib import Path
from typing import TextIO

from bedside.assistant import LogEvent

SESSIONS = {"started": "a session began", "ended": "a session ended", "paused": "paused", "resumed": "resumed"}

TIERS = {"emergency": "an alert: emergency", "urgent": "an alert: urgent"}
"""The names of states and tiers are looked up, never passed on, so that no other word can get out."""


class Level(IntEnum):
    """Priorities of syslog."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6


class Journal:
    """Lines with sd-daemon's prefix for their priority, to be read by journald on `out`."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr

    def say(self, line: str, level: Level = Level.INFO) -> None:
        """Write one line."""
        self._out.write(f"<{level:d}>{' '.join(line.split())}\n")
        self._out.flush()

    def trouble(self, line: str) -> None:
        """Write what is wrong with the world."""
        self.say(line, Level.WARNING)

    def unspoken(self, line: str) -> None:
        """Write that something could not be spoken, without what: the text stands in quotes."""
        self.trouble(re.sub(r"'.*'", "a sentence", " ".join(line.split())))

    def crash(self, error: BaseException) -> None:
        """Write where the program broke, but not the error's message: it may hold what was said."""
        frames = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
        self.say(f"broke with {type(error).__name__} at {' < '.join(reversed(frames))}", Level.ERROR)

    def event(self, event: LogEvent) -> None:
        """Write what kind of thing happened, if it is one worth a line."""
        name = event["event"]
        if name == "session":
            self.say(SESSIONS.get(str(event.get("state")), "a session changed"))
        elif name == "alert":
            self.say(TIERS.get(str(event.get("tier")), "an alert"), Level.NOTICE)
