"""What has been said of an utterance up to a pause, without ending it.

libvosk gives the last words of an utterance only when it is told that it is over, and then it starts anew. So the sound
so far is heard again by a recogniser of its own: for a phrase of a second that takes some 30 ms of work here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bedside.asr.recognizer import RecognizedWords, SpeechModel
from bedside.audio.block import BLOCK_SECONDS, Block

LONGEST = 3.0
"""Seconds of sound that are heard again; a phrase that is acted upon at once is shorter."""


class PauseHearing:
    """Keeps the sound of the present utterance. One thread."""

    def __init__(self, model: SpeechModel, grammars: Mapping[str, Sequence[str]], before: float) -> None:
        """before: seconds of sound that are kept from before the utterance."""
        self._recognizers = {name: model.recognizer(phrases) for name, phrases in grammars.items()}
        self._before = round(before / BLOCK_SECONDS)
        self._sound: list[Block] = []

    def keep(self, block: Block, speaking: bool) -> None:
        """Take the next block; before somebody speaks only the latest are kept."""
        self._sound.append(block)
        if not speaking and len(self._sound) > 2 * self._before:
            del self._sound[: -self._before]

    def forget(self) -> None:
        """The next block begins anew."""
        self._sound = []

    def words(self, grammar: str) -> RecognizedWords | None:
        """What was said so far; None if it is too long for a phrase."""
        if len(self._sound) > 2 * self._before + round(LONGEST / BLOCK_SECONDS):
            return None
        recognizer = self._recognizers[grammar]
        for block in self._sound:
            recognizer.accept(block)
        return recognizer.finish()
