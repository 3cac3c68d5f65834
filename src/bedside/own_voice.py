"""Tells what the microphone hears of bedside's own voice, by loudness alone.

No canceller: while bedside speaks, sound counts as its echo unless it is louder than the echo has been so far.
What the room and the volume make of the voice is learnt from the voice itself, in its first third of a second.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from bedside.audio.block import BLOCK_SECONDS, Block
from bedside.audio.levels import rms_dbfs

REACH = 0.3
"""Seconds for which a sound counts as loudest at the microphone: the way through sound server, speaker and air."""

FALL = 100.0
"""Decibels a second by which it falls after that, as in a small room."""

AUDIBLE_DBFS = -60.0
"""The voice counts as silent below."""

LEARNT = 30
"""Blocks of the voice after which its echo is known; before, all sound may be echo."""

REMEMBERED = 1000
"""Blocks of the voice (10 s) from which the echo is known."""

USUAL = 0.9
"""The share of these blocks that is not louder than the known echo. A person who talks into the rest is
not learnt as echo."""

MARGIN_DB = 4.0
"""A person is louder than the known echo by this."""


class OwnVoice:
    """Hear every block in turn: `explains` the microphone's, then `played` what the speaker gets meanwhile."""

    def __init__(self) -> None:
        self._played: deque[float] = deque([-math.inf], maxlen=round(REACH / BLOCK_SECONDS))
        self._level = -math.inf
        self._echo: deque[float] = deque(maxlen=REMEMBERED)

    def played(self, block: Block) -> None:
        """Note one speaker block."""
        self._played.append(rms_dbfs(block))
        self._level = max(max(self._played), self._level - FALL * BLOCK_SECONDS)

    def explains(self, microphone: Block) -> bool:
        """Whether this microphone block may well be nothing but the echo of what was played."""
        if self._level < AUDIBLE_DBFS:
            return False
        louder = rms_dbfs(microphone) - self._level
        if self._level == max(self._played):
            self._echo.append(louder)
        if len(self._echo) < LEARNT:
            return True
        return louder <= float(np.quantile(self._echo, USUAL)) + MARGIN_DB
