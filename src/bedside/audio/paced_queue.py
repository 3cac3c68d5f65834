"""The speaker's queue: short, although the microphone sets the pace by a clock of its own."""

from __future__ import annotations

import numpy as np

from bedside.audio.block import Samples
from bedside.audio.sample_queue import SampleQueue

PREFILL = 3
"""Blocks of silence that wait at the start and after the speaker ran dry."""

LONG_IN_PAUSE = 4
LONG = 8
"""Blocks that may wait, in a pause (on average) and in speech: what waits is heard after "stop"."""

# Sound servers take several blocks at once; what counts is how many wait over about half a second.
_SMOOTHING = 0.02


class PacedQueue:
    """Sound on its way to a device that takes `frames` samples every 10 ms, by its own clock.

    A pause is shortened or stretched by a block when too much or too little waits; only if there is no pause
    for long does speech lose a block. underflows: how often the device wanted sound and there was none;
    adjusted: blocks left out or added.
    """

    def __init__(self, frames: int) -> None:
        self.underflows = 0
        self.adjusted = 0
        self._frames = frames
        self._underflows_seen = 0
        self._resting = False
        self._usual = float(PREFILL)
        # A resampler hands out its sound in pieces of uneven size, so there is room for some more than LONG.
        self._queue = SampleQueue(3 * LONG * frames)
        self._add_silence(PREFILL)

    @property
    def waiting(self) -> float:
        """How many blocks wait."""
        return len(self._queue) / self._frames

    def admit(self, quiet: bool, coming: int = 0) -> bool:
        """Whether the next block, silent or not, is to be played; if so, `put` it. coming: blocks that follow at once,
        and make up a reserve by themselves."""
        if self._resting:
            self._resting = False
            self._usual = float(PREFILL)
            self._add_silence(max(0, PREFILL - coming))
        if self.underflows != self._underflows_seen:
            self._underflows_seen = self.underflows
            self._add_silence(PREFILL)
        self._usual += _SMOOTHING * (self.waiting - self._usual)
        if self.waiting > LONG or (quiet and self._usual > LONG_IN_PAUSE):
            self.adjusted += 1
            self._usual -= 1
            return False
        if quiet and self._usual < 1:
            self.adjusted += 1
            self._usual += 1
            self._add_silence(1)
        return True

    def rest(self) -> None:
        """There is nothing to play until something is admitted: the device gets silence, which costs nothing."""
        self._resting = True

    @property
    def at_rest(self) -> bool:
        """Whether it rests, and nothing waits any more."""
        return self._resting and len(self._queue) == 0

    def put(self, samples: Samples) -> None:
        """Append sound at the device's rate."""
        self._queue.put(samples)

    def take(self, count: int) -> Samples:
        """The next `count` samples for the device, filled up with silence. Called from PortAudio's thread."""
        sound = self._queue.take(count)
        if len(sound) == count:
            return sound
        if not self._resting:
            self.underflows += 1
        return np.concatenate([sound, np.zeros(count - len(sound), dtype=np.float32)])

    def _add_silence(self, blocks: int) -> None:
        self._queue.put(np.zeros(blocks * self._frames, dtype=np.float32))
