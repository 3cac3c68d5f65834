"""YAML files that people write by hand: strict reading, every complaint with file and line.

`Document` keeps the line of every key and list item, so that checks made after parsing can
still point at the place. `read_model` checks a file against a pydantic model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, RootModel, ValidationError

from bedside.errors import ContentError

Key = str | int

DEEPEST = 100
"""Levels of a file; the deepest of bedside's has about ten."""

MOST_PARTS = 200_000
"""Parts of a file, aliases written out; the longest of bedside's has about ten thousand."""

M = TypeVar("M", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans: in these files yes, no, on and off are words people say."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same, ten times as fast where PyYAML was built with libyaml, whose complaints say less."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


class Document:
    """Plain data of one YAML file and the line (from 1) of each of its parts.

    `data` holds dicts, lists, strings, numbers, booleans and None. A path such as
    ``("intents", "stop", "data", 0)`` names a part.
    """

    def __init__(
        self, file: Path, data: Any, lines: dict[tuple[Key, ...], int], scalars: dict[tuple[Key, ...], str]
    ) -> None:
        self.file = file
        self.data = data
        self._lines = lines
        self._scalars = scalars

    def line(self, *path: Key) -> int:
        """Line of the part at `path`, or of the nearest part around it that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1

    def written(self, *path: Key) -> str:
        """The single value at `path` as it is written in the file, without quotes; "" if there is none."""
        return self._scalars.get(path, "")

    def known(self, path: Sequence[Key]) -> tuple[Key, ...]:
        """`path` without the parts that the file does not have."""
        found: tuple[Key, ...] = ()
        for part in path:
            found = (*found, part) if (*found, part) in self._lines else found
        return found

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
        root = _composed(file, text)
    except RecursionError:
        raise _too_deep(file, None) from None
    if root is None:
        raise ContentError(file, 1, "the file is empty.")
    lines: dict[tuple[Key, ...], int] = {(): root.start_mark.line + 1}
    scalars: dict[tuple[Key, ...], str] = {}
    data = _plain(file, root, (), lines, scalars, ())
    return Document(file, data, lines, scalars)


def _too_deep(file: Path, line: int | None) -> ContentError:
    return ContentError(file, line, "it is nested far too deeply.", "Check the brackets and the indentation.")


def _composed(file: Path, text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_FastLoader)
    except yaml.YAMLError:
        pass
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, text, error) from None
    except yaml.YAMLError as error:
        raise ContentError(file, None, f"is not valid YAML: {' '.join(str(error).split())}.") from None


def _not_yaml(file: Path, text: str, error: yaml.MarkedYAMLError) -> ContentError:
    """A quote or bracket that is never closed is told where it was opened: only far below does YAML stumble."""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark if error.context == "while scanning a quoted scalar" else _open_bracket(text, mark)
    if opened is not None:
        line = opened.line + 1
        problem = f"is not valid YAML: the {text[opened.index]} opened in line {line} is never closed."
        return ContentError(file, line, problem, "Close it.")
    problem = (error.problem or error.context or "cannot be parsed").rstrip(".")
    advice = "Check indentation, colons and quotes there and just above."
    return ContentError(file, mark.line + 1 if mark else None, f"is not valid YAML: {problem}.", advice)


def _open_bracket(text: str, trouble: yaml.Mark | None) -> yaml.Mark | None:
    """Where the innermost bracket was opened that is still open at the end, or where reading on is impossible."""
    pairs = {
        yaml.FlowSequenceEndToken: yaml.FlowSequenceStartToken,
        yaml.FlowMappingEndToken: yaml.FlowMappingStartToken,
    }
    still_open: list[yaml.Token] = []
    whole = False
    try:
        for token in yaml.scan(text, Loader=_Loader):
            if type(token) in pairs.values():
                still_open.append(token)
            elif still_open and isinstance(still_open[-1], pairs.get(type(token), ())):
                still_open.pop()
        whole = True
    except yaml.YAMLError:
        pass  # What stood open there tells enough.
    if not still_open:
        return None
    mark = still_open[-1].start_mark
    # In the same line something else may be wrong inside the bracket.
    return mark if whole or (trouble is not None and trouble.line > mark.line) else None


def _plain(
    file: Path,
    node: yaml.Node,
    path: tuple[Key, ...],
    lines: dict[tuple[Key, ...], int],
    scalars: dict[tuple[Key, ...], str],
    above: tuple[int, ...],
) -> Any:
    """Turn a YAML node into plain data and note the line of each part, and each single value as written."""
    if id(node) in above:
        raise ContentError(file, node.start_mark.line + 1, "an alias refers to itself.", "Write the text out.")
    if len(above) >= DEEPEST:
        raise _too_deep(file, node.start_mark.line + 1)
    if len(lines) > MOST_PARTS:
        # Ten aliases of ten aliases and so on fill the memory out of a few lines.
        problem = f"with its aliases the file has more than {MOST_PARTS} parts."
        raise ContentError(file, node.start_mark.line + 1, problem, "Write the texts out.")
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
            result[key] = _plain(file, value_node, (*path, key), lines, scalars, above)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            items.append(_plain(file, item, (*path, index), lines, scalars, above))
        return items
    scalars[path] = " ".join(node.value.split())
    if node.tag == "tag:yaml.org,2002:str":
        # Nearly all of them; a loader for each takes longer than reading the file.
        return node.value
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        why = f" ({' '.join(str(error).split())})"
    except (LookupError, AttributeError, OverflowError):
        # PyYAML stumbles over a value that is not what its tag says.
        why = f" as {node.tag.rpartition(':')[2]}"
    raise ContentError(file, node.start_mark.line + 1, f"this value cannot be read{why}.")


def read_model(file: Path, model: type[M]) -> tuple[M, Document]:
    """Read `file` and check it against `model`. Raises ContentError with the line of the first fault."""
    document = read_document(file)
    return check_model(document, model), document


def check_model(document: Document, model: type[M], path: tuple[Key, ...] = (), data: Any = None) -> M:
    """Check `data` (default: the whole document), which stands at `path`, against `model`."""
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        raise _misfit(document, model, path, error.errors()) from None


def _misfit(document: Document, model: type[BaseModel], path: tuple[Key, ...], faults: list[Any]) -> ContentError:
    """The one of pydantic's `faults` that helps most, in plain words."""

    def rank(fault: Any) -> tuple[bool, bool]:
        # A mistyped key is also a missing one; the typing mistake is what helps. A place that the file does not
        # have is one of several kinds that a value could have been; the kind that nearly fits is meant.
        nowhere = document.known((*path, *fault["loc"]))[-1:] != fault["loc"][-1:]
        return fault["type"] != "extra_forbidden", nowhere and fault["type"] != "missing"

    first = min(faults, key=rank)
    loc = first["loc"]
    where = document.known((*path, *loc))
    if first["type"] == "extra_forbidden":
        return document.error(where, f"unknown key '{loc[-1]}'.", suggest(str(loc[-1]), _field_names(model, loc[:-1])))
    if first["type"] == "missing":
        return document.error(where, f"the key '{loc[-1]}' is missing.", "Add it.")
    problem, advice = _in_plain_words(first, document.written(*where))
    return document.error(where, f"{place(where)}: {problem}.", advice)


def place(path: Sequence[Key]) -> str:
    """A path for people: "voice.pitch", or "steps, entry 1, id" (entries count from 1)."""
    text = ""
    for before, part in zip((None, *path), path, strict=False):
        if isinstance(part, int):
            text += f", entry {part + 1}"
        else:
            text += (", " if isinstance(before, int) else "." if text else "") + part
    return text.removeprefix(", ") or "the file"


_LIMITS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length} entry",
    "too_long": "takes at most {max_length} entries",
    "string_too_long": "takes at most {max_length} letters",
    "finite_number": "must be a number that is not endless",
}

