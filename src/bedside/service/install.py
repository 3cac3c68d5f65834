"""Installs the service from a release, or puts a new release in the place of the former one."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bedside.config import load_config
from bedside.errors import ServiceError
from bedside.service.places import NAME, UNIT, Places
from bedside.service.releases import link_to, put_in_force, release_in_force, remove_others
from bedside.service.settings import take_over
from bedside.service.status import ask, last_words
from bedside.service.system import call, systemctl
from bedside.service.unit import unit_text

Tell = Callable[[str], None]

STAYS = 3.0
"""Seconds for which a started service must stay up to count as up."""


@dataclass(frozen=True)
class Installer:
    """Who installs. name: whoever is behind sudo, None for root alone; home: where that person's settings are."""

    name: str | None
    home: Path

    @classmethod
    def from_environment(cls) -> Installer:
        name = os.environ.get("SUDO_USER")
        try:
            person = pwd.getpwnam(name) if name else pwd.getpwuid(0)
        except KeyError:
            name, person = None, pwd.getpwuid(0)
        return cls(name if person.pw_uid != 0 else None, Path(person.pw_dir))

    @property
    def settings(self) -> Path:
        return self.home / ".config/bedside/config.yaml"


def install(places: Places, installer: Installer, models: Path | None, tell: Tell) -> None:
    """Install the release that this program runs from, and start it. Settings and state that are there stay.

    models: a folder of speech models to go along. tell: gets a line for each thing worth knowing.
    Raises ServiceError if it does not come up; the former release, if there is one, runs again then. Raises
    ContentError, and changes nothing, if the settings in force have a mistake.
    """
    release = places.this_release()
    if release is None:
        raise ServiceError(
            "this is no release to install from; in a clone of the repository run scripts/install-service"
        )
    _make_user(installer, tell)
    # A "~" in the settings means the home of who wrote them.
    os.environ["HOME"] = str(installer.home)
    take_over(installer.settings, places, tell)
    _give_to_group(places)
    load_config(places.settings)
    _make_state(places)
    put_models(places, models)
    former = release_in_force(places)
    former_unit = places.unit.read_text(encoding="utf-8") if places.unit.is_file() else None
    _put(places, release, unit_text(places))
    try:
        _start()
    except ServiceError as error:
        if former is None or former == release or former_unit is None:
            raise
        _put(places, former, former_unit)
        _start()
        # Who made the release removes it: this program runs from there.
        raise ServiceError(f"the new version does not come up, so the former one runs again. {error}") from None
    link_to(places.command, places.current / "bin" / NAME)
    remove_others(places, release)


def _make_user(installer: Installer, tell: Tell) -> None:
    if not _exists(lambda: grp.getgrnam(NAME)):
        call("groupadd", "--system", NAME)
    if not _exists(lambda: pwd.getpwnam(NAME)):
        options = ("--system", "--gid", NAME, "--no-create-home", "--home-dir", "/nonexistent")
        call("useradd", *options, "--shell", "/usr/sbin/nologin", "--comment", "bedside service", NAME)
    if _exists(lambda: grp.getgrnam("audio")):
        call("usermod", "--append", "--groups", "audio", NAME)
    else:
        raise ServiceError("there is no group 'audio' on this machine, so nobody may use its sound devices.")
    if installer.name and installer.name not in grp.getgrnam(NAME).gr_mem:
        call("usermod", "--append", "--groups", NAME, installer.name)
        tell(f"{installer.name} may tell the service what to do from the next login on (group '{NAME}')")


def _exists(look: Callable[[], object]) -> bool:
    try:
        look()
    except KeyError:
        return False
    return True


def _give_to_group(places: Places) -> None:
    """The service reads its settings and cannot change them; what root writes there later is readable for it too."""
    group = grp.getgrnam(NAME).gr_gid
    for folder, _, files in os.walk(places.settings_folder):
        os.chown(folder, 0, group)
        os.chmod(folder, 0o2750)
        for file in files:
            os.chown(Path(folder, file), 0, group)
            os.chmod(Path(folder, file), 0o640)


def _make_state(places: Places) -> None:
    places.state.mkdir(parents=True, exist_ok=True)
    user = pwd.getpwnam(NAME)
    os.chown(places.state, user.pw_uid, user.pw_gid)
    places.state.chmod(0o750)


def put_models(places: Places, models: Path | None) -> None:
    """Copy the speech models in the folder `models` to where the service looks for them, readable for everybody. One
    that is there stays."""
    for model in sorted(models.iterdir()) if models is not None and models.is_dir() else []:
        target = places.models / model.name
        if model.is_dir() and model.name != "embedded" and not model.name.startswith(".") and not target.exists():
            fresh = places.models / f".{model.name}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(model, fresh)
            for place in (fresh, *fresh.rglob("*")):
                place.chmod(0o755 if place.is_dir() else 0o644)
            fresh.rename(target)


def _put(places: Places, release: Path, unit: str) -> None:
    put_in_force(places, release)
    places.unit.write_text(unit, encoding="utf-8")
    systemctl("daemon-reload")
    systemctl("enable", UNIT)


def _start() -> None:
    """Start the service anew. Raises ServiceError with what it said last if it does not stay up."""
    # What was counted in former starts must not hold this one up.
    systemctl("stop", UNIT, check=False)
    systemctl("reset-failed", UNIT, check=False)
    started = systemctl("start", UNIT, check=False)
    process = ask().process
    time.sleep(STAYS)
    now = ask()
    if started.returncode or not now.active or now.process != process:
        said = last_words()
        raise ServiceError(f"{said.rstrip('.') or 'the service does not come up'}. See 'bedside service logs'.")
