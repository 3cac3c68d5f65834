"""The service as systemd sees it: whether it is there, runs, and was restarted; stopping it and starting it again."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bedside.config import SYSTEM_FILE, find_config, user_file
from bedside.errors import BedsideError
from bedside.settings_file import SettingsError

UNIT = "bedside.service"
UNIT_FOLDERS = (Path("/etc/systemd/system"), Path("/usr/lib/systemd/system"), Path("/lib/systemd/system"))
CACHE = Path("/var/cache/bedside/speech")
"""Where the service keeps rendered sentences."""

BOOTED = Path("/run/systemd/system")
"""There if, and only if, systemd runs this machine."""

PATIENCE = 60.0
"""Seconds for the service to stop or start."""

_PROPERTIES = (
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "NRestarts",
    "WatchdogUSec",
    "WatchdogTimestampMonotonic",
    "ActiveEnterTimestamp",
)


class ServiceError(BedsideError):
    """The service cannot be stopped or started."""


@dataclass(frozen=True)
class Service:
    """state: as systemd has it ("active", "activating", "failed", "inactive"), with its sub-state in brackets.
    since: when it became active, as systemd writes it. watchdog: it is restarted when it hangs; fed: seconds since it
    last told that it does not, None if it never did."""

    installed: bool
    active: bool
    enabled: bool
    state: str
    since: str
    restarts: int
    watchdog: bool
    fed: float | None


def look() -> Service | None:
    """The service, or None where systemd does not run. Raises ServiceError if systemd does not answer."""
    if not BOOTED.is_dir():
        return None
    told = _systemctl("show", UNIT, *(f"--property={name}" for name in _PROPERTIES))
    return read_properties(told, time.clock_gettime(time.CLOCK_MONOTONIC))


def read_properties(told: str, now: float) -> Service:
    """What `systemctl show` told. now: seconds of the monotonic clock."""
    facts: Mapping[str, str] = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    state = facts.get("ActiveState", "")
    fed = _number(facts.get("WatchdogTimestampMonotonic", "")) / 1e6
    return Service(
        installed=facts.get("LoadState") == "loaded",
        active=state in ("active", "activating", "reloading"),
        enabled=facts.get("UnitFileState", "").startswith("enabled"),
        state=f"{state} ({facts['SubState']})" if facts.get("SubState") else state,
        since=facts.get("ActiveEnterTimestamp", ""),
        restarts=_number(facts.get("NRestarts", "")),
        watchdog=facts.get("WatchdogUSec", "0") not in ("", "0", "infinity"),
        fed=now - fed if fed > 0 else None,
    )


def is_active() -> bool:
    """Whether the service runs, which holds the microphone. False where nobody knows."""
    try:
        service = look()
    except ServiceError:
        return False
    return service is not None and service.active


def stop() -> None:
    """Raises ServiceError."""
    _systemctl("stop", UNIT)


def start() -> None:
    """Raises ServiceError."""
    _systemctl("start", UNIT)


def restart() -> None:
    """Raises ServiceError."""
    _systemctl("restart", UNIT)


def is_root() -> bool:
    return os.geteuid() == 0


def is_installed() -> bool:
    """Whether there is a unit file, also where systemd does not run now."""
    return any((folder / UNIT).exists() for folder in UNIT_FOLDERS)


def settings_place(given: Path | None) -> Path:
    """The settings file to read and write: `given`, else that of the service if there is one, else the user's own.

    Raises SettingsError for who may not change those of the service.
    """
    if given is not None:
        return given
    if not is_installed():
        return find_config() or user_file()
    if not is_root():
        raise SettingsError(
            f"bedside runs here as a service, whose settings ({SYSTEM_FILE}) only root may change: "
            "sudo bedside setup. Settings of your own go into another file: --config FILE."
        )
    return SYSTEM_FILE


def _systemctl(*words: str) -> str:
    command = ["systemctl", "--no-ask-password", *words]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PATIENCE
        )
    except FileNotFoundError:
        raise ServiceError("there is no systemctl, although systemd seems to run.") from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"systemd does not answer within {PATIENCE:.0f} s ({' '.join(command)}).") from None
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ServiceError(f"'systemctl {' '.join(words[:2])}' failed ({reason[-1]}).")
    return done.stdout


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
