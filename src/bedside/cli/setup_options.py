"""What the options of `bedside setup` say of the sound, and whether the devices they name are there."""

from __future__ import annotations

from dataclasses import dataclass

from bedside.audio.devices import Direction, NoSuchDevice, find_device
from bedside.cli.dialog import Dialog
from bedside.cli.setup_questions import NONE, Values, unless_taken_away
from bedside.cli.setup_texts import setup_texts
from bedside.errors import SoundError, UsageError


@dataclass(frozen=True)
class SoundOptions:
    """None is asked, or left out without a terminal; the name "-" takes a device out of the settings."""

    microphone: str | None
    speaker: str | None
    volume: float | None
    night_volume: float | None
    tried: bool | None
    measured: bool | None
    cramp: bool | None

    @property
    def names(self) -> dict[Direction, str]:
        """The devices that are to be there."""
        named: dict[Direction, str | None] = {"microphone": self.microphone, "speaker": self.speaker}
        return {direction: name for direction, name in named.items() if name is not None and name != NONE}

    def values(self) -> Values:
        """As settings."""
        named: Values = {
            "microphone": self.microphone,
            "speaker": self.speaker,
            "voice.gain_db": self.volume,
            "quiet_hours.gain_db": self.night_volume,
        }
        return {key: unless_taken_away(value) for key, value in named.items() if value is not None}


def check_name(direction: Direction, name: str, held: bool, dialog: Dialog) -> None:
    """Raises UsageError if devices are there and none has this name: the next night would begin with an error. Where
    none is there, or the service holds it (PortAudio lists no card that is in use), one line says so."""
    said = setup_texts().said
    reason = said.held
    if not held:
        try:
            find_device(direction, name)
            return
        except NoSuchDevice as error:
            raise UsageError(str(error)) from None
        except SoundError as error:
            reason = str(error)
    dialog.line(said.unchecked.format(name=name, reason=reason), style="yellow")
