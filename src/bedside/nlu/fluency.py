"""How far words follow each other as they do in known sentences.

A recogniser makes known words out of any sound; only where somebody said them do they also come in a known order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_BEGIN, _END = "<s>", "</s>"


class Fluency:
    """Knows the neighbours of words in `sentences`, normalised texts; beginning and end count as words."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._pairs: set[tuple[str, ...]] = set()
        self._triples: set[tuple[str, ...]] = set()
        for sentence in sentences:
            words = sentence.split()
            self._pairs.update(_runs(words, 2))
            self._triples.update(_runs(words, 3))

    def pairs(self, words: Sequence[str]) -> float:
        """The share of pairs of neighbours in `words` that some sentence has too, 0.0 to 1.0."""
        return _share(_runs(words, 2), self._pairs)

    def triples(self, words: Sequence[str]) -> float:
        """The same of three words in a row."""
        return _share(_runs(words, 3), self._triples)


def _runs(words: Sequence[str], length: int) -> list[tuple[str, ...]]:
    whole = [_BEGIN, *words, _END]
    return [tuple(whole[at : at + length]) for at in range(len(whole) - length + 1)]


def _share(runs: list[tuple[str, ...]], known: set[tuple[str, ...]]) -> float:
    return sum(run in known for run in runs) / max(1, len(runs))
