"""How words are written before they are compared, and which of them carry no meaning.

The words themselves (spellings, numbers, fillers, negators) are content: `speech.yaml` of the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from bedside.resources import content_folder
from bedside.yamlfile import read_model

_NOT_A_WORD = re.compile(r"[^a-z0-9' ]+")
_NAME = re.compile(r"(<[^>]*>)")
_NOISE = re.compile(r"\[[^\]]*\]|<[^>]*>")
_DIGITS = re.compile(r"\d+")
_PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)*(?: [a-z]+(?:'[a-z]+)*)*")
"""Nothing but words: most of what is normalised, thousands of sentences at every start."""


class SpeechFile(BaseModel):
    """The shape of `speech.yaml`."""

    model_config = ConfigDict(extra="forbid")
    spellings: dict[str, str]
    numbers: dict[str, str]
    fillers: list[str]
    emphasis: list[str]
    openers: list[str]
    closers: list[str]
    negators: list[str]
    not_negators: list[str]
    idioms: list[str]
    sounds: dict[str, str]

    @field_validator("sounds")
    @classmethod
    def _are_patterns(cls, sounds: dict[str, str]) -> dict[str, str]:
        for pattern, sound in sounds.items():
            try:
                re.compile(pattern).sub(sound, "")
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression ({error})") from None
        return sounds


@dataclass(frozen=True)
class Speech:
    """One language's habits of speech.

    spellings: word or words as written elsewhere -> as written here. fillers may be left out anywhere, emphasis
    too when a request is matched (a danger sign may need it), openers only at the start, closers only at the end.
    negators turn a sentence round, except inside one of not_negators. idioms hold slot words that mean no slot
    ("right now"). sounds: how words sound, as replacements one after the other.
    """

    spellings: Mapping[str, str]
    numbers: Mapping[str, str]
    fillers: re.Pattern[str]
    emphasis: re.Pattern[str]
    openers: re.Pattern[str]
    closers: re.Pattern[str]
    negators: re.Pattern[str]
    not_negators: re.Pattern[str]
    idioms: re.Pattern[str]
    sounds: tuple[tuple[re.Pattern[str], str], ...]
    _spelling: re.Pattern[str]
    _respelt: frozenset[str]

    def normalise(self, text: str) -> str:
        """Lower case, words and apostrophes only, one space between words, numbers as words, one spelling each."""
        text = text.lower()
        return self._one_spelling(text if _PLAIN.fullmatch(text) else self._words_of(text))

    def _words_of(self, text: str) -> str:
        """Lower-case text as words and apostrophes only, one space between words, numbers as words."""
        text = _NOISE.sub(" ", text.replace("’", "'").replace("‘", "'"))
        text = " ".join(_NOT_A_WORD.sub(" ", text).split())
        text = " ".join(word for word in (w.strip("'") for w in text.split()) if word)
        return _DIGITS.sub(lambda digits: self.numbers.get(digits[0], digits[0]), text)

    def _one_spelling(self, words: str) -> str:
        """The one spelling of each word; looked for only where a word is the first of one that is replaced."""
        return words if self._respelt.isdisjoint(words.split(" ")) else self._spelling.sub(self._spelt, words)

    def _spelt(self, found: re.Match[str]) -> str:
        return self.spellings[found[0]]

    def respell(self, text: str) -> str:
        """Lower-case text, for example a pattern, with the one spelling of each word; <names> stay as they are."""
        parts = _NAME.split(text)
        parts[::2] = [self._spelling.sub(self._spelt, part) for part in parts[::2]]
        return "".join(parts)

    def core(self, text: str) -> str:
        """A normalised text without what carries no meaning; the text itself if nothing would be left."""
        words = " ".join(self.emphasis.sub(" ", self.fillers.sub(" ", text)).split())
        before = None
        while words and words != before:
            before = words
            words = self.openers.sub("", words, count=1).strip() or words
            words = self.closers.sub("", words, count=1).strip() or words
        return words or text

    def negations(self, text: str) -> int:
        """How many words of a normalised text turn its meaning round."""
        return len(self.negators.findall(self.not_negators.sub(" ", text)))

    def without_idioms(self, text: str) -> str:
        return " ".join(self.idioms.sub(" ", text).split())


@lru_cache(maxsize=4)
def load_speech(file: Path | None = None) -> Speech:
    """Read `speech.yaml` (None: the shipped one). Raises ContentError with file and line."""
    content, _ = read_model(file or content_folder() / "speech.yaml", SpeechFile)
    return Speech(
        spellings=content.spellings,
        numbers=content.numbers,
        fillers=_any_of(content.fillers),
        emphasis=_any_of(content.emphasis),
        openers=_any_of(content.openers, "^{}"),
        closers=_any_of(content.closers, "{}$"),
        negators=_any_of(content.negators),
        not_negators=_any_of(content.not_negators),
        idioms=_any_of(content.idioms),
        sounds=tuple((re.compile(pattern), sound) for pattern, sound in content.sounds.items()),
        _spelling=_any_of(list(content.spellings)),
        _respelt=frozenset(spelling.split(" ")[0] for spelling in content.spellings),
    )


def normalise(text: str) -> str:
    """Normalise with the shipped language: ``"I'm, well... can not!"`` becomes ``"i'm well can't"``."""
    return load_speech().normalise(text)


def _any_of(phrases: Sequence[str], frame: str = "{}") -> re.Pattern[str]:
    """Whole words only; the longest phrase wins."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    inner = "|".join(re.escape(phrase) for phrase in longest_first)
    return re.compile(frame.format(rf"(?<![\w'])(?:{inner})(?![\w'])"))
