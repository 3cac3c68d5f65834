"""The control socket of a bedside that listens in a terminal or as the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bedside import __version__
from bedside.assistant import Assistant
from bedside.audio.devices import Device
from bedside.audio.soundcard import SoundCard
from bedside.cli.output import errors
from bedside.dialogue.routine import Routine
from bedside.errors import ControlError
from bedside.service.attendant import About, Attendant
from bedside.service.control_server import ControlServer
from bedside.service.control_socket import own_place
from bedside.service.protocol import SoundState, UsedDevice


@contextmanager
def controlled(
    assistant: Assistant, routines: Mapping[str, Routine], model: str, sound: Callable[[], SoundState]
) -> Iterator[None]:
    """Inside, the assistant obeys the control socket. Where there can be none it does without, and one line says so:
    whoever cries out is heard all the same."""
    place = own_place()
    try:
        server = ControlServer(place) if place is not None else None
    except ControlError as error:
        errors.print(f"bedside: {error} This one takes no commands.", markup=False)
        server = None
    if server is None:
        yield
        return
    with server:
        attendant = Attendant(assistant, routines, About(__version__, model, sound), server.take)
        assistant.attendants.append(attendant)
        try:
            yield
        finally:
            # They hold each other, and with them the sound card, which would never be let go.
            assistant.attendants.remove(attendant)


def sound_of(card: SoundCard) -> SoundState:
    """What `status` tells of a sound card."""
    microphone, speaker = card.devices
    noise = card.noise_dbfs
    return SoundState(
        microphone="alive" if card.hears else "gone",
        speaker="alive" if speaker is not None else "gone",
        microphone_device=_used(microphone),
        speaker_device=_used(speaker),
        noise_dbfs=None if noise is None else round(noise, 1),
    )


def _used(device: Device | None) -> UsedDevice | None:
    return UsedDevice(name=device.name, rate=device.rate) if device is not None else None
