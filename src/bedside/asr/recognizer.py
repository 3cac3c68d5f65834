"""The small protocols behind which a recogniser stands, and the words it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bedside.audio.block import Block

UNKNOWN = "[unk]"
"""What a recogniser writes for sound that fits no word of its grammar."""

DOUBTFUL = 0.58
"""Confidence below which the first and the last words of an utterance are more likely noise beside it."""


@dataclass(frozen=True)
class Word:
    """One recognised word. start, end: seconds since the first sample of the utterance that was accepted;
    confidence: 0.0 to 1.0."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class RecognizedWords:
    """An utterance that has come to its end. `words` may be empty. score: where it was asked for, the logarithm of how
    likely the sound and the order of the words are; to be compared between grammars with the same weight on the sound.
    """

    words: tuple[Word, ...] = ()
    score: float | None = None

    @property
    def text(self) -> str:
        """The words with single spaces between them, "" if there are none."""
        return " ".join(word.text for word in self.words)

    @property
    def known(self) -> tuple[Word, ...]:
        """The words that are words, without `UNKNOWN`."""
        return tuple(word for word in self.words if word.text != UNKNOWN)

    @property
    def confidence(self) -> float:
        """The mean confidence of the known words; 0.0 if there is none. The lowest says less: a short word that
        sounds like another of the grammar is often low, however right it is."""
        return sum(word.confidence for word in self.known) / max(1, len(self.known))


def without_doubtful_ends(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words from the first to the last that is no `UNKNOWN` and not doubtful."""
    sure = [n for n, word in enumerate(words) if word.text != UNKNOWN and word.confidence >= DOUBTFUL]
    return tuple(words[sure[0] : sure[-1] + 1]) if sure else ()


class Recognizer(Protocol):
    """Hears one grammar, one utterance after the other. To be used from one thread only."""

    def accept(self, block: Block) -> bool:
        """Take 10 ms of sound. True when the recogniser itself believes that the utterance has ended;
        going on afterwards is allowed."""

    def partial(self) -> str:
        """The words so far, "" if there are none yet; may still change."""

    def finish(self) -> RecognizedWords:
        """End the utterance and give its words. The next block begins a new one."""

    def finish_scored(self) -> RecognizedWords:
        """The same with its score, in which no word has a confidence (all are 0.0)."""

    def reset(self) -> None:
        """Forget the utterance. The next block begins a new one."""


class SpeechModel(Protocol):
    """Knows words and makes recognisers; one model serves many recognisers."""

    def has_word(self, word: str) -> bool:
        """Whether `word` (lower case) can be heard at all."""

    def recognizer(self, phrases: Sequence[str], *, free: bool = False) -> Recognizer:
        """A recogniser that hears `phrases`, their words in other orders at a price, and `UNKNOWN`; what stands there
        several times is so much likelier. free: `phrases` are not a list to choose from but examples of how people
        speak in their own words, so that the sound counts for more."""
