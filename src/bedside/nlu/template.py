"""Every sentence a Home Assistant sentence template can produce, with the slots it fills.

hassil's own sampler gives the texts without the slots, so its expression tree is walked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod
from typing import TypeAlias

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from bedside.yamlfile import suggest

ParsedTemplate: TypeAlias = Sentence

LIMIT = 20_000
"""More sentences than this from one template are a slip of the pen."""


class TemplateError(ValueError):
    """What is wrong with a template, as ``problem`` and ``advice``; the caller knows file and line."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


@dataclass(frozen=True)
class ListValue:
    """One value of a list: `words` as spoken, `meaning` as it stands in the slot."""

    words: Sentence
    meaning: str


@dataclass(frozen=True)
class Grammar:
    """The parts that templates share: expansion rules and lists by name."""

    rules: Mapping[str, Sentence]
    lists: Mapping[str, tuple[ListValue, ...]]


@dataclass(frozen=True)
class Expansion:
    """One sentence of a template. `filled` holds (slot, meaning, words as spoken) in order."""

    text: str
    filled: tuple[tuple[str, str, str], ...] = ()


def parse(template: str) -> Sentence:
    """Parse one template. Raises TemplateError for bad syntax."""
    try:
        return parse_sentence(template)
    except (ParseError, ValueError, AssertionError) as error:
        raise TemplateError(
            f"the template '{template}' cannot be read ({' '.join(str(error).split()) or 'bad brackets'}).",
            "Close every (, [, { and <.",
        ) from None


def expand(template: str, grammar: Grammar) -> list[Expansion]:
    """All sentences of `template`. Raises TemplateError for bad syntax, an unknown or self-referring rule,
    an unknown list, an empty sentence, or more than `LIMIT` sentences."""
    tree = parse(template).expression
    if _count(tree, grammar, ()) > LIMIT:
        raise TemplateError(
            f"the template '{template}' makes more than {LIMIT} sentences.", "Split it or drop optional words."
        )
    result = []
    for expansion in _walk(tree, grammar):
        text = " ".join(expansion.text.split())
        if not text:
            raise TemplateError(f"the template '{template}' allows an empty sentence.", "Keep one word required.")
        result.append(Expansion(text, expansion.filled))
    return result


def _rule(node: RuleReference, grammar: Grammar, above: tuple[str, ...]) -> Expression:
    name = node.rule_name
    if name not in grammar.rules:
        raise TemplateError(f"unknown expansion rule <{name}>.", _known(name, grammar.rules))
    if name in above:
        raise TemplateError(f"the expansion rule <{name}> refers to itself.", "Write the words out.")
    return grammar.rules[name].expression


def _values(node: ListReference, grammar: Grammar) -> tuple[ListValue, ...]:
    if node.list_name not in grammar.lists:
        raise TemplateError(f"unknown list {{{node.list_name}}}.", _known(node.list_name, grammar.lists))
    return grammar.lists[node.list_name]


def _known(name: str, names: Mapping[str, object]) -> str:
    return suggest(name, list(names)) or "None is defined in this file."


def _count(node: Expression, grammar: Grammar, above: tuple[str, ...]) -> int:
    if isinstance(node, RuleReference):
        return _count(_rule(node, grammar, above), grammar, (*above, node.rule_name))
    if isinstance(node, ListReference):
        return sum(_count(value.words.expression, grammar, above) for value in _values(node, grammar))
    if isinstance(node, Alternative):
        return sum(_count(item, grammar, above) for item in node.items)
    if isinstance(node, Permutation):
        return factorial(len(node.items)) * prod(_count(item, grammar, above) for item in node.items)
    if isinstance(node, Group):
        return prod(_count(item, grammar, above) for item in node.items)
    return 1


def _walk(node: Expression, grammar: Grammar) -> Iterator[Expansion]:
    if isinstance(node, TextChunk):
        yield Expansion(node.text)
    elif isinstance(node, RuleReference):
        yield from _walk(grammar.rules[node.rule_name].expression, grammar)
    elif isinstance(node, ListReference):
        for value in _values(node, grammar):
            for words in _walk(value.words.expression, grammar):
                yield Expansion(words.text, ((node.slot_name, value.meaning, words.text.strip()),))
    elif isinstance(node, Permutation):
        for order in permutations(node.items):
            yield from _sequence(list(order), grammar)
    elif isinstance(node, Alternative):
        for item in node.items:
            yield from _walk(item, grammar)
    elif isinstance(node, Group):
        yield from _sequence(node.items, grammar)


def _sequence(items: list[Expression], grammar: Grammar) -> Iterator[Expansion]:
    for parts in product(*(list(_walk(item, grammar)) for item in items)):
        yield Expansion("".join(part.text for part in parts), tuple(filled for part in parts for filled in part.filled))
