"""All that is spoken or matched stands in content files: no stray English in the code that speaks and understands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "bedside"
ROOMS = ("dialogue", "nlu", "tts", "audio", "asr")
TELLING = ("tts", "audio", "asr")
"""Rooms that know no words of the conversation: only what they say is looked at."""

SHELL = ("assistant.py", "ears.py", "mouth.py", "own_voice.py", "trust.py", "rehearsal.py")
FILES = sorted([*(file for room in ROOMS for file in (PACKAGE / room).glob("*.py")), *(PACKAGE / n for n in SHELL)])

SENTENCE = re.compile(r"[A-Za-z']{2,} [a-z']{2,}")
SPEAKING = {"Speak", "Ask", "Cue", "Line", "Say", "clip", "aside"}
"""Calls whose arguments are spoken: not even one word of English may stand in them."""

FAULTS = re.compile(r"(Error|Fault|Problem|Retry)$|^(error|fail|warn|print|trouble|UsageError)$|_error$")
"""Calls whose texts are for whoever reads a message on a screen."""


def literals(tree: ast.AST) -> Iterator[tuple[ast.Constant, list[ast.AST]]]:
    """All string constants with the nodes around them, outermost first; docstrings and annotations left out."""
    pending: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while pending:
        node, around = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, around
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            for child in value if isinstance(value, list) else [value]:
                is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
                if isinstance(child, ast.AST) and not is_docstring:
                    pending.append((child, [*around, node]))


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_message(around: list[ast.AST]) -> bool:
    """Whether a text belongs to a fault that is raised or told on a screen, or is kept to be so."""
    for node in around:
        if isinstance(node, ast.Raise) or FAULTS.search(called(node)):
            return True
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and any(
            isinstance(target, ast.Name) and re.search(r"problem|advice|known|reason|fault|note", target.id)
            for target in targets
        ):
            return True
    return False


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_spoken_or_matched_text_in_code(file: Path) -> None:
    for literal, around in literals(ast.parse(file.read_text(encoding="utf-8"))):
        spoken = any(called(node) in SPEAKING for node in around)
        if spoken:
            # Step names and guidance ids are no speech.
            assert not re.search(r"[A-Za-z]{2,} |[.?!]$", literal.value), (
                f"{file.name}:{literal.lineno}: {literal.value}"
            )
        elif file.parent.name not in TELLING and SENTENCE.search(literal.value) and not is_message(around):
            assert literal.value in ALLOWED, f"{file.name}:{literal.lineno}: {literal.value!r}"


ALLOWED = {"first two", "unknown concept", "None is defined in this file."}
"""Constants of several words that nobody hears or says: a key of the format, and parts of messages."""


def test_the_test_sees_what_it_looks_for() -> None:
    tree = ast.parse('x = "straighten your leg"\nscene.aside("Louder.")\nraise ValueError("that is wrong")')
    found = [(literal.value, is_message(around)) for literal, around in literals(tree)]
    assert sorted(found) == [("Louder.", False), ("straighten your leg", False), ("that is wrong", True)]
