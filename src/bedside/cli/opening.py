"""How a bedside begins that was started for one routine, and when it has done what it was started for."""

from __future__ import annotations

from bedside.assistant import Assistant
from bedside.dialogue.actions import Heard

AFTERWARDS = 0.5
"""Seconds until the speaker has played all that was said."""


class Opening:
    """Begins with a wish, and tells when all that came of it is over."""

    def __init__(self, wish: Heard) -> None:
        self._wish: Heard | None = wish
        self._assistant: Assistant | None = None
        self._quiet_since: float | None = None
        self.over = False

    def attend(self, assistant: Assistant) -> None:
        """Become one of its attendants."""
        self._assistant = assistant
        assistant.attendants.append(self._each_block)

    def _each_block(self, now: float) -> None:
        assert self._assistant is not None
        if self._wish is not None:
            wish, self._wish = self._wish, None
            self._assistant.take(wish, now)
        conversation = self._assistant.conversation
        if conversation.state != "idle" or not conversation.silent:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        elif now - self._quiet_since >= AFTERWARDS:
            self.over = True
