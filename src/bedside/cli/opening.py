"""What a bedside begins with that was started for one routine, and when it has done what it was started for."""

from __future__ import annotations

from bedside.assistant import Assistant
from bedside.dialogue.actions import Heard

AFTERWARDS = 0.5
"""Seconds until the speaker has played all that was said."""


class Opening:
    """wish: what is asked for at the beginning."""

    def __init__(self, wish: Heard) -> None:
        self.wish = wish
        self._quiet_since: float | None = None

    def over(self, assistant: Assistant, now: float) -> bool:
        """Whether all that came of it has ended. To be asked at every block, whose time is `now`."""
        if assistant.conversation.state != "idle" or not assistant.conversation.silent:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        return self._quiet_since is not None and now - self._quiet_since >= AFTERWARDS
