"""From the templates of an intents file to every sentence that they can produce; every mistake is a ContentError that
names the line and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from bedside.errors import ContentError
from bedside.nlu.intents import SCOPES, Sentence
from bedside.nlu.match import INTENTS, Scope
from bedside.nlu.meaning import danger_signs
from bedside.nlu.schema import SAFETY_INTENTS, SLOT_VALUES, SLOTS, Block, Decoy, IntentsFile, Spoken, Tier
from bedside.nlu.template import Expansion, Grammar, ListValue, ParsedTemplate, TemplateError, expand, parse
from bedside.nlu.text import normalise
from bedside.resources import intents_file
from bedside.yamlfile import Document, Key, read_model, suggest


def read_sentences(content: IntentsFile, document: Document) -> list[Sentence]:
    """All sentences of an intents file, checked; with the shipped safety words if it has none. Raises ContentError."""
    sentences = list(_Reader(content, document).sentences())
    missing = [name for name in SAFETY_INTENTS if name not in content.intents]
    if missing:
        shipped = _Reader(*read_model(intents_file(), IntentsFile))
        sentences.extend(s for s in shipped.sentences() if s.intent in missing)
    _check_distinct(sentences)
    _check_unheard(content, document, sentences)
    return sentences


def _check_unheard(content: IntentsFile, document: Document, sentences: Sequence[Sentence]) -> None:
    """Nothing may keep the recogniser from hearing "stop" or an emergency."""
    needed = [s for s in sentences if s.intent == "stop" or s.slots.get("tier") == "emergency"]
    for scope, unheard in content.unheard.items():
        for index, words in enumerate(unheard):
            for sentence in needed:
                if scope in sentence.scopes and f" {words} " in f" {sentence.text} ":
                    raise document.error(
                        ("unheard", scope, index),
                        f"'{sentence.text}' has to be heard, and has '{words}' in it.",
                        "Take it out of 'unheard'.",
                    )


class _Reader:
    """One intents file on its way to sentences."""

    def __init__(self, content: IntentsFile, document: Document) -> None:
        self.content, self.document = content, document
        self.grammar = self._grammar()

    def sentences(self) -> Iterator[Sentence]:
        for name, intent in self.content.intents.items():
            if name not in INTENTS:
                raise self.document.error(("intents", name), f"unknown intent '{name}'.", suggest(name, INTENTS))
            for index, block in enumerate(intent.data):
                path: tuple[Key, ...] = ("intents", name, "data", index)
                self._check_slots(name, block, path)
                scopes = block.heard_in or intent.heard_in
                yield from self._block(name, block.sentences, block.slots, scopes, block.ask_first, path)
        for index, decoy in enumerate(self.content.decoys):
            if isinstance(decoy, Decoy):
                yield from self._block(None, decoy.sentences, {}, decoy.heard_in, [], ("decoys", index))
            else:
                yield from self._template(None, decoy, {}, SCOPES, [], ("decoys", index))

    def _block(
        self,
        intent: str | None,
        templates: Sequence[str],
        slots: Mapping[str, str],
        scopes: Sequence[Scope],
        ask_first: Sequence[Scope],
        path: tuple[Key, ...],
    ) -> Iterator[Sentence]:
        for index, template in enumerate(templates):
            yield from self._template(intent, template, slots, scopes, ask_first, (*path, "sentences", index))

    def _template(
        self,
        intent: str | None,
        template: str,
        slots: Mapping[str, str],
        scopes: Sequence[Scope],
        ask_first: Sequence[Scope],
        path: tuple[Key, ...],
    ) -> Iterator[Sentence]:
        line, heard_in, asked_in = self.document.line(*path), tuple(scopes), tuple(ask_first)
        for expansion in self._expand(template, path):
            text = normalise(expansion.text)
            if not text:
                raise self.document.error(path, "this sentence has no words.", "Write what is said.")
            said, filled = slots, expansion.filled
            if filled:
                said = {**{slot: meaning for slot, meaning, _ in filled}, **slots}
                filled = tuple((slot, meaning, normalise(spoken)) for slot, meaning, spoken in filled)
            yield Sentence(text, intent, said, filled, heard_in, asked_in, self.document.file, line)

    def _expand(self, template: str, path: tuple[Key, ...]) -> list[Expansion]:
        if not template.strip():
            raise self.document.error(path, "an empty sentence.", "Write what is said, or delete the line.")
        try:
            return expand(template, self.grammar)
        except TemplateError as error:
            raise self.document.error(path, error.problem, error.advice) from None

    def _grammar(self) -> Grammar:
        """Parse lists and expansion rules, and try each of them, so that an unused one is checked too."""
        rules, lists = {}, {}
        for name, template in self.content.expansion_rules.items():
            rules[name] = self._parsed(template, ("expansion_rules", name))
        for name, word_list in self.content.lists.items():
            values = []
            for index, value in enumerate(word_list.values):
                words, meaning = (value.words, value.out) if isinstance(value, Spoken) else (value, value)
                values.append(ListValue(self._parsed(words, ("lists", name, "values", index)), meaning))
            lists[name] = tuple(values)
        grammar = Grammar(rules, lists)
        for name in rules:
            try:
                expand(f"<{name}>", grammar)
            except TemplateError as error:
                raise self.document.error(("expansion_rules", name), error.problem, error.advice) from None
        return grammar

    def _parsed(self, template: str, path: tuple[Key, ...]) -> ParsedTemplate:
        if not template.strip():
            raise self.document.error(path, "an empty entry.", "Write the words.")
        try:
            return parse(template)
        except TemplateError as error:
            raise self.document.error(path, error.problem, error.advice) from None

    def _check_slots(self, name: str, block: Block, path: tuple[Key, ...]) -> None:
        if name == "danger_sign":
            tier = block.slots.get("tier")
            if tier not in get_args(Tier):
                known = ", ".join(get_args(Tier))
                raise self.document.error(
                    (*path, "slots", "tier"),
                    f"danger_sign needs a slot tier that is one of {known}.",
                    f"It says {tier!r}.",
                )
            sign = block.slots.get("sign")
            if sign is None:
                raise self.document.error((*path, "slots"), "danger_sign needs a slot 'sign'.", "Name the sign.")
            if sign not in danger_signs():
                raise self.document.error(
                    (*path, "slots", "sign"), f"unknown sign '{sign}'.", suggest(sign, sorted(danger_signs()))
                )
        for slot, value in block.slots.items():
            known_slots = SLOTS.get(name, ())
            if slot not in known_slots:
                problem = f"{name} has no slot '{slot}'."
                raise self.document.error((*path, "slots", slot), problem, suggest(slot, known_slots))
            values = SLOT_VALUES.get(slot, (value,))
            if value not in values:
                problem = f"the slot '{slot}' cannot be '{value}'."
                raise self.document.error((*path, "slots", slot), problem, suggest(value, values))
        if name == "start_routine" and not block.slots.get("routine"):
            raise self.document.error(
                (*path, "slots"), "start_routine needs a slot 'routine'.", "Name the routine to start."
            )


def _check_distinct(sentences: Sequence[Sentence]) -> None:
    """Two meanings for one sentence in one scope would make the answer a matter of luck."""
    seen: dict[tuple[Scope, str], Sentence] = {}
    for sentence in sentences:
        for scope in sentence.scopes:
            other = seen.setdefault((scope, sentence.text), sentence)
            if other is not sentence and (other.intent, dict(other.slots)) != (sentence.intent, dict(sentence.slots)):
                raise ContentError(
                    sentence.file,
                    sentence.line,
                    f"'{sentence.text}' stands for {sentence.intent or 'a decoy'} here and for "
                    f"{other.intent or 'a decoy'} in {other.file}:{other.line} ({scope}).",
                    "Keep one of the two, or give them different slots' words or heard_in.",
                )
