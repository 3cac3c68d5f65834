"""A recogniser that is made anew now and then, so that months of listening need no more memory than an evening.

libvosk keeps whatever it has expanded of a grammar's graph for as long as the recogniser lives: up to 10 MB after a
minute of sound, and more with every kind of sound that is new to it. What is heard does not depend on it: after the end
of an utterance it begins with nothing in any case.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from bedside.asr.recognizer import RecognizedWords, Recognizer
from bedside.audio.block import BLOCK_SECONDS, Block
from bedside.errors import ModelError
from bedside.memory import give_back

AFTER = 30.0
"""Seconds of sound that a recogniser hears before another takes its place."""


@cache
def _workshop() -> ThreadPoolExecutor:
    """Makes one at a time, beside the loop: the broad grammar takes 0.2 s, on a Raspberry Pi a second."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="recogniser")


class RenewedRecognizer:
    """Hears as what `make` makes does, which is called again after so many seconds of sound; the new one takes over
    between two utterances. If none can be made the old one goes on."""

    def __init__(self, make: Callable[[], Recognizer], after: float = AFTER) -> None:
        self._make = make
        self._after = after
        self._recognizer = make()
        self._heard = 0.0
        self._coming: Future[Recognizer] | None = None

    def accept(self, block: Block) -> bool:
        """See `Recognizer.accept`."""
        self._heard += BLOCK_SECONDS
        return self._recognizer.accept(block)

    def partial(self) -> str:
        """See `Recognizer.partial`."""
        return self._recognizer.partial()

    def finish(self) -> RecognizedWords:
        """See `Recognizer.finish`."""
        words = self._recognizer.finish()
        self._between_utterances()
        return words

    def finish_scored(self) -> RecognizedWords:
        """See `Recognizer.finish_scored`."""
        words = self._recognizer.finish_scored()
        self._between_utterances()
        return words

    def reset(self) -> None:
        """See `Recognizer.reset`."""
        self._recognizer.reset()
        self._between_utterances()

    def _between_utterances(self) -> None:
        if self._coming is not None:
            if self._coming.done():
                with contextlib.suppress(ModelError):
                    self._recognizer = self._coming.result()
                self._coming, self._heard = None, 0.0
                give_back()
        elif self._heard >= self._after:
            self._coming = _workshop().submit(self._make)
