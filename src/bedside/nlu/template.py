"""Every sentence a Home Assistant sentence template can produce, with the slots it fills.

hassil's own sampler gives the texts without the slots, so its expression tree is walked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, permutations
from math import factorial, prod
from typing import NamedTuple, TypeAlias

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

DEEPEST = 30
"""Levels of brackets in one template."""


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
    _expanded: dict[str, list[Expansion]] = field(default_factory=dict)
    """What the rules used so far stand for: a few of them stand in nearly every template."""


class Expansion(NamedTuple):
    """One sentence of a template. `filled` holds (slot, meaning, words as spoken) in order."""

    text: str
    filled: tuple[tuple[str, str, str], ...] = ()


def parse(template: str) -> Sentence:
    """Parse one template. Raises TemplateError for bad syntax."""
    if max(accumulate((sign in "([<{") - (sign in ")]>}") for sign in template), default=0) > DEEPEST:
        raise TemplateError(f"a template has brackets in more than {DEEPEST} levels.", "Write several sentences.")
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


def _walk(node: Expression, grammar: Grammar) -> list[Expansion]:
    if isinstance(node, TextChunk):
        return [Expansion(node.text)]
    if isinstance(node, RuleReference):
        if node.rule_name not in grammar._expanded:
            grammar._expanded[node.rule_name] = _walk(grammar.rules[node.rule_name].expression, grammar)
        return grammar._expanded[node.rule_name]
    if isinstance(node, ListReference):
        return [
            Expansion(words.text, ((node.slot_name, value.meaning, words.text.strip()),))
            for value in _values(node, grammar)
            for words in _walk(value.words.expression, grammar)
        ]
    if isinstance(node, Permutation):
        return [expansion for order in permutations(node.items) for expansion in _sequence(order, grammar)]
    if isinstance(node, Alternative):
        return [expansion for item in node.items for expansion in _walk(item, grammar)]
    return _sequence(node.items, grammar) if isinstance(node, Group) else []


def _sequence(items: Sequence[Expression], grammar: Grammar) -> list[Expansion]:
    """Each item in each of its ways, those of the last one changing fastest."""
    result = [Expansion("")]
    for item in items:
        parts = _walk(item, grammar)
        result = [Expansion(text + part.text, filled + part.filled) for text, filled in result for part in parts]
    return result
