"""Automatic gain for far and quiet voices: brings a quiet room's sound up to where the voice gate hears well.

It goes by the room's noise and not by the voice, so that it stands still while somebody speaks; somebody loud is turned
down at once. The recogniser gets the sound as it was: it minds its level less than any change of it.
"""

from __future__ import annotations

import numpy as np

from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block
from bedside.audio.levels import amplitude

NOISE = amplitude(-68.0)
"""What the room's noise (RMS) is brought up to. Measured with bench/acceptance.py --level."""

MOST = amplitude(12.0)
"""The greatest factor. A microphone of 16 bit has nothing to give below that."""

PEAK = 0.8
"""No sample is brought above this, full scale being 1.0."""

FALL, RISE = amplitude(-100.0 * BLOCK_SECONDS), amplitude(0.5 * BLOCK_SECONDS)
"""How fast the estimate of the noise follows, for each block: 100 dB/s downwards, 0.5 dB/s upwards."""

RECOVERY = amplitude(20.0 * BLOCK_SECONDS)
"""How fast the factor grows, for each block: 20 dB/s."""

PATIENCE = 100
"""Blocks (1 s) after a loud sound in which it does not: not between the words of somebody loud."""

SILENCE = amplitude(-96.0)
"""A block below this holds nothing at all, as from a microphone that is off."""


class AutomaticGain:
    """Call with one block after the other; gives the block with the gain applied."""

    def __init__(self) -> None:
        self._noise: float | None = None
        self._patience = 0
        self.factor = 1.0
        """What the last sample was multiplied with, 1.0 to `MOST` but for loud sounds."""

    def __call__(self, block: Block) -> Block:
        level = float(np.sqrt(np.dot(block, block) / BLOCK))
        if level > SILENCE:
            noise = level if self._noise is None else self._noise
            self._noise = max(level, noise * FALL) if level < noise else min(level, noise * RISE)
        wanted = 1.0 if self._noise is None else min(MOST, max(1.0, NOISE / self._noise))
        # Up slowly, down at once: at the first sample of a loud block already.
        loudest = PEAK / max(float(np.abs(block).max()), 1e-9)
        self._patience = PATIENCE if loudest < wanted else max(0, self._patience - 1)
        growth = 1.0 if self._patience else RECOVERY
        before, self.factor = self.factor, max(1.0, min(wanted, self.factor * growth, loudest))
        if before == self.factor == 1.0:
            return block
        begin = min(before, max(1.0, loudest))
        return (block * np.linspace(begin, self.factor, BLOCK)).astype(np.float32)
