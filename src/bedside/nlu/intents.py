"""What people may say: every sentence of an intents file, each with its intent, slots, file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, get_args

from bedside.nlu.kept import digest_of, keep, read_kept
from bedside.nlu.match import Scope
from bedside.nlu.schema import IntentsFile, Thresholds
from bedside.resources import content_folder, intents_file
from bedside.yamlfile import Document, read_model

SCOPES: tuple[Scope, ...] = get_args(Scope)

LINE_WEIGHT = 50
"""How much a line of an intents file counts, shared among its sentences; each counts 1 at least. Chosen with
bench/acceptance.py."""


class Sentence(NamedTuple):
    """One sentence somebody may say, normalised.

    intent: None for a decoy. slots: what the sentence says. filled: (slot, meaning, words as spoken) of its lists.
    scopes: where it may be heard; ask_first: where even an exact hearing is only asked about.
    file, line: the template it comes from.
    """

    text: str
    intent: str | None
    slots: Mapping[str, str]
    filled: tuple[tuple[str, str, str], ...]
    scopes: tuple[Scope, ...]
    ask_first: tuple[Scope, ...]
    file: Path
    line: int


@dataclass(frozen=True, eq=False)
class IntentSet:
    """All sentences of an intents file, and its thresholds. Immutable; safe to share between threads."""

    everything: tuple[Sentence, ...]
    scope_thresholds: Mapping[Scope, Thresholds]
    intent_thresholds: Mapping[str, Thresholds]
    slot_words: Mapping[str, Mapping[str, Mapping[str, str]]]
    """intent -> slot -> words as spoken -> meaning, for every list the intent's sentences use."""
    unheard: Mapping[Scope, Sequence[str]]

    def sentences(self, scope: Scope) -> tuple[Sentence, ...]:
        """What may be said in `scope` and means something."""
        return self._by_scope[scope][0]

    def decoys(self, scope: Scope) -> tuple[Sentence, ...]:
        """What may be said in `scope` and means nothing."""
        return self._by_scope[scope][1]

    def grammar(self, scope: Scope) -> tuple[str, ...]:
        """All distinct texts of sentences and decoys in `scope`, that the recogniser listens for."""
        unheard = [f" {words} " for words in self.unheard.get(scope, ())]
        texts = dict.fromkeys(s.text for part in self._by_scope[scope] for s in part)
        return tuple(text for text in texts if not any(words in f" {text} " for words in unheard))

    def weights(self, scope: Scope) -> Mapping[str, int]:
        """How often each text of `grammar` counts for the recogniser. A line with few sentences counts like one with
        many, so that a household's own phrase is not lost among them; danger is listened for besides."""
        sentences = [s for s in self.sentences(scope) if s.intent != "danger_sign"]
        in_line = Counter((s.file, s.line) for s in sentences)
        weights = dict.fromkeys(self.grammar(scope), 1)
        for sentence in sentences:
            if sentence.text in weights:
                weight = LINE_WEIGHT // in_line[sentence.file, sentence.line]
                weights[sentence.text] = max(weights[sentence.text], weight)
        return weights

    def thresholds(self, intent: str, scope: Scope) -> Thresholds:
        return self.intent_thresholds.get(intent, self.scope_thresholds[scope])

    def origin(self, word: str) -> tuple[str, Path, int] | None:
        """Intent ("decoy" for decoys), file and line of the first sentence with `word`; None if there is none."""
        return self._origins.get(word)

    @cached_property
    def names(self) -> frozenset[str]:
        """The intents that have sentences."""
        return frozenset(s.intent for s in self.everything if s.intent is not None)

    @cached_property
    def _by_scope(self) -> Mapping[Scope, tuple[tuple[Sentence, ...], tuple[Sentence, ...]]]:
        return {
            scope: (
                tuple(s for s in self.everything if scope in s.scopes and s.intent is not None),
                tuple(s for s in self.everything if scope in s.scopes and s.intent is None),
            )
            for scope in SCOPES
        }

    @cached_property
    def _origins(self) -> Mapping[str, tuple[str, Path, int]]:
        found: dict[str, tuple[str, Path, int]] = {}
        for sentence in self.everything:
            for word in sentence.text.split():
                found.setdefault(word, (sentence.intent or "decoy", sentence.file, sentence.line))
        return found


@lru_cache(maxsize=8)
def load_intents(file: Path | None = None, kept: Path | None = None) -> IntentSet:
    """Read an intents file (None: the shipped one). kept: a folder where its sentences are kept from one start to the
    next.

    A person's own file replaces the shipped sentences, but the safety words stay: where it has no `danger_sign`
    or no `stop`, the shipped sentences of that intent are added. Raises ContentError.
    """
    content, document = read_model(file or intents_file(), IntentsFile)
    sentences = _sentences(content, document, kept)
    words: dict[str, dict[str, dict[str, str]]] = {}
    for sentence in sentences:
        for slot, meaning, spoken in sentence.filled:
            words.setdefault(sentence.intent or "", {}).setdefault(slot, {})[spoken] = meaning
    return IntentSet(
        everything=tuple(sentences),
        scope_thresholds={"idle": content.thresholds.idle, "session": content.thresholds.session},
        intent_thresholds={n: i.thresholds for n, i in content.intents.items() if i.thresholds},
        slot_words=words,
        unheard=content.unheard,
    )


def _sentences(content: IntentsFile, document: Document, kept: Path | None) -> list[Sentence]:
    """Those of the last start, if they were made from the same."""
    if kept is None:
        return _made(content, document)
    language = content_folder()
    digest = digest_of((document.file, intents_file(), language / "speech.yaml", language / "danger.yaml"))
    rows = read_kept(kept, digest)
    if rows is not None:
        return [Sentence(*row) for row in rows]
    sentences = _made(content, document)
    keep(kept, digest, sentences)
    return sentences


def _made(content: IntentsFile, document: Document) -> list[Sentence]:
    # What reads templates takes time and memory by itself.
    from bedside.nlu.reading import read_sentences

    return read_sentences(content, document)
