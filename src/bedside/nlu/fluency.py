"""How far words follow each other as they do in known sentences.

A recogniser makes known words out of any sound; only where somebody said them do they also come in a known order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_BEGIN, _END = "<s>", "</s>"

_BITS = 20
"""Of the number of a word: three of them make one whole number, which takes a tenth of the memory of three texts."""

Codes = npt.NDArray[np.int64]


class Fluency:
    """Knows the neighbours of words in `sentences`, normalised texts; beginning and end count as words."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._numbers: dict[str, int] = {}
        every = [
            self._numbers.setdefault(word, len(self._numbers))
            for sentence in sentences
            for word in (_BEGIN, *sentence.split(), _END)
        ]
        # An end with the next beginning is in there too, which is in no sentence that is asked about.
        self._pairs = _sorted(_runs(every, 2))
        self._triples = _sorted(_runs(every, 3))

    def pairs(self, words: Sequence[str]) -> float:
        """The share of pairs of neighbours in `words` that some sentence has too, 0.0 to 1.0."""
        return self._share(words, 2, self._pairs)

    def triples(self, words: Sequence[str]) -> float:
        """The same of three words in a row."""
        return self._share(words, 3, self._triples)

    def _share(self, words: Sequence[str], length: int, known: Codes) -> float:
        unknown = len(self._numbers)
        runs = _runs([self._numbers.get(word, unknown) for word in (_BEGIN, *words, _END)], length)
        nearest = known[np.searchsorted(known, runs, side="right") - 1]
        return int((nearest == runs).sum()) / max(1, len(runs))


def _runs(numbers: Sequence[int], length: int) -> Codes:
    """Each run of so many words as one number."""
    each = np.array(numbers, dtype=np.int64)
    runs = np.zeros(max(0, len(each) - length + 1), dtype=np.int64)
    for at in range(length):
        runs = (runs << _BITS) | each[at : at + len(runs)]
    return runs


def _sorted(runs: Codes) -> Codes:
    """Each once, in order, behind one that is smaller than all."""
    return np.unique(np.append(runs, -1))
