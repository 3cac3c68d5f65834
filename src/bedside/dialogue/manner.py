"""How bedside speaks: pace and volume, which stay for the night."""

from __future__ import annotations

from bedside.dialogue.actions import Adjust
from bedside.dialogue.stage import Stage

MANNERS = ("slower", "faster", "louder", "quieter")

PACES = (0.7, 1.3)
PACE_STEP = 0.1
"""Factor on the configured rate of speech."""

GAINS_DB = (-12.0, 12.0)
GAIN_STEP_DB = 3.0

EMERGENCY_PACE = 1.0
EMERGENCY_GAIN_DB = 0.0
"""In an emergency never faster and never softer than configured (guidance.md E9)."""


class Manner:
    """Changes pace and volume on demand.

    What was asked for is kept apart from what is spoken with: an emergency has its own, and leaves hers as they were.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._hers = (1.0, 0.0)
        self._now = (1.0, 0.0)
        self._emergency = False
        self._quiet = False
        self._told = (1.0, 0.0)

    def change(self, intent: str) -> None:
        """One step slower, faster, louder or quieter; said aloud if nothing else is being said."""
        scene, stage = self._stage.scene, self._stage
        pace, gain = self._now
        if intent in ("slower", "faster"):
            pace = _within(pace + (PACE_STEP if intent == "faster" else -PACE_STEP), PACES)
        else:
            gain = _within(gain + (GAIN_STEP_DB if intent == "louder" else -GAIN_STEP_DB), GAINS_DB)
        self._now = _fit_for_emergency(pace, gain) if self._emergency else (pace, gain)
        if not self._emergency:
            self._hers = self._now
        self._adjust()
        if stage.activity not in ("idle", "alert") and not stage.performer.speaking:
            stage.performer.aside(scene.line(getattr(scene.library.spoken, intent), stage.step_name()), scene.now)

    def emergency(self) -> None:
        """An emergency begins: not faster and not softer than configured, and no quiet hours."""
        if self._emergency:
            return
        self._emergency = True
        self._now = _fit_for_emergency(*self._hers)
        self._adjust()

    def usual(self) -> None:
        """No emergency is open any more: her own pace and volume again, and those of the hour."""
        self._emergency = False
        self._now = self._hers
        self._adjust()

    def quiet_hours(self, quiet: bool) -> None:
        """The quiet hours begin or end; in an emergency it takes effect later."""
        self._quiet = quiet
        self._adjust()

    def as_at_the_start(self) -> None:
        """A new night: as configured."""
        self._hers = (1.0, 0.0)
        self._now = _fit_for_emergency(*self._now) if self._emergency else self._hers
        self._adjust()

    def _adjust(self) -> None:
        scene, (pace, gain) = self._stage.scene, self._now
        scene.pace = pace
        if self._quiet and not self._emergency:
            gain += scene.settings.quiet_db
        if self._told != (pace, gain):
            self._told = (pace, gain)
            self._stage.add(Adjust(round(pace, 2), gain))


def _fit_for_emergency(pace: float, gain: float) -> tuple[float, float]:
    return min(EMERGENCY_PACE, pace), max(EMERGENCY_GAIN_DB, gain)


def _within(value: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0], min(bounds[1], value))
