"""The programs of the system that the service is installed, asked, stopped and started with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bedside.errors import ServiceError

LIMIT = 400.0
"""Seconds; a start may take five minutes."""

BOOTED = Path("/run/systemd/system")
"""There if, and only if, systemd runs this machine."""


def call(*command: str, check: bool = True, limit: float = LIMIT) -> subprocess.CompletedProcess[str]:
    """Run a program, for `limit` seconds at most. Raises ServiceError if it is missing or does not end; and if it fails
    while `check`, with the first line of what it said."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=limit
        )
    except FileNotFoundError:
        raise ServiceError(f"there is no program '{command[0]}' on this machine.") from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"'{' '.join(command)}' did not end within {limit:.0f} s.") from None
    if check and done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ServiceError(f"'{' '.join(command)}' failed: {said[0] if said else f'exit {done.returncode}'}")
    return done


def systemctl(*words: str, check: bool = True, limit: float = LIMIT) -> subprocess.CompletedProcess[str]:
    """Tell or ask systemd, without its asking for a password. Raises ServiceError as `call` does."""
    return call("systemctl", "--no-ask-password", *words, check=check, limit=limit)


def is_booted() -> bool:
    """Whether systemd runs this machine."""
    return BOOTED.is_dir()


def is_root() -> bool:
    return os.geteuid() == 0


def need_systemd() -> None:
    """Raises ServiceError unless systemd runs this machine."""
    if not is_booted():
        raise ServiceError("systemd does not run this machine, so there is no service; 'bedside run' listens here.")


def need_root(command: str) -> None:
    """Raises ServiceError unless this is root."""
    if not is_root():
        raise ServiceError(f"this changes the system: sudo {command}")
