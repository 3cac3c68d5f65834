"""Whose settings are meant, the service's or one's own; and how those of who installs it become its own, once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bedside.config import find_config, load_config, user_file
from bedside.errors import ServiceError
from bedside.service.places import Places
from bedside.service.system import is_root

EMPTY = """\
# Settings of bedside's service. 'bedside config --example' shows every key; afterwards: sudo systemctl restart bedside
numbers:
"""
"""One key, since a file without any is taken for a mistake."""

MODE = 0o640
"""There are telephone numbers in it: for the service and the group `bedside`, not for the world."""


def settings_in_use(given: Path | None, places: Places) -> Path | None:
    """The settings file that is meant: `given`, else that of the service where there is one, else one's own."""
    return places.settings if given is None and places.installed else find_config(given)


def settings_to_write(given: Path | None, places: Places) -> Path:
    """The same, to change it; it need not exist. Raises ServiceError for who may not change those of the service."""
    if given is None and places.installed and not is_root():
        raise ServiceError(
            f"bedside runs here as a service, whose settings ({places.settings}) only root may change: "
            "sudo bedside setup. Settings of your own go into another file: --config FILE."
        )
    return settings_in_use(given, places) or user_file()


def take_over(own: Path | None, places: Places, tell: Callable[[str], None]) -> None:
    """Copy the settings file `own`, and the files it names, to where the service looks for it, unless there are
    settings already. tell: gets a line for whatever cannot go along.

    Raises ContentError if the file has a mistake, ServiceError if it cannot be copied.
    """
    try:
        places.settings_folder.mkdir(parents=True, exist_ok=True)
        if not places.settings.exists():
            if own is not None and own.is_file():
                load_config(own)
                _copy(own, places, tell)
                tell(f"the settings in {own} were taken over to {places.settings}")
            else:
                _write(places.settings, EMPTY)
    except OSError as error:
        raise ServiceError(f"{error.filename or own}: the settings cannot be taken over ({error.strerror}).") from None


def _copy(own: Path, places: Places, tell: Callable[[str], None]) -> None:
    yaml = YAML()
    yaml.preserve_quotes = True
    data: dict[str, Any] = yaml.load(own.read_text(encoding="utf-8")) or {}
    # The service sees no home.
    for key, copy in (("intents", shutil.copyfile), ("routines", shutil.copytree)):
        if data.get(key):
            name = "intents.yaml" if key == "intents" else "routines"
            copy(_place(own, data[key]), places.settings_folder / name)
            data[key] = name
    if (data.get("voice") or {}).pop("cache", None):
        tell(f"the service keeps its sentences in {places.cache}, not in the folder that the settings name")
    recognizer = data.get("recognizer") or {}
    if "/" in str(recognizer.get("model", "")):
        del recognizer["model"]
        tell("the service does not see the speech model that the settings name by its folder; it chooses by itself")
    # Not with open(): until it has its mode nobody else may read it.
    fresh = places.settings.with_name("config.yaml.new")
    _write(fresh, "")
    with fresh.open("w", encoding="utf-8") as out:
        yaml.dump(data, out)
    load_config(fresh)
    fresh.replace(places.settings)


def _place(own: Path, written: Any) -> Path:
    return own.absolute().parent / Path(str(written)).expanduser()


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "w", encoding="utf-8") as out:
        out.write(text)
    file.chmod(MODE)
