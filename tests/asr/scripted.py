"""A recogniser for tests of time: it reads its words out of the sound, exactly and at once.

A block that carries a word has the word's number as its sample values, so a word is heard only if its blocks
really arrive.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bedside.asr.recognizer import UNKNOWN, RecognizedWords, Word
from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block

WORDS = ("", UNKNOWN, "stop", "leg", "cramp", "no")


def carrying(word: str, seconds: float) -> list[Block]:
    """Blocks that carry `word`; "" is silence."""
    return [np.full(BLOCK, WORDS.index(word), dtype=np.float32)] * round(seconds / BLOCK_SECONDS)


class ScriptedRecognizer:
    """See `Recognizer`. `resets` counts how often an utterance was thrown away, `accepted` all blocks."""

    def __init__(self) -> None:
        self.accepted = 0
        self.resets = 0
        self.says_end = False
        self._heard: list[str] = []

    def accept(self, block: Block) -> bool:
        self.accepted += 1
        self._heard.append(WORDS[int(block[0])])
        return self.says_end

    def partial(self) -> str:
        return self._words().text

    def finish(self) -> RecognizedWords:
        words = self._words()
        self._heard = []
        return words

    def finish_scored(self) -> RecognizedWords:
        words = self.finish()
        return RecognizedWords(words.words, float(len(words.known)))

    def reset(self) -> None:
        self.resets += 1
        self._heard = []

    def _words(self) -> RecognizedWords:
        words: list[Word] = []
        for index, text in enumerate(self._heard):
            start, end = index * BLOCK_SECONDS, (index + 1) * BLOCK_SECONDS
            if text and index and text == self._heard[index - 1]:
                words[-1] = Word(text, words[-1].start, end, words[-1].confidence)
            elif text:
                words.append(Word(text, start, end, 1.0 if text == UNKNOWN else 1.0 - len(text) / 10))
        return RecognizedWords(tuple(words))


class ScriptedModel:
    """See `SpeechModel`. Keeps the first recogniser it made for each first phrase."""

    def __init__(self) -> None:
        self.made: dict[str, ScriptedRecognizer] = {}

    def has_word(self, word: str) -> bool:
        return word in WORDS

    def recognizer(self, phrases: Sequence[str], *, free: bool = False) -> ScriptedRecognizer:
        made = ScriptedRecognizer()
        self.made.setdefault(phrases[0], made)
        return made
