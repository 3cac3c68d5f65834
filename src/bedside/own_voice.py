"""Tells what the microphone hears of bedside's own voice: by loudness, and by the words.

No canceller: while bedside speaks, sound counts as its echo unless it is louder than the echo has been so far.
What the room and the volume make of the voice is learnt from the voice itself, in the first second of its first
sentence; until then nothing is taken for echo, and the ears believe only what matters most.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from rapidfuzz import fuzz

from bedside.asr.hypothesis import Hypothesis
from bedside.audio.block import BLOCK_SECONDS, Block
from bedside.audio.levels import rms_dbfs

REACH = 0.3
"""Seconds for which a sound counts as loudest at the microphone: the way through sound server, speaker and air."""

FALL = 100.0
"""Decibels a second by which it falls after that, as in a small room."""

AUDIBLE_DBFS = -60.0
"""The voice counts as silent below."""

LEARNT = 100
"""Blocks of the loud voice after which its echo is known."""

REMEMBERED = 1000
"""Blocks of the voice (10 s) from which the echo is known."""

USUAL = 0.9
"""The share of these blocks that is not louder than the known echo. A person who talks into the rest is
not learnt as echo."""

LOUD_DB = 10.0
"""Learnt from are blocks at most this much quieter than the loudest: beside them noise in the room counts little."""

FORGET = 2.0
"""Decibels a second of speech by which the loudest is forgotten, so that a voice made quieter is learnt from too."""

ABOVE_NOISE_DB = 3.0
QUIET_REMEMBERED = 300
"""If the microphone is no louder by this while the voice is loud than in the last 3 s without it, no echo is to be
guarded against; to take sound for one would only cut pieces out of what a person says."""

MOSTLY = 0.3
"""An echo is there in all but this share of the loud voice; a person who talks into it is not there for so long."""

MARGIN_DB = 4.0
"""A person is louder than the known echo by this."""


class OwnVoice:
    """Hear every block in turn: `explains` the microphone's, then `played` what the speaker gets meanwhile."""

    def __init__(self) -> None:
        self._played: deque[float] = deque([-math.inf], maxlen=round(REACH / BLOCK_SECONDS))
        self._level = -math.inf
        self._loudest = -math.inf
        self._quiet: deque[float] = deque(maxlen=QUIET_REMEMBERED)
        self._meanwhile: deque[float] = deque(maxlen=REMEMBERED)
        self._echo: deque[float] = deque(maxlen=REMEMBERED)
        self._sounding = 0.0

    def played(self, block: Block) -> None:
        """Note one speaker block."""
        self._played.append(rms_dbfs(block))
        self._level = max(max(self._played), self._level - FALL * BLOCK_SECONDS)

    @property
    def in_doubt(self) -> bool:
        """Whether the voice sounds, and how loud its echo is has not been learnt yet."""
        return self._level >= AUDIBLE_DBFS and len(self._echo) < LEARNT

    def explains(self, microphone: Block) -> bool:
        """Whether this microphone block may well be nothing but the echo of what was played."""
        heard = rms_dbfs(microphone)
        if self._level < AUDIBLE_DBFS:
            self._quiet.append(heard)
            self._sounding = 0.0
            return False
        self._sounding += BLOCK_SECONDS
        louder = heard - self._level
        self._loudest = max(self._level, self._loudest - FORGET * BLOCK_SECONDS)
        # Before, the echo may still be on its way, and nothing is to be learnt from the quiet.
        on_its_way = self._sounding <= REACH
        if not on_its_way and self._level == max(self._played) and self._level >= self._loudest - LOUD_DB:
            self._echo.append(louder)
            self._meanwhile.append(heard)
        if len(self._echo) < LEARNT:
            return False
        if self._quiet and float(np.quantile(self._meanwhile, MOSTLY)) <= self._noise() + ABOVE_NOISE_DB:
            return False
        return louder <= float(np.quantile(self._echo, USUAL)) + MARGIN_DB

    def _noise(self) -> float:
        """Loudness of the room without the voice, dBFS."""
        return max(AUDIBLE_DBFS, float(np.median(self._quiet)))


TAIL = 0.15
"""Seconds for which a room still holds what was said."""

WITHIN = 0.6
"""The share of an utterance that lies within bedside's own speech from which it may be its echo."""

LIKE = 65.0
"""Likeness (0 to 100) to a part of what bedside said from which it is."""


class OwnWords:
    """What bedside said lately, to know it again if it is heard although its loudness gave nothing away."""

    def __init__(self) -> None:
        self._said: deque[tuple[str, float, float]] = deque(maxlen=4)

    def begun(self, text: str, t: float) -> None:
        """`text` is heard from t (seconds on the sound clock) on."""
        self._said.append((text.lower(), t, math.inf))

    def ended(self, t: float) -> None:
        """What was begun last is over at t."""
        if self._said and self._said[-1][2] == math.inf:
            text, began, _ = self._said.pop()
            self._said.append((text, began, t + TAIL))

    def explain(self, hypothesis: Hypothesis) -> bool:
        """Whether this utterance is most likely a part of what bedside was saying meanwhile."""
        start, end = hypothesis.speech_start, max(hypothesis.speech_end, hypothesis.speech_start + 0.01)
        shares = [(text, min(end, over) - max(start, began)) for text, began, over in self._said]
        within = [(text, share) for text, share in shares if share > 0]
        if sum(share for _, share in within) < WITHIN * (end - start):
            return False
        heard = " ".join(word for word in hypothesis.text.split() if word != "[unk]")
        return not heard or fuzz.partial_ratio(heard, " ".join(text for text, _ in within)) >= LIKE
