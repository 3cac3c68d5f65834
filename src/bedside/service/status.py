"""How the service is: what systemd knows of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bedside.service.places import UNIT
from bedside.service.system import call

ASKED = (
    "LoadState,ActiveState,SubState,StatusText,UnitFileState,MainPID,NRestarts,"
    "ActiveEnterTimestamp,MemoryCurrent,WatchdogUSec,Result"
)


@dataclass(frozen=True)
class ServiceStatus:
    """What is known of the service. state, since, result: in systemd's words; status: in its own.

    process: 0 if there is none; memory: bytes, None if nobody counts it.
    """

    installed: bool
    active: bool
    state: str
    status: str
    at_boot: bool
    since: str
    process: int
    restarts: int
    memory: int | None
    watched: bool
    result: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def ask() -> ServiceStatus:
    """Ask systemd. Raises ServiceError if there is none to ask."""
    return status_of(call("systemctl", "show", UNIT, f"--property={ASKED}").stdout)


def status_of(shown: str) -> ServiceStatus:
    """What the output of `systemctl show` says."""
    known = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    memory = known.get("MemoryCurrent", "")
    return ServiceStatus(
        installed=known.get("LoadState") == "loaded",
        active=known.get("ActiveState") == "active",
        state=f"{known.get('ActiveState', 'unknown')} ({known.get('SubState', 'unknown')})",
        status=known.get("StatusText", ""),
        at_boot=known.get("UnitFileState") == "enabled",
        since=known.get("ActiveEnterTimestamp", ""),
        process=_number(known.get("MainPID")),
        restarts=_number(known.get("NRestarts")),
        memory=int(memory) if memory.isdecimal() and int(memory) < 2**60 else None,
        watched=known.get("WatchdogUSec", "0") not in ("", "0", "infinity"),
        result=known.get("Result", ""),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def last_words() -> str:
    """The last line that the service itself wrote to the journal, empty if there is none."""
    asked = ("journalctl", "--unit", UNIT, "--output", "cat", "--no-pager", "--lines", "40", "_COMM=bedside")
    lines = call(*asked, check=False).stdout.strip().splitlines()
    return lines[-1] if lines and not lines[-1].startswith("--") else ""
