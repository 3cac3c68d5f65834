"""Takes the service off the machine."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
from pathlib import Path

from bedside.service.places import NAME, UNIT, Places
from bedside.service.system import call, systemctl

DIARY = "diary*"
"""What the diary's files are called in the state folder."""


def uninstall(places: Places, keep_diary: bool) -> None:
    """Stop the service and remove all of it: unit, user, group, code, settings, cache and state. keep_diary: only
    the diary stays. What is missing already is no error. Raises ServiceError if something cannot be removed."""
    systemctl("disable", "--now", UNIT, check=False)
    places.unit.unlink(missing_ok=True)
    shutil.rmtree(places.unit.with_name(f"{UNIT}.d"), ignore_errors=True)
    systemctl("daemon-reload")
    systemctl("reset-failed", UNIT, check=False)
    for folder in (places.cache, places.runtime, places.settings_folder):
        _remove(folder)
    _remove_state(places.state, keep_diary)
    _remove_user()
    if places.command.is_symlink() and Path(os.readlink(places.command)).is_relative_to(places.code):
        places.command.unlink()
    # Last, since this program runs from there.
    _remove(places.code)


def _remove_state(state: Path, keep_diary: bool) -> None:
    kept = set(state.glob(DIARY)) if keep_diary and state.is_dir() else set()
    if not kept:
        _remove(state)
        return
    for entry in state.iterdir():
        if entry not in kept:
            _remove(entry)
    # The number of the user that goes may be given to another one; a new installation gives it back to its user.
    for place in (state, *state.rglob("*")):
        os.chown(place, 0, 0, follow_symlinks=False)


def _remove_user() -> None:
    try:
        pwd.getpwnam(NAME)
        call("userdel", NAME)
    except KeyError:
        pass
    try:
        grp.getgrnam(NAME)
        call("groupdel", NAME)
    except KeyError:
        pass


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
