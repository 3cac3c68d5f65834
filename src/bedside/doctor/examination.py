"""All checks, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bedside.doctor import household, machine, sound, words
from bedside.doctor.finding import Finding, guarded
from bedside.doctor.patient import HEARING_TAKES, SOUND_TAKES, Patient

LIMIT = 15.0
"""Seconds for a check, unless it is known to take longer."""

CHECKS: tuple[tuple[str, Callable[[Patient], Finding | None], float], ...] = (
    ("settings", household.settings, LIMIT),
    ("microphone", sound.microphone, LIMIT),
    ("speaker", sound.speaker, LIMIT),
    ("tone", sound.tone, SOUND_TAKES + 1),
    ("noise", sound.noise, SOUND_TAKES + 1),
    ("model", words.model, LIMIT),
    ("hearing", words.hearing, HEARING_TAKES + 5),
    ("voice", words.voice, 30.0),
    ("cache", words.cache, LIMIT),
    ("disk", machine.disk, LIMIT),
    ("clock", machine.clock, LIMIT),
    ("power", machine.power, LIMIT),
    ("service", household.service, LIMIT),
    ("watchdog", household.watchdog, LIMIT),
)


class Examination:
    """Runs all checks over a patient. hangs: at least one of them has not ended."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self.hangs = False

    def findings(self) -> Iterator[Finding]:
        """One after the other, as they come."""
        self._patient.start_hearing()
        try:
            for name, check, seconds in CHECKS:
                found, hangs = guarded(name, lambda check=check: check(self._patient), seconds)  # type: ignore[misc]
                self.hangs = self.hangs or hangs
                if found is not None:
                    yield found
        finally:
            self._patient.close()
