"""A small sound key for words. How words sound is the language's affair: the rules are `sounds` of `speech.yaml`."""

from __future__ import annotations

from functools import lru_cache

from bedside.nlu.text import load_speech


@lru_cache(maxsize=20_000)
def word_key(word: str) -> str:
    for pattern, sound in load_speech().sounds:
        word = pattern.sub(sound, word)
    return word


def sound_key(text: str) -> str:
    """The key of a normalised text, word by word: ``"leg cramp"`` and ``"lake cramp"`` give ``"lk krmp"``."""
    return " ".join(word_key(word) for word in text.split())
