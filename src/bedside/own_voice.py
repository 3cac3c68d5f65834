"""Tells by the words whether what was heard is bedside's own voice, where the echo canceller left something of it."""

from __future__ import annotations

import math
from collections import deque

from rapidfuzz import fuzz

from bedside.asr.hypothesis import Hypothesis

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
