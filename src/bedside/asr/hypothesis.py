"""What the recogniser believes was said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hypothesis:
    """One utterance as heard, possibly still growing.

    text: lower-case words; "[unk]" stands for sound that fits no word of the grammar.
    speech_start, speech_end: seconds on the sound clock (first and last voiced sound).
    final: False for a partial result that may still change.
    pause: for a result that is not final, seconds of silence since speech_end; 0.0 while somebody speaks. What was said
    up to a pause is heard as well as a final result.
    confidence: 0.0 to 1.0, the mean of the words' own; None for a partial result.
    spoken: seconds from the beginning of the first word to the end of the last, where the recogniser tells.
    broad: the same sound as the broad grammar heard it, if there is one; only of a final result.
    """

    text: str
    speech_start: float
    speech_end: float
    final: bool
    confidence: float | None = None
    broad: Hypothesis | None = None
    spoken: float | None = None
    pause: float = 0.0
