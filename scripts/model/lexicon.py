"""The vocabulary that the embedded model is made with, and its pronunciations."""

from __future__ import annotations

from collections.abc import Iterable

from dictionary import MOST, Pronunciation, lines_of, pronunciations
from recordings import Recording

_LEFT_OUT = ("librispeech_resemblyzer", "synthetic")
"""Sets whose words are not wanted: rare words of old books."""


def make_lexicon(recordings: Iterable[Recording], frequent: int) -> dict[str, list[Pronunciation]]:
    """What bedside needs, what the recordings say, and so many of the most frequent English words.

    Words without a known pronunciation are left out.
    """
    words = [word for phrase in lines_of("commands.txt") + lines_of("signs.txt") for word in phrase.split()]
    words += lines_of("common_words.txt")
    for recording in recordings:
        if recording["set"] not in _LEFT_OUT and recording["text"]:
            words += recording["text"].split()
    words += lines_of("frequent_words.txt")[:frequent]
    words += [line.split()[0] for line in lines_of("extra_words.txt")]
    found = {word: pronunciations(word)[:MOST] for word in dict.fromkeys(words)}
    return {word: ways for word, ways in found.items() if ways}
