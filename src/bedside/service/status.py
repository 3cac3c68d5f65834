"""How the service is: what systemd knows of it."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from bedside.errors import ServiceError
from bedside.service.places import UNIT
from bedside.service.system import call, is_booted, systemctl

ASKED = (
    "LoadState,ActiveState,SubState,StatusText,UnitFileState,MainPID,NRestarts,"
    "ActiveEnterTimestamp,MemoryCurrent,WatchdogUSec,WatchdogTimestampMonotonic,Result"
)

LIMIT = 10.0
"""Seconds for the answer, which needs none."""


@dataclass(frozen=True)
class ServiceStatus:
    """What is known of the service. state, since, result: in systemd's words; status: in its own.

    active: it is up. starting: it comes up, or waits to, also after it has ended by itself. process: 0 if there is
    none. memory: bytes, None if nobody counts it. watched: systemd starts it anew when it hangs. fed: seconds since it
    last told that it does not, None if it never did.
    """

    installed: bool
    active: bool
    starting: bool
    state: str
    status: str
    at_boot: bool
    since: str
    process: int
    restarts: int
    memory: int | None
    watched: bool
    fed: float | None
    result: str

    @property
    def holds_devices(self) -> bool:
        """Whether microphone and speaker are its own now, or in a moment."""
        return self.active or self.starting

    @property
    def awake(self) -> bool:
        """Whether it is up, or comes up or goes down just now, as in a restart."""
        return self.installed and self.state.split()[0] not in ("inactive", "failed", "unknown")

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def ask() -> ServiceStatus:
    """Ask systemd. Raises ServiceError if there is none to ask."""
    shown = systemctl("show", UNIT, f"--property={ASKED}", limit=LIMIT).stdout
    return status_of(shown, time.clock_gettime(time.CLOCK_MONOTONIC))


def status_of(shown: str, now: float) -> ServiceStatus:
    """What the output of `systemctl show` says. now: seconds of the monotonic clock."""
    known = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    state, memory = known.get("ActiveState", "unknown"), known.get("MemoryCurrent", "")
    fed = _number(known.get("WatchdogTimestampMonotonic")) / 1e6
    return ServiceStatus(
        installed=known.get("LoadState") == "loaded",
        active=state in ("active", "reloading"),
        starting=state == "activating",
        state=f"{state} ({known.get('SubState', 'unknown')})",
        status=known.get("StatusText", ""),
        at_boot=known.get("UnitFileState") == "enabled",
        since=known.get("ActiveEnterTimestamp", ""),
        process=_number(known.get("MainPID")),
        restarts=_number(known.get("NRestarts")),
        memory=int(memory) if memory.isdecimal() and int(memory) < 2**60 else None,
        watched=known.get("WatchdogUSec", "0") not in ("", "0", "infinity"),
        fed=round(now - fed, 1) if fed > 0 else None,
        result=known.get("Result", ""),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def devices_held() -> bool:
    """Whether the service holds microphone and speaker. False where nobody knows."""
    try:
        return is_booted() and ask().holds_devices
    except ServiceError:
        return False


def service_awake() -> bool:
    """Whether there is a service that is awake. False where nobody knows."""
    try:
        return is_booted() and ask().awake
    except ServiceError:
        return False


def last_words() -> str:
    """The last line that the service itself wrote to the journal, empty if there is none."""
    asked = ("journalctl", "--unit", UNIT, "--output", "cat", "--no-pager", "--lines", "40", "_COMM=bedside")
    lines = call(*asked, check=False).stdout.strip().splitlines()
    return lines[-1] if lines and not lines[-1].startswith("--") else ""
