"""What has been said of an utterance up to a pause, without ending it.

libvosk gives the last words of an utterance only when it is told that it is over, and then it starts anew. So the sound
so far is heard again by a recogniser of its own: for a phrase of a second that takes some 30 ms of work here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from bedside.asr.endpoint import EndpointSettings, VoiceGate
from bedside.asr.hypothesis import Comparison, Hypothesis
from bedside.asr.recognizer import RecognizedWords, Recognizer, SpeechModel, without_doubtful_ends
from bedside.audio.block import BLOCK_SECONDS, Block

LONGEST = 3.0
"""Seconds of sound that are heard again; a phrase that is acted upon at once is shorter."""

AROUND = 0.3
"""Seconds before and after the words of a phrase that are heard once more with them."""

LEAST_VOICED = 0.15
"""Seconds of voice from which a pause may be the end of a phrase."""


FALL = 0.25
"""In power (6 dB): after the last word it is so much quieter than in the words, or it was not the last."""

LATELY = 15
"""Blocks (0.15 s)."""


class PauseHearing:
    """Keeps the sound of the present utterance. One thread."""

    def __init__(
        self,
        model: SpeechModel,
        grammars: Mapping[str, Sequence[str]],
        words: Sequence[str],
        settings: EndpointSettings,
    ) -> None:
        self._recognizers = {name: model.recognizer(phrases) for name, phrases in grammars.items()}
        self._alone = model.recognizer(words) if words else None
        self._pauses = settings.pauses
        self._unchanged = settings.unchanged
        self._before = round(settings.preroll / BLOCK_SECONDS)
        self._sound: list[Block] = []
        self._so_far: Hypothesis | None = None
        self._paused_at = self._changed = -math.inf
        self._told = 0

    def keep(self, block: Block, speaking: bool) -> None:
        """Take the next block; before somebody speaks only the latest are kept."""
        self._sound.append(block)
        if not speaking and len(self._sound) > 2 * self._before:
            del self._sound[: -self._before]

    def forget(self) -> None:
        """The next block begins anew."""
        self._sound = []

    def at_pause(self, grammar: str, gate: VoiceGate, now: float) -> list[Hypothesis]:
        """What was said so far, told again at each of the pauses. now: the end of the latest block."""
        if gate.start is None or gate.voiced < LEAST_VOICED:
            return []
        if gate.last_voiced != self._paused_at:
            self._paused_at, self._told, self._so_far = gate.last_voiced, 0, None
        quiet = now - gate.last_voiced
        reached = sum(quiet >= pause for pause in self._pauses)
        if reached == self._told:
            return []
        if self._told == 0:
            words = self._words(grammar)
            self._so_far = self._hypothesis(grammar, words, gate.start, gate.last_voiced) if words is not None else None
        self._told = reached
        return [replace(self._so_far, pause=quiet)] if self._so_far is not None else []

    def at_end_of_words(self, grammar: str, gate: VoiceGate, now: float, changed: float) -> list[Hypothesis]:
        """The same where noise holds the gate open: once for a partial result that has not changed since `changed`."""
        if gate.start is None or now - gate.last_voiced >= self._pauses[0]:
            return []
        if changed == self._changed or now - changed < self._unchanged or not self._has_fallen():
            return []
        self._changed = changed
        words = self._words(grammar)
        if words is None or self._goes_on(words):
            return []
        end = now - len(self._sound) * BLOCK_SECONDS + words.known[-1].end
        return [replace(self._hypothesis(grammar, words, min(gate.start, end), end), pause=max(0.0, now - end))]

    def _has_fallen(self) -> bool:
        """Whether it has been quieter lately than it was; asked before the sound is heard again, which costs more."""
        powers = np.array([_power([block]) for block in self._sound])
        return len(powers) > LATELY and float(powers[-LATELY:].mean()) <= FALL * float(np.sort(powers)[-LATELY:].mean())

    def _goes_on(self, words: RecognizedWords) -> bool:
        """Whether the sound after the words is about as loud as the words: somebody may be speaking still."""
        first, last = (round(t / BLOCK_SECONDS) for t in (words.known[0].start, words.known[-1].end))
        after = self._sound[last:]
        return not after or _power(after) > FALL * _power(self._sound[first:last])

    def _words(self, grammar: str) -> RecognizedWords | None:
        """None if nothing was understood, or it is too long for a phrase."""
        if len(self._sound) > 2 * self._before + round(LONGEST / BLOCK_SECONDS):
            return None
        words = _heard_by(self._recognizers[grammar], self._sound)
        return words if words.known else None

    def compared(self, heard: Hypothesis, grammar: str, seconds: float) -> Hypothesis:
        """`heard` with what compares it. seconds: how long ago the clock of its words began."""
        words = without_doubtful_ends(heard.words)
        if self._alone is None or not words or words[-1].end - words[0].start > LONGEST - 2 * AROUND:
            return heard
        kept_from = seconds - len(self._sound) * BLOCK_SECONDS
        span = (words[0].start - AROUND, words[-1].end + AROUND)
        first, last = (max(0, round((t - kept_from) / BLOCK_SECONDS)) for t in span)
        sound, begin = self._sound[first:last], kept_from + first * BLOCK_SECONDS
        return replace(heard, compare=cache(lambda: self._comparison(heard, grammar, sound, begin)))

    def _comparison(self, heard: Hypothesis, grammar: str, sound: Sequence[Block], begin: float) -> Comparison:
        """begin: when `sound` began on the clock of the words."""
        assert self._alone is not None
        alone, phrase = (_scored_by(each, sound) for each in (self._alone, self._recognizers[grammar]))
        moved = tuple(replace(w, start=w.start + begin, end=w.end + begin) for w in alone.words)
        return Comparison(as_heard(heard, RecognizedWords(moved)), (phrase.score or 0.0) - (alone.score or 0.0))

    def _hypothesis(self, grammar: str, words: RecognizedWords, start: float, end: float) -> Hypothesis:
        heard = Hypothesis(words.text, start, end, False, words.confidence, words=words.words)
        return self.compared(heard, grammar, len(self._sound) * BLOCK_SECONDS)


def as_heard(heard: Hypothesis, words: RecognizedWords) -> Hypothesis | None:
    """The utterance `heard` as another recogniser heard it."""
    return replace(heard, text=words.text, confidence=words.confidence, words=words.words) if words.known else None


def _heard_by(recognizer: Recognizer, sound: Sequence[Block]) -> RecognizedWords:
    for block in sound:
        recognizer.accept(block)
    return recognizer.finish()


def _scored_by(recognizer: Recognizer, sound: Sequence[Block]) -> RecognizedWords:
    for block in sound:
        recognizer.accept(block)
    return recognizer.finish_scored()


def _power(blocks: Sequence[Block]) -> float:
    return float(np.mean(np.square(np.concatenate(blocks)))) if blocks else 0.0
