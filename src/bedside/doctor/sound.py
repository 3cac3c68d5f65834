"""The checks of microphone and speaker: which there are, whether the one hears the other, and the noise."""

from __future__ import annotations

from bedside.audio.calibration import CLEAR_DB
from bedside.audio.devices import Direction, find_device
from bedside.audio.echo_filter import REACH
from bedside.audio.levels import SILENCE_DBFS
from bedside.doctor.finding import Finding
from bedside.doctor.patient import Patient
from bedside.doctor.running import device_in_use, noise_in_use
from bedside.errors import SoundError

LOUD_ROOM = -45.0
"""Noise (dBFS in the band of speech) from which a voice across the room is hard to tell."""

CHANGED_DB = 10.0
"""So much softer than at set-up, and somebody has turned something down."""

HELD = "not tried: a bedside is running, and holds microphone and speaker."
TRY = "To try it, end that one first; of the service: sudo systemctl stop bedside (and start it again)"


def microphone(patient: Patient) -> Finding:
    return _device(patient, "microphone", patient.config.microphone)


def speaker(patient: Patient) -> Finding:
    return _device(patient, "speaker", patient.config.speaker)


def tone(patient: Patient) -> Finding | None:
    """A tone from the speaker to the microphone. None if none is to be played."""
    name = "tone"
    if not patient.sound:
        return None
    if patient.running is not None:
        return Finding(name, "skipped", HELD, TRY)
    try:
        echo, before = patient.echo(), patient.config.measured
    except SoundError as error:
        return Finding(
            name, "wrong", str(error), "Is it plugged in, and does no other program hold it ('bedside run')?"
        )
    if echo.delay is None:
        what = "the microphone does not hear the speaker."
        if before.day is not None and before.delay is None:
            return Finding(name, "warning", f"{what} So it was at set-up.", "Try the speaker: bedside say hello")
        return Finding(name, "wrong", what, "Turn the speaker on and up, then: bedside say hello; or: bedside setup")
    what = (
        f"heard after {echo.delay:.2f} s at {echo.level_dbfs:.0f} dBFS, "
        f"{echo.above_noise_db:.0f} dB above the noise of the room."
    )
    if echo.clipped:
        return Finding(
            name, "wrong", f"{what} It overloads the microphone.", "Move them apart, or turn one of them down."
        )
    if echo.delay > REACH:
        late = f"{what} That is later than the {REACH:.1f} s which bedside can take out of what it hears."
        return Finding(name, "warning", late, "Over its voice it hears badly. Use a cable instead of Bluetooth.")
    if before.voice_dbfs is not None and echo.level_dbfs < before.voice_dbfs - CHANGED_DB:
        softer = f"{what} At set-up it was {before.voice_dbfs:.0f} dBFS."
        return Finding(name, "warning", softer, "Was the speaker turned down, or moved? Put it back, or: bedside setup")
    if echo.above_noise_db < CLEAR_DB / 2:
        return Finding(name, "warning", f"{what} That is little.", "Turn the speaker up, or move it nearer to the bed.")
    return Finding(name, "fine", what)


def noise(patient: Patient) -> Finding | None:
    """The noise of the room, and whether the microphone gives any sound at all."""
    name = "noise"
    if patient.running is not None:
        return noise_in_use(patient.running)
    if not patient.sound:
        return None
    try:
        level = patient.echo().noise_dbfs
    except SoundError:
        return Finding(name, "skipped", "there was no sound.")
    if level <= SILENCE_DBFS:
        what = "the microphone gives nothing but digital silence."
        return Finding(name, "wrong", what, "Is it muted? 'alsamixer' (F4) shows; or it has a switch.")
    what = f"{level:.0f} dBFS in the band of speech."
    if level > LOUD_ROOM:
        return Finding(
            name, "warning", f"{what} That is loud.", "A fan, a window, or the microphone turned up too far?"
        )
    return Finding(name, "fine", what)


def _device(patient: Patient, direction: Direction, wanted: str | None) -> Finding:
    if patient.running is not None:
        return device_in_use(direction, patient.running)
    device = find_device(direction, wanted)
    chosen = "as set" if wanted is not None else "the default"
    channels = device.channels(direction)
    return Finding(
        direction, "fine", f"'{device.name}' ({chosen}), {device.rate} Hz, {channels} channel{'s'[: channels > 1]}."
    )
