"""What an utterance means by its concepts, for words that no template foresaw: danger signs first.

`danger.yaml` says which concepts together are a danger sign, and what takes a sign back: a negation
("no chest pain"), a question to somebody else, hearsay, the past, another person. `everyday.yaml` does the
same for common requests in free words. Both files are content; nothing here knows English.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bedside.nlu.concepts import Lexicon, Pattern, PatternError, Reading, Span, find
from bedside.nlu.match import INTENTS, Scope
from bedside.nlu.schema import Tier
from bedside.nlu.text import Speech, load_speech
from bedside.resources import content_folder
from bedside.yamlfile import Document, Key, read_model, suggest

ShadowKind = Literal["negation", "not_hers", "other_person"]
"""negation: the opposite is said. not_hers: a question, hearsay, the past. other_person: somebody else has it."""

OTHER_PERSON = "other_person"

Patterns = Annotated[list[str], Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ShadowEntry(_Strict):
    """Words that take back what follows them within `reach` words, up to the first of `ends` or the next clause
    (0: everything in their clause); each of `joins` starts the count anew. Nothing is taken back if `unless` is
    found."""

    kind: ShadowKind
    when: Patterns
    reach: Annotated[int, Field(ge=0, le=30)]
    ends: list[str] = []
    joins: list[str] = []
    unless: list[str] = []


class SignEntry(_Strict):
    """One danger sign. `unless`: harmless readings of the same words, in the same clause. `doubtful`: ask before
    the alarm."""

    sign: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    tier: Tier
    when: Patterns
    unless: list[str] = []
    doubtful: bool = False


class DangerFile(_Strict):
    concepts: dict[str, list[str]]
    findings: list[str]
    """Words that are never a slip of another one, since they may tell of danger. Also a concept, <finding>."""
    clauses: list[str]
    """Words at which a new thought begins: what is harmless in one clause takes nothing back in another."""
    shadows: list[ShadowEntry]
    corrections: list[str]
    signs: Annotated[list[SignEntry], Field(min_length=1)]


class MeaningEntry(_Strict):
    intent: str
    heard_in: Annotated[list[Scope], Field(min_length=1)] = ["idle", "session"]
    when: Patterns
    unless: list[str] = []
    slots: dict[str, str] = {}


class OfHer(_Strict):
    """Words that tell that a woman is spoken of who is not the one speaking."""

    when: Patterns
    unless: list[str] = []


class EverydayFile(_Strict):
    concepts: dict[str, list[str]]
    of_her: OfHer | None = None
    meanings: Annotated[list[MeaningEntry], Field(min_length=1)]


@dataclass(frozen=True)
class Danger:
    """A danger sign found by its words. pattern: what was found, as written in the content file."""

    tier: Tier
    sign: str
    doubtful: bool
    pattern: str


@dataclass(frozen=True)
class Everyday:
    """A common request found by its words."""

    intent: str
    slots: Mapping[str, str]
    pattern: str


@dataclass(frozen=True)
class _Shadow:
    kind: ShadowKind
    when: tuple[Pattern, ...]
    reach: int
    ends: tuple[Pattern, ...]
    joins: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True)
class _Rule:
    """A danger sign or a common request, ready to be looked for."""

    entry: SignEntry | MeaningEntry
    when: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True)
class _Cast:
    """A shadow as it falls on one utterance: its own words, and the words it covers."""

    kind: ShadowKind
    source: Span
    covers: Span


class Meanings:
    """Reads utterances. Build it with `load_meanings`."""

    def __init__(
        self,
        speech: Speech,
        lexicon: Lexicon,
        findings: Sequence[str],
        clauses: Sequence[Pattern],
        shadows: Sequence[_Shadow],
        corrections: Sequence[Pattern],
        signs: Sequence[_Rule],
        everyday: Sequence[_Rule],
        of_her: tuple[Sequence[Pattern], Sequence[Pattern]],
    ) -> None:
        self.signs = frozenset(rule.entry.sign for rule in signs if isinstance(rule.entry, SignEntry)) | {OTHER_PERSON}
        self._speech = speech
        self._lexicon = lexicon
        self.findings = frozenset(findings)
        self._clauses = clauses
        self._shadows = shadows
        self._corrections = corrections
        self._signs = signs
        self._everyday = everyday
        self._of_her = of_her

    def slots(self) -> list[dict[str, str]]:
        """The slots that signs and common requests fill."""
        return [rule.entry.slots for rule in self._everyday if isinstance(rule.entry, MeaningEntry)]

    def is_of_her(self, text: str) -> bool:
        """Whether a normalised text speaks of a woman who is not the one speaking."""
        reading = self._read(text)[0]
        when, unless = self._of_her
        return _any(when, reading) and not _any(unless, reading)

    def is_of_me(self, text: str) -> bool:
        """Whether a normalised text speaks of the one speaking: "my leg"."""
        return _any(self._of_her[1], self._read(text)[0])

    def danger(self, text: str) -> Danger | None:
        """The gravest danger sign in a normalised text: emergency before urgent, certain before doubtful."""
        found = (danger for rule in self._signs if (danger := self._sign(rule, *self._read(text))))
        return min(found, key=lambda d: (d.tier != "emergency", d.sign == OTHER_PERSON, d.doubtful), default=None)

    def marked(self, text: str) -> list[str]:
        """The words of a normalised text; one that is taken back is marked: "not:swollen", "hers:swollen"."""
        reading, casts, _ = self._read(text)
        words = list(reading.words)
        for cast in casts:
            for at in range(*cast.covers):
                mark = "not:" if cast.kind == "negation" else "hers:"
                words[at] = mark + reading.words[at]
        return words

    def takes_danger_back(self, text: str) -> bool:
        """Whether a normalised text names a danger sign only to deny it, or of somebody or some time else."""
        reading, casts, _ = self._read(text)
        patterns = (pattern for rule in self._signs for pattern in rule.when)
        return any(_covering(spans, casts) for pattern in patterns for spans in find(pattern, reading))

    def everyday(self, text: str, scope: Scope) -> Everyday | None:
        """The first common request of everyday.yaml that is in a normalised text."""
        reading, casts, _ = self._read(text)
        for rule in self._everyday:
            entry = rule.entry
            assert isinstance(entry, MeaningEntry)
            if scope not in entry.heard_in or _any(rule.unless, reading):
                continue
            for pattern in rule.when:
                if any(not _covering(spans, casts) for spans in find(pattern, reading)):
                    return Everyday(entry.intent, entry.slots, pattern.text)
        return None

    def _sign(self, rule: _Rule, reading: Reading, casts: Sequence[_Cast], clauses: Sequence[int]) -> Danger | None:
        entry = rule.entry
        assert isinstance(entry, SignEntry)
        elsewhere: Danger | None = None
        harmless = {clauses[at] for pattern in rule.unless for spans in find(pattern, reading) for at, _ in spans}
        for pattern in rule.when:
            for spans in find(pattern, reading):
                if any(clauses[at] in harmless for at, _ in spans):
                    continue
                kinds = _covering(spans, casts)
                if "negation" in kinds and self._corrected(spans, reading):
                    kinds = kinds - {"negation"}
                if not kinds:
                    return Danger(entry.tier, entry.sign, entry.doubtful, pattern.text)
                if kinds == {"other_person"} and entry.tier == "emergency":
                    elsewhere = Danger(entry.tier, OTHER_PERSON, entry.doubtful, pattern.text)
        return elsewhere

    def _corrected(self, spans: tuple[Span, ...], reading: Reading) -> bool:
        last = max(end for _, end in spans)
        return any(at[0][0] >= last for pattern in self._corrections for at in find(pattern, reading))

    @lru_cache(maxsize=256)  # noqa: B019 - lives as long as the process, like the one Meanings
    def _read(self, text: str) -> tuple[Reading, tuple[_Cast, ...], tuple[int, ...]]:
        """The concepts of a text, what is taken back in it, and the number of the clause of each word."""
        reading = self._lexicon.read(" ".join(self._speech.fillers.sub(" ", text).split()))
        starts = {spans[0][0] for pattern in self._clauses for spans in find(pattern, reading)}
        clauses = tuple(accumulate(int(at in starts) for at in range(len(reading.words))))
        casts = tuple(cast for shadow in self._shadows for cast in _cast(shadow, reading, clauses))
        return reading, casts, clauses


def _any(patterns: Iterable[Pattern], reading: Reading) -> bool:
    return any(True for pattern in patterns for _ in find(pattern, reading))


def _cast(shadow: _Shadow, reading: Reading, clauses: Sequence[int]) -> Iterable[_Cast]:
    if _any(shadow.unless, reading):
        return
    ends = {spans[0][0] for pattern in shadow.ends for spans in find(pattern, reading)}
    joins = {spans[0][0] for pattern in shadow.joins for spans in find(pattern, reading)}
    for pattern in shadow.when:
        for spans in find(pattern, reading):
            source = (spans[0][0], spans[-1][1])
            clause = clauses[source[1] - 1]
            stop = bisect_right(clauses, clause)
            if shadow.reach == 0:
                yield _Cast(shadow.kind, source, (bisect_left(clauses, clause), stop))
                continue
            at, left = source[1], shadow.reach
            while at < stop and left > 0 and at not in ends:
                left = shadow.reach if at in joins else left - 1
                at += 1
            yield _Cast(shadow.kind, source, (source[1], at))


def _covering(spans: tuple[Span, ...], casts: Sequence[_Cast]) -> set[ShadowKind]:
    """Which kinds of shadow lie on a match. A negation that is part of the match casts none on it: in "the baby
    isn't moving" the negation is the sign."""
    kinds: set[ShadowKind] = set()
    for cast in casts:
        own = any(start < cast.source[1] and cast.source[0] < end for start, end in spans)
        if cast.kind == "negation" and own:
            continue
        if any(cast.covers[0] <= start < cast.covers[1] for start, _ in spans):
            kinds.add(cast.kind)
    return kinds


