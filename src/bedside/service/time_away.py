"""How long the program was away, told by clocks that may be wrong.

A Raspberry Pi without power has no clock: at boot it is set a little past the last moment that was written down, so
that five hours look like half a minute, until the network tells better. Within one boot the kernel's clock tells
surely.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("proc/sys/kernel/random/boot_id")
SYNCHRONISED = Path("run/systemd/timesync/synchronized")
HARDWARE_CLOCK = Path("sys/class/rtc/rtc0/since_epoch")

AGREES = 120.0
"""Seconds by which a hardware clock that has kept running differs from the clock of the system at most."""


@dataclass(frozen=True)
class Moment:
    """boot: which boot of the machine, empty if nobody knows; since_boot: seconds of it, sleep included; wall: Unix
    time; trusted: the wall clock is right for all that is known."""

    boot: str
    since_boot: float
    wall: float
    trusted: bool


def present(root: Path = Path("/")) -> Moment:
    """The present moment. root: of the files that tell, another one only in tests."""
    wall = time.time()
    boot = _text(root / BOOT_ID)
    trusted = (root / SYNCHRONISED).exists() or _runs_on(_text(root / HARDWARE_CLOCK), wall)
    return Moment(boot, time.clock_gettime(time.CLOCK_BOOTTIME), wall, trusted)


def seconds_between(boot: str, since_boot: float, wall: float, now: Moment) -> float | None:
    """Seconds from a moment that was written down until now; None where no clock tells."""
    if boot and boot == now.boot:
        return max(0.0, now.since_boot - since_boot)
    away = now.wall - wall
    return away if now.trusted and away >= 0.0 else None


def _runs_on(hardware: str, wall: float) -> bool:
    """Whether there is a hardware clock with a battery: without one it begins at some year long gone."""
    return hardware.isdigit() and abs(int(hardware) - wall) <= AGREES


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
