"""Writes the settings file: new values into what a person has written, comments and all, never half."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bedside.config import load_config
from bedside.errors import BedsideError


class SettingsError(BedsideError):
    """The settings file cannot be written."""


def write_settings(file: Path, values: Mapping[str, Any]) -> Path | None:
    """Set dotted keys ("numbers.emergency") in a settings file; None takes a key out.

    The former file is kept beside it; gives its place, None if there was none. What is written is read back and
    checked before it takes the place of the old one. Raises ContentError if the old file is not sound (it stays as
    it is), SettingsError if it cannot be written.
    """
    if file.exists():
        load_config(file)
    yaml = YAML()
    yaml.preserve_quotes = True
    try:
        data = (yaml.load(file.read_text(encoding="utf-8")) if file.exists() else None) or {}
        for key, value in values.items():
            _set(data, key.split("."), value)
        text = StringIO()
        yaml.dump(data, text)
        return _replace(file, text.getvalue())
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror or error}).") from None


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


def _replace(file: Path, text: str) -> Path | None:
    """Put `text` in the place of `file` in one go."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        load_config(fresh)
        kept = file.with_name(file.name + ".bak") if file.exists() else None
        if kept is not None:
            shutil.copy2(file, kept)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return kept