_KINDS = {
    "string": "a text",
    "path": "the name of a file or folder",
    "is_instance_of": "the name of a file or folder",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "'key: value' lines",
    "model": "'key: value' lines",
}


def _in_plain_words(fault: Any, written: str) -> tuple[str, str]:
    """What is wrong in one of pydantic's faults, and what to do. written: the value as the file has it."""
    kind, given = str(fault["type"]), fault["input"]
    says = f"It says {given[:60]!r}." if isinstance(given, str) else f"It says {written}." if written else ""
    if kind == "string_too_short":
        return "is empty", "Write something there, or delete the line."
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
        close = suggest(written, choices) if written else ""
        allowed = f"must be one of {', '.join(choices)}" if len(choices) > 1 else f"only '{choices[0]}' is known"
        return allowed, f"{says} {close if 'mean' in close else ''}".strip()
    if kind in _LIMITS:
        return _LIMITS[kind].format(**{k: str(v).removesuffix(".0") for k, v in fault.get("ctx", {}).items()}), says
    needed = next((_KINDS[name] for name in _KINDS if kind.startswith(name)), None)
    if needed is None or kind == "string_pattern_mismatch":
        problem = fault["msg"].removeprefix("Value error, ").rstrip(".")
        return problem[0].lower() + problem[1:], says
    if given is None:
        return f"nothing stands here; it needs {needed}", "Write it behind the colon."
    if needed in ("a text", "the name of a file or folder") and written:
        return f"needs {needed}, and {written} unquoted is none", f'Put it in quotes: "{written}".'
    if needed == "a list":
        return "a list stands here", f"{says} Write each entry in a line of its own, behind a dash.".strip()
    if needed == "'key: value' lines":
        return "here stand 'key: value' lines", says
    found = "a list" if isinstance(given, list) else "'key: value' lines" if isinstance(given, dict) else ""
    return f"needs {needed}" + (f", not {found}" if found else ""), says


MOST_NAMED = 40
"""So many names are told in full; more would fill the screen."""


def suggest(word: str, allowed: Sequence[str]) -> str:
    """ "Did you mean ...?" for a mistyped word, or the list of what is allowed; of a long list what comes nearest."""
    close = get_close_matches(word, allowed, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    if len(allowed) > MOST_NAMED:
        return f"The nearest are: {', '.join(get_close_matches(word, allowed, n=5, cutoff=0.0))}."
    return f"Known here: {', '.join(sorted(allowed))}." if allowed else ""


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


def texts_of(data: object, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], str]]:
    """All strings in plain data with their paths."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts_of(value, (*path, index))
