"""What a bedside that runs tells of its microphone and speaker, which nobody else can try meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from bedside.audio.devices import Direction
from bedside.audio.soundcard import FAINT_DBFS
from bedside.doctor.finding import Finding
from bedside.errors import ControlError
from bedside.service.control_client import ForbiddenError, NotRunningError, ask
from bedside.service.control_socket import known_places
from bedside.service.heartbeat import LISTENING, NO_MICROPHONE, NO_SPEAKER
from bedside.service.protocol import Simple, Status
from bedside.service.status import ServiceStatus

PLUG_IN = "Plug it in again. If it is to be another one: bedside setup"


@dataclass(frozen=True)
class Running:
    """status: what it tells through its control socket. words: without that, what the service tells systemd, empty if
    nothing. trouble: why it does not answer although it should."""

    status: Status | None = None
    words: str = ""
    trouble: str = ""


def find_running(service: ServiceStatus | None) -> Running | None:
    """The bedside that runs, the service or another one; None if none does. service: as systemd knows it."""
    held = service is not None and service.holds_devices
    words = service.status if service is not None else ""
    try:
        return Running(status=ask(Simple(command="status"), known_places()).status)
    except (NotRunningError, ForbiddenError):
        return Running(words=words) if held else None
    except ControlError as error:
        return Running(trouble=str(error))


def device_in_use(direction: Direction, running: Running) -> Finding:
    """Whether it has its microphone or its speaker, and, for the microphone, whether anybody is heard."""
    status = running.status
    if running.trouble:
        logs = "See why: bedside service logs; or start it again: sudo systemctl restart bedside"
        return Finding(direction, "wrong" if direction == "microphone" else "skipped", running.trouble, logs)
    if status is None:
        return _by_words(direction, running.words)
    microphone = direction == "microphone"
    state = status.microphone if microphone else status.speaker
    device = status.microphone_device if microphone else status.speaker_device
    if state == "gone":
        return Finding(direction, "wrong", "the bedside that is running has none, and looks for it.", PLUG_IN)
    what = f"'{device.name}', {device.rate} Hz, in use." if device is not None else "in use."
    if microphone and status.muted_until is not None:
        until = f"{status.muted_until.astimezone():%Y-%m-%d %H:%M}"
        return Finding(direction, "warning", f"{what} It is muted until {until}: nobody is heard.", "bedside mute off")
    if state is None:
        return Finding(direction, "skipped", "the bedside that is running does not tell of it.")
    return Finding(direction, "fine", what)


def noise_in_use(running: Running) -> Finding:
    """The quietest moments of the room, as the running bedside knows them."""
    name, level = "noise", running.status.noise_dbfs if running.status is not None else None
    if level is None:
        return Finding(name, "skipped", "the bedside that is running does not tell of it.")
    if level <= FAINT_DBFS:
        what = "the microphone gives nothing but digital silence just now."
        return Finding(name, "warning", what, "Is it muted? 'alsamixer' (F4) shows; or it has a switch.")
    return Finding(name, "fine", f"{level:.0f} dBFS in the quietest moments.")


def _by_words(direction: Direction, words: str) -> Finding:
    if not words:
        return Finding(direction, "skipped", "not tried: the service is running and holds it.")
    told = f"the service says: {words}"
    if words == NO_MICROPHONE:
        # Of the speaker it says nothing then.
        return Finding(direction, "wrong" if direction == "microphone" else "skipped", told, PLUG_IN)
    if not words.startswith(LISTENING):
        return Finding(direction, "warning", told, "See why: bedside service logs")
    if direction == "speaker" and words.endswith(NO_SPEAKER):
        return Finding(direction, "wrong", told, PLUG_IN)
    return Finding(direction, "fine", told)
