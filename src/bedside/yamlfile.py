"""YAML files that people write by hand: strict reading, every complaint with file and line.

`Document` keeps the line of every key and list item, so that checks made after parsing can
still point at the place. `read_model` checks a file against a pydantic model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, RootModel, ValidationError

from bedside.errors import ContentError

Key = str | int
M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans: in these files yes, no, on and off are words people say."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class Document:
    """Plain data of one YAML file and the line (from 1) of each of its parts.

    `data` holds dicts, lists, strings, numbers, booleans and None. A path such as
    ``("intents", "stop", "data", 0)`` names a part.
    """

    def __init__(self, file: Path, data: Any, lines: dict[tuple[Key, ...], int]) -> None:
        self.file = file
        self.data = data
        self._lines = lines

    def line(self, *path: Key) -> int:
        """Line of the part at `path`, or of the nearest part around it that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1

    def error(self, path: Sequence[Key], problem: str, advice: str = "") -> ContentError:
        """The error to raise about the part at `path`."""
        return ContentError(self.file, self.line(*path), problem, advice)


def read_document(file: Path) -> Document:
    """Read one YAML file. Raises ContentError if it cannot be read, is empty, or is not YAML;
    a key written twice in one mapping is an error too (PyYAML would silently keep the last)."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(file, None, "there is no such file.") from None
    except UnicodeDecodeError:
        raise ContentError(file, None, "is not a UTF-8 text file.", "Save it as UTF-8.") from None
    except OSError as error:
        raise ContentError(file, None, f"cannot be read ({error.strerror}).") from None
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = (error.problem or error.context or "cannot be parsed").rstrip(".")
        raise ContentError(
            file,
            line,
            f"is not valid YAML: {problem}.",
            "Check indentation, colons and quotes there.",
        ) from None
    except yaml.YAMLError as error:
        raise ContentError(file, None, f"is not valid YAML: {' '.join(str(error).split())}.") from None
    if root is None:
        raise ContentError(file, 1, "the file is empty.")
    lines: dict[tuple[Key, ...], int] = {(): root.start_mark.line + 1}
    data = _plain(file, root, (), lines, ())
    return Document(file, data, lines)


def _plain(
    file: Path,
    node: yaml.Node,
    path: tuple[Key, ...],
    lines: dict[tuple[Key, ...], int],
    above: tuple[int, ...],
) -> Any:
    """Turn a YAML node into plain data and note the line of each part."""
    if id(node) in above:
        raise ContentError(file, node.start_mark.line + 1, "an alias refers to itself.", "Write the text out.")
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            # A bare yes/no/on/off key is a boolean to YAML; people mean the word.
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                raise ContentError(file, line, "a key must be a plain word.")
            if key in result:
                raise ContentError(file, line, f"'{key}' is written twice here.", "Keep one of the two.")
            lines[(*path, key)] = line
            result[key] = _plain(file, value_node, (*path, key), lines, above)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            items.append(_plain(file, item, (*path, index), lines, above))
        return items
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(
            file, node.start_mark.line + 1, f"this value cannot be read ({' '.join(str(error).split())})."
        ) from None


def read_model(file: Path, model: type[M]) -> tuple[M, Document]:
    """Read `file` and check it against `model`. Raises ContentError with the line of the first fault."""
    document = read_document(file)
    return check_model(document, model), document


def check_model(document: Document, model: type[M], path: tuple[Key, ...] = (), data: Any = None) -> M:
    """Check `data` (default: the whole document), which stands at `path`, against `model`."""
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        # A mistyped key is also a missing one; the typing mistake is what helps.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        where = (*path, *first["loc"])
        if first["type"] == "extra_forbidden":
            allowed = _field_names(model, first["loc"][:-1])
            raise document.error(
                where, f"unknown key '{first['loc'][-1]}'.", suggest(str(first["loc"][-1]), allowed)
            ) from None
        if first["type"] == "missing":
            raise document.error(where[:-1], f"the key '{where[-1]}' is missing.", "Add it.") from None
        name = ".".join(str(part) for part in where) or "the file"
        problem = first["msg"].removeprefix("Value error, ")
        problem = problem[0].lower() + problem[1:]
        raise document.error(where, f"{name}: {problem.rstrip('.')}.", _given(first)) from None


def suggest(word: str, allowed: Sequence[str]) -> str:
    """ "Did you mean ...?" for a mistyped word, or the list of what is allowed."""
    close = get_close_matches(word, allowed, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known here: {', '.join(sorted(allowed))}." if allowed else ""


def _given(error: Any) -> str:
    value = error.get("input")
    return f"It says {value!r}." if isinstance(value, str | int | float | bool) else ""


def _field_names(model: type[BaseModel], path: Sequence[Key]) -> list[str]:
    """Names of the keys that are allowed at `path` below `model`, as far as its types tell."""
    current: Any = model
    for part in path:
        current = _inside(current, part)
    for each in _alternatives(current):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return [f.alias or name for name, f in each.model_fields.items()]
    return []


def _inside(annotation: Any, part: Key) -> Any:
    """The type of what stands at `part` in a value of type `annotation`; the same type if that tells nothing."""
    for each in _alternatives(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            for name, field in each.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation
        elif get_origin(each) is not None and get_args(each):
            # A mapping's values, or the items of a list.
            arguments = [a for a in get_args(each) if a is not Ellipsis]
            return arguments[-1]
    return annotation


def _alternatives(annotation: Any) -> list[Any]:
    """The types of a union one by one; optional, annotated and root models opened."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [each for argument in get_args(annotation) for each in _alternatives(argument)]
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _alternatives(annotation.model_fields["root"].annotation)
    return [annotation]
