"""The soft chime for a device that is back."""

from __future__ import annotations

from collections.abc import Callable

EVERY = 600.0
"""Seconds in which it sounds once at most: a loose contact must not keep the two awake."""


class ChimeWhenBack:
    """An attendant of the assistant's loop. returns: gives how often a device that had been lost has come back so far;
    what is found for the first time, late after a start, is none. chime: lets it sound."""

    def __init__(self, returns: Callable[[], int], chime: Callable[[], None]) -> None:
        self._returns = returns
        self._chime = chime
        self._known = returns()
        self._silent_until = 0.0

    def __call__(self, now: float) -> None:
        """now: seconds on the sound clock."""
        returns = self._returns()
        if returns == self._known:
            return
        self._known = returns
        if now >= self._silent_until:
            self._silent_until = now + EVERY
            self._chime()
