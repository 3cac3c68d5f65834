"""Which sound devices there are, found by name. PortAudio is loaded on first use: most commands need none."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bedside.errors import SoundError

Direction = Literal["microphone", "speaker"]

_NUMBER = re.compile(r" ?\(hw:\d+,\d+\)", re.IGNORECASE)
"""How PortAudio marks cards of ALSA."""


class NoSoundDevice(SoundError):  # noqa: N818
    """This machine has no microphone, or no speaker, at all."""


class NoSuchDevice(SoundError):  # noqa: N818
    """There are devices, but none has the name that was asked for."""


@dataclass(frozen=True)
class Device:
    """One sound device as PortAudio sees it. rate: its native sample rate (Hz); index: valid only until the
    list is read anew."""

    index: int
    name: str
    host_api: str
    input_channels: int
    output_channels: int
    rate: int
    default_input: bool
    default_output: bool

    def channels(self, direction: Direction) -> int:
        return self.input_channels if direction == "microphone" else self.output_channels

    @property
    def is_hardware(self) -> bool:
        """Whether it is a card itself, and not a way to one or to a sound server."""
        return _NUMBER.search(self.name) is not None

    def is_default(self, direction: Direction) -> bool:
        return self.default_input if direction == "microphone" else self.default_output


def portaudio() -> Any:
    """The sounddevice module. Raises SoundError if PortAudio is not installed or does not start."""
    try:
        import sounddevice
    except OSError:
        raise SoundError(
            "the PortAudio library is missing, so no sound device can be used. "
            "Install it: sudo apt install libportaudio2"
        ) from None
    except Exception as error:
        # The class of this error is defined in the module that has just failed to load.
        raise SoundError(
            f"PortAudio does not start ({_reason(error)}). Check the sound set-up of this machine."
        ) from None
    return sounddevice


def list_devices() -> list[Device]:
    """All sound devices; an empty list when there are none. Raises SoundError without PortAudio."""
    sd = portaudio()
    try:
        apis, devices = sd.query_hostapis(), sd.query_devices()
    except sd.PortAudioError as error:
        raise SoundError(f"the sound devices cannot be listed ({_reason(error)}).") from None
    default_input, default_output = sd.default.device
    return [
        Device(
            index=index,
            name=str(device["name"]),
            host_api=str(apis[device["hostapi"]]["name"]),
            input_channels=int(device["max_input_channels"]),
            output_channels=int(device["max_output_channels"]),
            rate=round(device["default_samplerate"]),
            default_input=index == default_input,
            default_output=index == default_output,
        )
        for index, device in enumerate(devices)
    ]


def find_device(direction: Direction, name: str | None) -> Device:
    """The device whose name contains `name` (upper and lower case alike; an exact name wins), or the default.

    Raises NoSoundDevice if there is no microphone (or speaker) at all, NoSuchDevice if none has that name.
    """
    return find_devices(direction, name)[0]


def find_devices(direction: Direction, name: str | None) -> list[Device]:
    """The devices that may be meant, best first: those with that name; without a name the default, then hardware,
    then the others, since a default may lead to a sound server that nobody runs. Raises as `find_device` does."""
    devices = [device for device in list_devices() if device.channels(direction) > 0]
    if not devices:
        raise NoSoundDevice(f"no {direction} found. Plug one in, then look with 'bedside devices'.")
    if name is None:
        return sorted(devices, key=lambda device: (not device.is_default(direction), not device.is_hardware))
    wanted = name.casefold()
    # A card that was plugged in anew may have another number.
    matching = [device for device in devices if wanted in device.name.casefold()] or [
        device for device in devices if without_number(wanted) in without_number(device.name.casefold())
    ]
    if not matching:
        names = ", ".join(f"'{device.name}'" for device in devices)
        raise NoSuchDevice(f"no {direction} has '{name}' in its name. There are: {names}.")
    return sorted(matching, key=lambda device: device.name.casefold() != wanted)


def without_number(name: str) -> str:
    """A device's name without the number that ALSA gave the card."""
    return _NUMBER.sub("", name)


def lasting_name(device: Device, all_of_them: Sequence[Device]) -> str | None:
    """What to call a device in the settings so that it is found again after a start, when ALSA may have numbered the
    cards anew; with its number if nothing else tells it from others. None for what the system itself calls the
    default."""
    if device.name == "default":
        return None
    name = without_number(device.name)
    return name if sum(name in each.name for each in all_of_them) == 1 else device.name


def refresh_devices() -> None:
    """Make PortAudio look again for devices; its list is frozen otherwise. This ends every open stream."""
    sd = portaudio()
    with contextlib.suppress(sd.PortAudioError):
        sd._terminate()
    try:
        sd._initialize()
    except sd.PortAudioError as error:
        raise SoundError(f"PortAudio does not start ({_reason(error)}).") from None


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
