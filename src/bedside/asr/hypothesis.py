"""What the recogniser believes was said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hypothesis:
    """One utterance as heard, possibly still growing.

    text: lower-case words; "[unk]" stands for sound that fits no word of the grammar.
    speech_start, speech_end: seconds on the sound clock (first and last voiced sound).
    final: False for a partial result that may still change.
    confidence: 0.0 to 1.0, the mean of the words' own; None for a partial result.
    broad: the same sound as the broad grammar heard it, if there is one; None for a partial result.
    """

    text: str
    speech_start: float
    speech_end: float
    final: bool
    confidence: float | None = None
    broad: Hypothesis | None = None
