"""Writes the settings file: new values into what a person has written, comments and all, never half."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bedside.config import SYSTEM_FILE, Config, load_config
from bedside.errors import BedsideError

T = TypeVar("T")


class SettingsError(BedsideError):
    """The settings file cannot be written."""


def write_settings(file: Path, values: Mapping[str, Any]) -> Path | None:
    """Set dotted keys ("numbers.emergency") in a settings file; None takes a key out.

    The former file is kept beside it; gives its place, None if there was none. What is written is read back and
    checked before it takes the place of the old one. Raises ContentError if the old file is not sound (it stays as
    it is), SettingsError if it cannot be written.
    """
    return _with_new(file.resolve(), values, _put_in_place)


def try_settings(file: Path, values: Mapping[str, Any]) -> Config:
    """The settings as `write_settings` would make them; the file stays as it is. Raises the same errors."""
    return _with_new(file.resolve(), values, lambda fresh, _: load_config(fresh))


def _with_new(file: Path, values: Mapping[str, Any], then: Callable[[Path, Path], T]) -> T:
    """Write the new settings beside the file (relative paths in them start there), check them, and do something."""
    if file.exists():
        load_config(file)
    fresh = file.with_name(file.name + ".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.touch(mode=0o600)
        if file.exists():
            _like(file, fresh)
        elif file.parent == SYSTEM_FILE.parent:
            # For the service to read, whose group the folder has.
            os.chown(fresh, -1, file.parent.stat().st_gid)
            fresh.chmod(0o640)
        with fresh.open("w", encoding="utf-8") as out:
            out.write(_changed(file, values))
            out.flush()
            os.fsync(out.fileno())
        load_config(fresh)
        return then(fresh, file)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror or error}).") from None
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def _changed(file: Path, values: Mapping[str, Any]) -> str:
    """The text of the file with the values in it."""
    yaml = YAML()
    yaml.preserve_quotes = True
    data = (yaml.load(file.read_text(encoding="utf-8")) if file.exists() else None) or {}
    for key, value in values.items():
        _set(data, key.split("."), value)
    text = StringIO()
    yaml.dump(data, text)
    return text.getvalue()


def _put_in_place(fresh: Path, file: Path) -> Path | None:
    kept = file.with_name(file.name + ".bak") if file.exists() else None
    if kept is not None:
        shutil.copy2(file, kept)
        _like(file, kept)
    fresh.replace(file)
    return kept


def _like(file: Path, copy: Path) -> None:
    """Give a copy the rights of a file, and as far as one may its owners: those of a service are not root's."""
    state = file.stat()
    with contextlib.suppress(PermissionError):
        os.chown(copy, state.st_uid, state.st_gid)
    shutil.copymode(file, copy)


def _set(data: MutableMapping[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        if not isinstance(data.get(part), MutableMapping):
            if value is None:
                return
            data[part] = {}
        data = data[part]
    if value is None:
        data.pop(path[-1], None)
    else:
        # Quotes keep the zeros of telephone numbers and the colon of a time of day.
        data[path[-1]] = DoubleQuotedScalarString(value) if isinstance(value, str) else value
