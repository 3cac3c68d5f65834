"""The programs of the system that the service is installed and asked with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bedside.service.places import ServiceError

TIMEOUT = 400
"""Seconds; a start may take five minutes."""


def call(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program. Raises ServiceError if it is missing, or fails while `check`: with what it said last."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
    except FileNotFoundError:
        raise ServiceError(f"there is no program '{command[0]}' on this machine.") from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"'{' '.join(command)}' did not end.") from None
    if check and done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ServiceError(f"'{' '.join(command)}' failed: {said[0] if said else f'exit {done.returncode}'}")
    return done


def need_systemd() -> None:
    """Raises ServiceError unless systemd runs this machine."""
    if not Path("/run/systemd/system").is_dir():
        raise ServiceError("systemd does not run this machine, so there is no service; 'bedside run' listens here.")


def need_root(command: str) -> None:
    """Raises ServiceError unless this is root."""
    if os.geteuid() != 0:
        raise ServiceError(f"this changes the system: sudo {command}")