E = TypeVar("E", SignEntry, MeaningEntry)


class _Builder:
    """Turns the content files into patterns; every fault is told with its file and line."""

    def __init__(self, lexicon: Lexicon, speech: Speech) -> None:
        self.lexicon = lexicon
        self.speech = speech

    def concepts(self, document: Document, concepts: Mapping[str, Sequence[str]]) -> None:
        for name, phrases in concepts.items():
            try:
                self.lexicon.add(name, [self.speech.respell(phrase.lower()) for phrase in phrases])
            except PatternError as error:
                raise document.error(("concepts", name), str(error)) from None

    def patterns(self, document: Document, path: tuple[Key, ...], texts: Sequence[str]) -> tuple[Pattern, ...]:
        result = []
        for index, text in enumerate(texts):
            try:
                result.append(self.lexicon.pattern(self.speech.respell(text.lower())))
            except PatternError as error:
                advice = ""
                if str(error).startswith("unknown concept"):
                    name = str(error).partition("<")[2].partition(">")[0]
                    advice = suggest(name, [n for n in self.lexicon.phrases if not n.startswith("=")])
                raise document.error((*path, index), str(error), advice) from None
        return tuple(result)

    def shadow(self, document: Document, index: int, entry: ShadowEntry) -> _Shadow:
        path: tuple[Key, ...] = ("shadows", index)
        parts = {
            name: self.patterns(document, (*path, name), getattr(entry, name))
            for name in ("when", "ends", "joins", "unless")
        }
        return _Shadow(entry.kind, parts["when"], entry.reach, parts["ends"], parts["joins"], parts["unless"])

    def of_her(self, document: Document, entry: OfHer | None) -> tuple[Sequence[Pattern], Sequence[Pattern]]:
        if entry is None:
            return (), ()
        return (
            self.patterns(document, ("of_her", "when"), entry.when),
            self.patterns(document, ("of_her", "unless"), entry.unless),
        )

    def rules(self, document: Document, key: str, entries: Sequence[E]) -> list[_Rule]:
        for index, entry in enumerate(entries):
            if isinstance(entry, MeaningEntry) and entry.intent not in INTENTS:
                path = (key, index, "intent")
                raise document.error(path, f"unknown intent '{entry.intent}'.", suggest(entry.intent, INTENTS))
        return [
            _Rule(
                entry,
                self.patterns(document, (key, index, "when"), entry.when),
                self.patterns(document, (key, index, "unless"), entry.unless),
            )
            for index, entry in enumerate(entries)
        ]


