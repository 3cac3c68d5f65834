"""Finding concepts in an utterance, in whatever words and order: a small pattern language over words.

A concept is a named list of words and phrases (``swell*`` stands for every ending). A pattern is made of items:

- ``<leg>`` a concept, ``calf`` a word, ``(is|was|has been|<seems>)`` one of these; a ``?`` after an item makes it
  optional. The brackets may only be left out where nothing else stands beside the alternatives;
- items follow each other directly; ``..`` lets up to 3 words stand between, ``...`` up to 8;
- ``^`` the beginning of the utterance;
- ``A & B`` both, in any order, at most 10 words apart, not sharing a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

GAPS = {"..": 3, "...": 8}
APART = 10
BEGINNING = "^"
NEAR_WORD = 88.0
"""How alike (0 to 100) a word that no file knows must be to a known one to be read as it ("swolen")."""
NEAR_WORD_LENGTH = 6

_PART = re.compile(r"\([^()]*\)\??|[^\s()]+")

Span = tuple[int, int]
"""First word and the word after the last."""


class PatternError(ValueError):
    """A pattern or concept is written wrongly; the caller knows the file and the line."""


@dataclass(frozen=True)
class _Item:
    concept: str
    optional: bool
    gap: int


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern: clauses that must all be found."""

    text: str
    clauses: tuple[tuple[_Item, ...], ...]
    required: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """One utterance with the concepts in it. spans: concept -> first word -> words after the last."""

    words: tuple[str, ...]
    spans: Mapping[str, Mapping[int, tuple[int, ...]]]


@dataclass
class Lexicon:
    """All concepts of a language and the patterns built on them. Fill it first, then read utterances."""

    phrases: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    _exact: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=lambda: defaultdict(list))
    _stems: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    _vocabulary: set[str] = field(default_factory=set)
    _includes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, concept: str, phrases: Sequence[str]) -> None:
        """Add a concept. A phrase ``<other>`` takes in all phrases of the concept `other`."""
        if not phrases:
            raise PatternError(f"the concept '{concept}' is empty.")
        taken: list[tuple[str, ...]] = []
        for phrase in phrases:
            words = tuple(phrase.split())
            if phrase.startswith("<"):
                words = (phrase.replace(" ", "_"),)
            if len(words) == 1 and words[0].startswith("<"):
                other = words[0].strip("<>")
                if other not in self.phrases:
                    raise PatternError(f"unknown concept <{other}>; define it further up.")
                taken.extend(self.phrases[other])
            elif words:
                taken.append(words)
            else:
                raise PatternError(f"an empty phrase in the concept '{concept}'.")
        self.phrases[concept] = taken
        for words in taken:
            self._index(concept, words)

    def _index(self, concept: str, words: tuple[str, ...]) -> None:
        first, rest = words[0], words[1:]
        if first.endswith("*"):
            self._stems.append((first[:-1], concept, rest))
        else:
            self._exact[first].append((concept, rest))
        self._vocabulary.update(word for word in words if not word.endswith("*"))

    def pattern(self, text: str) -> Pattern:
        """Parse a pattern; single words in it become concepts of their own. Raises PatternError."""
        clauses = []
        for clause in text.split("&"):
            items: list[_Item] = []
            gap = 0
            for part in _parts(clause):
                if part in GAPS:
                    gap = GAPS[part]
                    continue
                items.append(_Item(self._named(part.rstrip("?")), part.endswith("?"), gap))
                gap = 0
            if all(item.optional for item in items):
                raise PatternError(f"the pattern '{text}' has an empty part.")
            clauses.append(tuple(items))
        required = frozenset(item.concept for items in clauses for item in items if not item.optional)
        return Pattern(text, tuple(clauses), required)

    def _named(self, part: str) -> str:
        """The concept that an item of a pattern means; words and alternatives become one of their own."""
        part = part.strip("()")
        if part == BEGINNING:
            return part
        if part.startswith("<") and "|" not in part:
            concept = part.strip("<>")
            if concept not in self.phrases:
                raise PatternError(f"unknown concept <{concept}>.")
            return concept
        if f"={part}" not in self.phrases:
            self.add(f"={part}", part.split("|"))
        return f"={part}"

    def read(self, text: str) -> Reading:
        """Find all concepts in a normalised text."""
        words = tuple(self._nearest(part) for word in text.split() for part in self._apart(word))
        spans: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        spans[BEGINNING][0].add(0)
        for start, word in enumerate(words):
            for concept, rest in self._exact.get(word, ()):
                if self._continues(words, start + 1, rest):
                    spans[concept][start].add(start + 1 + len(rest))
            for stem, concept, rest in self._stems:
                if word.startswith(stem) and self._continues(words, start + 1, rest):
                    spans[concept][start].add(start + 1 + len(rest))
        return Reading(words, {c: {s: tuple(sorted(e)) for s, e in at.items()} for c, at in spans.items()})

    @staticmethod
    def _continues(words: tuple[str, ...], at: int, rest: tuple[str, ...]) -> bool:
        if at + len(rest) > len(words):
            return False
        return all(
            word.startswith(want[:-1]) if want.endswith("*") else word == want
            for word, want in zip(words[at:], rest, strict=False)
        )

    def _apart(self, word: str) -> tuple[str, ...]:
        """ "tummy's" is "tummy is", unless a file names it as it stands."""
        owner = word.removesuffix("'s")
        if owner == word or word in self._vocabulary or owner not in self._vocabulary:
            return (word,)
        return (owner, "is")

    def _nearest(self, word: str) -> str:
        if len(word) < NEAR_WORD_LENGTH or word in self._vocabulary:
            return word
        if any(stem and word.startswith(stem) for stem, _, _ in self._stems):
            return word
        return _nearest_word(word, self._long_words()) or word

    def _long_words(self) -> tuple[str, ...]:
        if not hasattr(self, "_long"):
            self._long = tuple(sorted(w for w in self._vocabulary if len(w) >= NEAR_WORD_LENGTH - 1))
        return self._long


