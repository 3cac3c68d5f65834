"""The checks of the machine: disk, clock, heat and power."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bedside.doctor.finding import Finding
from bedside.doctor.patient import Patient
from bedside.service.places import Places

LITTLE, TOO_LITTLE = 500e6, 50e6
"""Bytes of free disk that are few, and too few."""

HOT = 80.0
"""°C from which a Raspberry Pi slows down."""

NEVER_SET = datetime(2025, 1, 1).timestamp()
"""No machine that runs this can rightly have an earlier time."""

SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


def disk(patient: Patient) -> Finding:
    """Room on the disks that are written to, and whether they can be."""
    state = Places().state
    folders = [patient.cache_folder, *([state] if state.exists() else [])]
    lines, worst, advice = [], "fine", ""
    for folder in dict.fromkeys(_nearest(folder) for folder in folders):
        facts = os.statvfs(folder)
        free = facts.f_bavail * facts.f_frsize
        lines.append(f"{folder}: {free / 1e9:.1f} GB free")
        if facts.f_flag & os.ST_RDONLY:
            lines[-1] += ", read-only"
            worst, advice = "wrong", "A worn SD card makes itself read-only: restart, and if it stays so, replace it."
        elif free < TOO_LITTLE:
            worst, advice = "wrong", "Make room: the diary and the state cannot be kept."
        elif free < LITTLE and worst == "fine":
            worst, advice = "warning", "Make some room."
    return Finding("disk", worst, "; ".join(lines) + ".", advice)  # type: ignore[arg-type]


def clock(patient: Patient) -> Finding:
    """Whether the time of day can be believed, which the quiet hours go by."""
    now = time.time()
    shown = datetime.fromtimestamp(now).strftime("%Y-%m-%d %H:%M")
    if now < NEVER_SET:
        return Finding("clock", "wrong", f"it is not set: {shown}.", "Set it: sudo date -s '2026-01-31 21:30'")
    if _synchronised():
        return Finding("clock", "fine", f"{shown}, set by the network.")
    if any(Path("/dev").glob("rtc*")):
        return Finding("clock", "fine", f"{shown}, by this machine's own clock.")
    what = f"{shown}; nothing has set it since the start, and this machine has no clock that runs without power."
    needed = "The quiet hours go by it. " if patient.config.quiet_hours.start is not None else ""
    advice = f"{needed}Connect it to a network for a minute after a power cut, or fit a clock module."
    return Finding("clock", "warning", what, advice)


def power(patient: Patient, sys: Path = Path("/sys")) -> Finding:
    """Heat, and whether the power supply is too weak. sys: where the kernel tells."""
    heats = list(_numbers(sys.glob("class/thermal/thermal_zone*/temp")))
    weak = any(_numbers(file for file in sys.glob("class/hwmon/hwmon*/in0_lcrit_alarm") if _is_pi_volt(file)))
    if weak:
        advice = "Use the Pi's own power supply, with its own cable: sound stutters, and the SD card suffers."
        return Finding("power", "wrong", "the voltage is, or was, too low.", advice)
    if not heats:
        return Finding("power", "skipped", "this machine tells neither heat nor voltage.")
    hottest = max(heats) / 1000
    if hottest >= HOT:
        return Finding("power", "warning", f"{hottest:.0f} °C: it slows down.", "Give it air, or a heat sink.")
    return Finding("power", "fine", f"{hottest:.0f} °C.")


def _nearest(folder: Path) -> Path:
    """The folder, or what of its parents exists."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())


def _synchronised() -> bool:
    if SYNCHRONISED.exists():
        return True
    try:
        command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "yes"


def _is_pi_volt(alarm: Path) -> bool:
    try:
        return (alarm.parent / "name").read_text().strip() == "rpi_volt"
    except OSError:
        return False


def _numbers(files: Iterator[Path]) -> Iterator[int]:
    for file in files:
        try:
            yield int(file.read_text())
        except (OSError, ValueError):
            # A sensor that is not there says so when it is read.
            continue