@lru_cache(maxsize=4)
def load_meanings(folder: Path | None = None) -> Meanings:
    """Read danger.yaml, everyday.yaml and speech.yaml of `folder` (None: the shipped content folder).
    Raises ContentError with file and line."""
    folder = folder or content_folder()
    speech = load_speech(folder / "speech.yaml")
    danger, danger_doc = read_model(folder / "danger.yaml", DangerFile)
    everyday, everyday_doc = read_model(folder / "everyday.yaml", EverydayFile)
    lexicon = Lexicon()
    build = _Builder(lexicon, speech)
    build.concepts(danger_doc, danger.concepts)
    build.concepts(danger_doc, {"finding": danger.findings})
    build.concepts(everyday_doc, everyday.concepts)
    return Meanings(
        speech,
        lexicon,
        danger.findings,
        build.patterns(danger_doc, ("clauses",), danger.clauses),
        [build.shadow(danger_doc, index, entry) for index, entry in enumerate(danger.shadows)],
        build.patterns(danger_doc, ("corrections",), danger.corrections),
        build.rules(danger_doc, "signs", danger.signs),
        build.rules(everyday_doc, "meanings", everyday.meanings),
        build.of_her(everyday_doc, everyday.of_her),
    )


def danger_signs() -> frozenset[str]:
    """The names of all danger signs, for whoever says something different by sign."""
    return load_meanings().signs
