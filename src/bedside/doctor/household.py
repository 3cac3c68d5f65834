"""The checks of the settings and the service."""

from __future__ import annotations

import os

from bedside.config import SYSTEM_FILE
from bedside.doctor.finding import Finding
from bedside.doctor.patient import Patient
from bedside.service.status import ServiceStatus

MANY = 3
"""Restarts since it was started that are no accident."""

LOGS = "See why: bedside service logs"


def settings(patient: Patient) -> Finding:
    """Whether the settings are sound, and what is missing in them."""
    if patient.file is not None and patient.file.exists() and not os.access(patient.file, os.R_OK):
        return Finding("settings", "skipped", f"{patient.file}: only root may read it.", "sudo bedside doctor")
    config, error = patient.settings
    if error is not None:
        return Finding("settings", "wrong", str(error), "bedside check says more.")
    missing = []
    if config.numbers.emergency is None:
        missing.append("no emergency number")
    if config.numbers.maternity is None and config.numbers.provider is None:
        missing.append("no number of a maternity unit, midwife or doctor")
    if config.disclaimer_accepted is None:
        missing.append("what bedside is not was not accepted")
    place = patient.file or "no file, all as shipped"
    if missing:
        setup = "sudo bedside setup" if patient.file == SYSTEM_FILE else "bedside setup"
        return Finding("settings", "warning", f"{place}: {', '.join(missing)}.", f"Set it up: {setup}")
    return Finding("settings", "fine", f"{place}.")


def service(patient: Patient) -> Finding:
    """Whether the service runs, starts with the machine, and stays."""
    found, name = patient.service, "service"
    if found is None:
        return Finding(name, "skipped", "systemd does not run this machine.")
    if not found.installed:
        what = "not installed: bedside listens only while 'bedside run' does."
        return Finding(name, "skipped", what, "To have it listen always: scripts/install-service")
    return _installed(found)


def _installed(found: ServiceStatus) -> Finding:
    name, what = "service", f"{found.state}, restarts: {found.restarts}"
    what += f", since {found.since}." if found.since and found.holds_devices else "."
    if found.state.startswith("failed"):
        return Finding(name, "wrong", what, LOGS)
    if not found.holds_devices:
        return Finding(name, "wrong", f"{what} Nobody listens.", "Start it: sudo systemctl start bedside")
    if found.restarts >= MANY:
        return Finding(name, "warning", what, LOGS)
    if not found.at_boot:
        advice = "After a power cut nobody would listen: sudo systemctl enable bedside"
        return Finding(name, "warning", f"{what} It does not start with the machine.", advice)
    return Finding(name, "fine", what)


def watchdog(patient: Patient) -> Finding | None:
    """Whether systemd would notice that it hangs. None where there is no service."""
    found, name = patient.service, "watchdog"
    if found is None or not found.installed or not found.holds_devices:
        return None
    if not found.watched:
        return Finding(
            name, "warning", "the service has none: if it hangs, it stays so.", "Run scripts/install-service again."
        )
    if found.fed is None:
        return Finding(name, "warning", "on, but the service has not fed it yet.", "Look again in a minute.")
    return Finding(name, "fine", f"fed {found.fed:.0f} s ago.")