@lru_cache(maxsize=4096)
def _nearest_word(word: str, known: tuple[str, ...]) -> str | None:
    best = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=NEAR_WORD)
    return best[0] if best else None


def _parts(clause: str) -> list[str]:
    """The items and gaps of one clause. Raises PatternError for brackets or alternatives that can be misread."""
    parts = _PART.findall(clause)
    if _PART.sub(" ", clause).strip():
        raise PatternError(f"the brackets in '{clause.strip()}' do not match.")
    for part in parts:
        if "?" in part.rstrip("?") or part.startswith("?"):
            raise PatternError(f"in '{part}' the ? must stand behind the whole item.")
        if "|" in part and not part.startswith("(") and len(parts) > 1:
            raise PatternError(f"in '{clause.strip()}' write brackets round the alternatives: ({part}).")
    return parts


def find(pattern: Pattern, reading: Reading) -> Iterator[tuple[Span, ...]]:
    """Every way `pattern` is found: the spans of its items in order of their place."""
    if pattern.required <= reading.spans.keys():
        for spans in _together(pattern.clauses, reading, ()):
            yield tuple(sorted(spans))


def _together(
    clauses: tuple[tuple[_Item, ...], ...], reading: Reading, taken: tuple[Span, ...]
) -> Iterator[tuple[Span, ...]]:
    if not clauses:
        yield taken
        return
    for spans in _clause(clauses[0], reading):
        if taken:
            first, last = min(spans), max(spans)
            if any(a < end and start < b for a, b in spans for start, end in taken):
                continue
            if first[0] - max(end for _, end in taken) > APART or min(taken)[0] - last[1] > APART:
                continue
        yield from _together(clauses[1:], reading, (*taken, *spans))


def _clause(items: tuple[_Item, ...], reading: Reading) -> Iterator[tuple[Span, ...]]:
    for start in range(len(reading.words)):
        yield from _from(items, reading, start, 0, ())


def _from(
    items: tuple[_Item, ...], reading: Reading, at: int, gap: int, taken: tuple[Span, ...]
) -> Iterator[tuple[Span, ...]]:
    """Ways to find `items` with the first of them at most `gap` words after `at`."""
    if not items:
        if taken:
            yield taken
        return
    item, rest = items[0], items[1:]
    gap = max(gap, item.gap) if taken else 0
    spans = reading.spans.get(item.concept, {})
    for start in range(at, min(at + gap, len(reading.words) - 1) + 1):
        for end in spans.get(start, ()):
            yield from _from(rest, reading, end, 0, (*taken, (start, end)))
    if item.optional:
        yield from _from(rest, reading, at, gap, taken)
