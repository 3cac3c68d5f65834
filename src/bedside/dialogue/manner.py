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


class Manner:
    """Changes pace and volume on demand."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._gain_db = 0.0
        self._quiet = False

    def change(self, intent: str) -> None:
        """One step slower, faster, louder or quieter; said aloud if nothing else is being said."""
        scene, stage = self._stage.scene, self._stage
        if intent in ("slower", "faster"):
            scene.pace = _within(scene.pace + (PACE_STEP if intent == "faster" else -PACE_STEP), PACES)
        else:
            self._gain_db = _within(self._gain_db + (GAIN_STEP_DB if intent == "louder" else -GAIN_STEP_DB), GAINS_DB)
        self._adjust()
        if stage.activity not in ("idle", "alert") and not stage.performer.speaking:
            stage.performer.aside(scene.line(getattr(scene.library.spoken, intent), stage.step_name()), scene.now)

    def plain(self) -> None:
        """For an emergency: not faster and not softer than configured."""
        scene = self._stage.scene
        if scene.pace > 1.0 or self._gain_db < 0.0 or self._quiet:
            scene.pace, self._gain_db = min(1.0, scene.pace), max(0.0, self._gain_db)
            self._stage.add(Adjust(round(scene.pace, 2), self._gain_db))

    def quiet_hours(self, quiet: bool) -> None:
        """The quiet hours begin or end; in an emergency, which is spoken at full loudness, it takes effect later."""
        if quiet != self._quiet:
            self._quiet = quiet
            if self._stage.activity != "alert":
                self._adjust()

    def after_alert(self) -> None:
        """Back to the volume of the hour."""
        if self._quiet:
            self._adjust()

    def _adjust(self) -> None:
        scene = self._stage.scene
        self._stage.add(Adjust(round(scene.pace, 2), self._gain_db + (scene.settings.quiet_db if self._quiet else 0.0)))

    def as_at_the_start(self) -> None:
        """A new night: as configured."""
        if (self._stage.scene.pace, self._gain_db) != (1.0, 0.0):
            self._stage.scene.pace, self._gain_db = 1.0, 0.0
            self._adjust()


def _within(value: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0], min(bounds[1], value))
