"""A sound clock for a sound card: the monotonic clock, without the jitter of its bursts."""

from __future__ import annotations

import time
from collections.abc import Callable

from bedside.audio.block import BLOCK_SECONDS

_JUMP = 0.25


class SteadyClock:
    """Goes 10 ms a block and leans towards the monotonic clock, so that times within an utterance are even
    though blocks arrive in bursts, and a hold of 30 s lasts 30 s though the card's crystal is off.

    Never goes back. A difference of more than 0.25 s (the machine was busy) is made up at once.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._zero = monotonic()
        self._now: float | None = None

    @property
    def now(self) -> float:
        """Seconds since the clock was made, as of the last tick; 0.0 before the first."""
        return self._now or 0.0

    def tick(self) -> None:
        """A block was read."""
        elapsed = self._monotonic() - self._zero
        if self._now is None:
            self._now = elapsed
            return
        even = self._now + BLOCK_SECONDS
        ahead = elapsed - even
        self._now = max(self._now, elapsed if ahead > _JUMP else even + 0.1 * ahead)
