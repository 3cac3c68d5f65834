"""A small sound key for English words, so that a slip of the recogniser ("like cramp") stays near its phrase.

Letters that a sleepy voice makes alike share one sign; vowels inside a word are dropped. It is coarser than
Metaphone on purpose and only ever used together with the likeness of the letters.
"""

from __future__ import annotations

import re
from functools import lru_cache

_STEPS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"'", ""),
        (r"^kn|^gn", "n"),
        (r"^wr", "r"),
        (r"augh|ough", "of"),
        (r"igh", "i"),
        (r"tch|ch|sh|j|dge", "x"),
        (r"ph|v|lf$|lve", "f"),
        (r"th", "t"),
        (r"mb$", "m"),
        (r"c(?=[eiy])|z", "s"),
        (r"ck|c|q|g", "k"),
        (r"d", "t"),
        (r"b", "p"),
        (r"(?<=.)[aeiouyhw]+", ""),
        (r"^[aeiou]", "a"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def word_key(word: str) -> str:
    for pattern, sound in _STEPS:
        word = pattern.sub(sound, word)
    return word


def sound_key(text: str) -> str:
    """The key of a normalised text, word by word: ``"leg cramp"`` and ``"lake cramp"`` give ``"lk krmp"``."""
    return " ".join(word_key(word) for word in text.split())
