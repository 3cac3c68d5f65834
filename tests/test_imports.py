"""Who may import whom: the rooms know only what lies behind them, and nothing runs in a circle."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "bedside"

FOR_ALL = {
    "bedside",
    "bedside.errors",
    "bedside.yamlfile",
    "bedside.resources",
    "bedside.memory",
    "bedside.service.places",
}
EVERYTHING = {"bedside"}

# Room (or module) under src/bedside: what it may import besides itself and `FOR_ALL`; an entry stands for
# everything below it.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"bedside.cli"},
    "errors": set(),
    "yamlfile": set(),
    "resources": set(),
    "memory": set(),
    "audio": set(),
    "asr": {"bedside.audio.block"},
    "nlu": set(),
    "dialogue": {"bedside.nlu"},
    "tts": {"bedside.audio.block", "bedside.audio.levels"},
    "diary": set(),
    "service": {"bedside.assistant", "bedside.config", "bedside.dialogue", "bedside.nlu.match"},
    # The shell around the rooms.
    "config_sections": set(),
    "config": EVERYTHING,
    "settings_file": {"bedside.config"},
    "ears": EVERYTHING,
    "own_voice": EVERYTHING,
    "mouth": EVERYTHING,
    "assistant": EVERYTHING,
    "rehearsal": EVERYTHING,
    "trust": EVERYTHING,
    "patience": EVERYTHING,
    "understanding": EVERYTHING,
    "wiring": EVERYTHING,
    "doctor": EVERYTHING,
    "cli": EVERYTHING,
}


def module_name(file: Path) -> str:
    parts = ("bedside", *file.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports(name: str, source: str, *, is_package: bool, at_load: bool = False) -> set[str]:
    """The modules of bedside that `source` names in its imports.

    at_load: only those that are imported while the module itself loads, so not those inside functions or
    for the type checker.
    """
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if at_load and (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _for_types(node)):
            continue
        pending.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(name, node, is_package)
            # `from room import x` is the module room.x, or a name inside room.
            found.update(f"{base}.{alias.name}" if f"{base}.{alias.name}" in FILES else base for alias in node.names)
    return {each for each in found if each.split(".")[0] == "bedside"}


def _base(name: str, node: ast.ImportFrom, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, node.module] if node.module else parts)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports_of(name: str, *, at_load: bool = False) -> set[str]:
    file = FILES[name]
    return imports(name, file.read_text(encoding="utf-8"), is_package=file.name == "__init__.py", at_load=at_load)


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def is_allowed(importer: str, imported: str) -> bool:
    if room(imported) == "cli" and room(importer) not in ("cli", "__main__"):
        return False
    if imported in FOR_ALL or room(importer) == room(imported):
        return True
    return any(imported == each or imported.startswith(f"{each}.") for each in MAY_IMPORT[room(importer)])


@pytest.mark.parametrize("name", FILES)
def test_a_module_imports_only_what_its_room_may(name: str) -> None:
    assert room(name) in MAY_IMPORT, f"say in MAY_IMPORT what the new room '{room(name)}' may import"
    assert [each for each in sorted(imports_of(name)) if not is_allowed(name, each)] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    sorter = TopologicalSorter({name: imports_of(name, at_load=True) - {name} for name in FILES})
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(f"circle of imports: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize(
    ("importer", "line", "allowed"),
    [
        ("bedside.audio.player", "from bedside.nlu.match import Match", False),
        ("bedside.audio.player", "from bedside.audio.block import RATE", True),
        ("bedside.asr.listener", "from bedside.audio.block import RATE", True),
        ("bedside.asr.listener", "import bedside.audio.levels", False),
        ("bedside.asr.listener", "from bedside.audio import block, levels", False),
        ("bedside.asr.listener", "from ..nlu import match", False),
        ("bedside.asr.listener", "from .hypothesis import Hypothesis", True),
        ("bedside.config", "from bedside.cli.output import console", False),
        ("bedside.nlu.match", "def f():\n    from bedside import resources, config", False),
        ("bedside.nlu.match", "from bedside import resources, __version__", True),
    ],
)
def test_the_rule_itself(importer: str, line: str, allowed: bool) -> None:
    assert all(is_allowed(importer, each) for each in imports(importer, line, is_package=False)) is allowed
