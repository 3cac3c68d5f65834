"""What the recogniser believes was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bedside.asr.recognizer import UNKNOWN, Word, without_doubtful_ends


@dataclass(frozen=True)
class Comparison:
    """The sure words of an utterance, heard once more. alone: as words without any order, on the same clock and without
    confidence; None if nothing was understood. margin: how much likelier (a difference of logarithms) they are as they
    were heard than as any words."""

    alone: Hypothesis | None
    margin: float


def _not_compared() -> Comparison | None:
    return None


@dataclass(frozen=True)
class Hypothesis:
    """One utterance as heard, possibly still growing.

    text: lower-case words; "[unk]" stands for sound that fits no word of the grammar.
    speech_start, speech_end: seconds on the sound clock (first and last voiced sound).
    final: False for a partial result that may still change.
    pause: for a result that is not final, seconds of silence since speech_end; 0.0 while somebody speaks. What was said
    up to a pause is heard as well as a final result.
    confidence: 0.0 to 1.0, the mean of the words' own; None for a partial result.
    words: the same word by word, on the recogniser's own clock, where it tells.
    broad: the same sound as the broad grammar heard it, if there is one; only of a final result, on the same clock.
    compare: gives the comparison of its sure words with words without any order, None where that says nothing. It is
    work (the sound is heard twice more), so it is done when it is asked for.
    """

    text: str
    speech_start: float
    speech_end: float
    final: bool
    confidence: float | None = None
    broad: Hypothesis | None = None
    words: tuple[Word, ...] = ()
    pause: float = 0.0
    compare: Callable[[], Comparison | None] = field(default=_not_compared, compare=False, repr=False)

    @property
    def known(self) -> tuple[Word, ...]:
        """The words that are words, without `UNKNOWN`."""
        return tuple(word for word in self.words if word.text != UNKNOWN)

    @property
    def sure(self) -> Hypothesis | None:
        """The same without the doubtful words and `UNKNOWN` at its ends; None if there are none, or nothing is left."""
        kept = without_doubtful_ends(self.words)
        if not kept or len(kept) == len(self.words):
            return None
        known = [word.confidence for word in kept if word.text != UNKNOWN]
        text = " ".join(word.text for word in kept)
        return replace(self, text=text, words=kept, confidence=sum(known) / len(known))

    @property
    def spoken(self) -> float:
        """Seconds from the beginning of the first known word to the end of the last; without them, of the speech."""
        if not self.known:
            return self.speech_end - self.speech_start
        return self.known[-1].end - self.known[0].start
