"""When an utterance has begun and when it has ended: the voice gate and the rules of finality.

All times are seconds on the sound clock. Nothing here hears words; the listener asks with what it has heard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from bedside.audio.block import BLOCK_SECONDS


@dataclass(frozen=True)
class EndpointSettings:
    """Seconds, all of them.

    silence: nothing voiced for so long, and the utterance has ended (chosen with bench/endpoint.py).
    pauses: what has been said is told at pauses of these lengths, so that it can be acted upon before the end.
    unchanged: and in noise that keeps the gate open, words unchanged for so long may be whole as well.
    settled: and so long no change of the words, because a whisper is voiced in places only.
    steady: in noise that keeps the gate open, words unchanged for so long end the utterance.
    longest: an utterance is cut here.
    partial_steady: a partial result is told when it stood for so long.
    least_unknown: sound without a known word is told as "[unk]" if so much of it was voiced.
    preroll: so much sound before the first voiced block is heard too.
    sleep_after: the recogniser rests when nothing was voiced for so long (math.inf: never).
    """

    silence: float = 0.4
    pauses: tuple[float, ...] = (0.1, 0.15, 0.25)
    unchanged: float = 0.25
    settled: float = 0.15
    steady: float = 0.8
    longest: float = 12.0
    partial_steady: float = 0.06
    least_unknown: float = 0.3
    preroll: float = 0.5
    sleep_after: float = 1.0


End = Literal["silence", "steady", "model", "longest"]
"""Why an utterance has ended."""


class VoiceGate:
    """Which part of the sound was voiced since the utterance began."""

    def __init__(self) -> None:
        self.last_voiced = -math.inf
        """End of the last voiced block, whichever utterance it belonged to."""
        self.start: float | None = None
        """Start of the first voiced block of this utterance, None before."""
        self.voiced = 0.0
        """How much of this utterance was voiced."""

    def hear(self, voiced: bool, now: float) -> None:
        """One block that starts at `now`."""
        if voiced:
            self.start = now if self.start is None else self.start
            self.last_voiced = now + BLOCK_SECONDS
            self.voiced += BLOCK_SECONDS

    def next_utterance(self) -> None:
        """Forget the utterance, not when the last voice was."""
        self.start = None
        self.voiced = 0.0


def utterance_end(
    settings: EndpointSettings, *, begun: float, quiet: float, unchanged: float, known: bool, model_says: bool
) -> End | None:
    """Whether an utterance has ended, and why.

    begun: how long ago it began; quiet: how long ago the last voiced sound was; unchanged: for how long the
    partial result has stood; known: whether it holds a known word; model_says: the recogniser's own endpoint.
    """
    if quiet >= settings.silence and unchanged >= settings.settled:
        return "silence"
    # The recogniser takes what it does not understand for silence, too.
    if known and model_says and unchanged >= settings.silence:
        return "model"
    if known and unchanged >= settings.steady:
        return "steady"
    if begun >= settings.longest:
        return "longest"
    return None
