"""USB devices that go and come, which no test can plug in: they and the clock are made, the search for them is real."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bedside.audio import devices, soundcard
from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block, silence
from bedside.audio.devices import Device
from bedside.audio.soundcard import SoundCard
from bedside.errors import SoundError

DESK = Device(0, "Desk: Audio (hw:0,0)", "ALSA", 1, 0, 48000, True, False)
USB = Device(1, "Jabra USB: Audio (hw:1,0)", "ALSA", 0, 2, 48000, False, True)
HDMI = Device(2, "vc4-hdmi: MAI PCM (hw:2,0)", "ALSA", 0, 2, 48000, False, False)

VOICE: Block = np.full(BLOCK, 0.1, dtype=np.float32)
GAP = 0.6
"""Seconds between two sentences."""


class Stream:
    """A stream that lives as long as its device, and PortAudio, do."""

    overflows = waits = troubles = ready = 0
    began = True

    def __init__(self, room: Room, device: Device) -> None:
        if device not in room.plugged:
            raise SoundError(f"'{device.name}' is not there.")
        self.device = device
        self.queue = SimpleNamespace(underflows=0, adjusted=0)
        self._room = room
        self._closed = False
        room.streams.append(self)

    @property
    def alive(self) -> bool:
        return not self._closed and self.device in self._room.plugged

    def close(self) -> None:
        self._closed = True

    def read(self, timeout: float, together: int = 1) -> Block:
        self._room.now += BLOCK_SECONDS
        # A sound without pauses would be taken for what the room sounds like.
        heard = self._room.somebody_speaks and self._room.now % 1 < 0.5
        return VOICE if heard else np.full(BLOCK, 1e-4, dtype=np.float32)

    def write(self, block: Block, coming: int = 0) -> None:
        pass


class Room:
    """What is plugged in, and a clock that goes on when somebody waits. meanwhile: called every 10 ms of a search."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.plugged = [DESK, USB, HDMI]
        self.known = list(self.plugged)
        self.streams: list[Stream] = []
        self.somebody_speaks = False
        self.refreshed: list[float] = []
        self.troubles: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def refresh(self) -> None:
        assert not any(stream.alive for stream in self.streams), "a stream is open while PortAudio starts anew"
        self.refreshed.append(self.now)
        self.known = list(self.plugged)

    def wait(self, seconds: float) -> bool:
        for _ in range(round(seconds / BLOCK_SECONDS)):
            self.now += BLOCK_SECONDS
            self.meanwhile()
        return False


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()

    class Microphone(Stream):
        def __init__(self, device: Device) -> None:
            super().__init__(room, device)

    class Speaker(Stream):
        def __init__(self, device: Device) -> None:
            super().__init__(room, device)

    class Thread:
        """Done once it is started."""

        def __init__(self, target: Callable[[], None], **_: Any) -> None:
            self.start = target

        def is_alive(self) -> bool:
            return False

        def join(self, timeout: float) -> None:
            pass

    def event() -> SimpleNamespace:
        return SimpleNamespace(wait=room.wait, set=lambda: None)

    monkeypatch.setattr(devices, "list_devices", lambda: room.known)
    monkeypatch.setattr(soundcard, "portaudio", lambda: None)
    monkeypatch.setattr(soundcard, "refresh_devices", room.refresh)
    monkeypatch.setattr(soundcard, "Microphone", Microphone)
    monkeypatch.setattr(soundcard, "Speaker", Speaker)
    monkeypatch.setattr(soundcard, "threading", SimpleNamespace(Thread=Thread, Event=event))
    monkeypatch.setattr(soundcard, "time", SimpleNamespace(monotonic=lambda: room.now, sleep=room.wait))
    return room


def listen(card: SoundCard, room: Room, seconds: float, says: Block | None = None) -> None:
    """The assistant's loop for so long; says: what it speaks all the time."""
    until = room.now + seconds
    while True:
        card.read()
        card.write(silence() if says is None else says)
        if room.now > until:
            # What a search has found is told with the next block.
            card.read()
            return


def test_from_a_substitute_it_goes_back_to_the_device_that_was_lost(room: Room) -> None:
    with SoundCard(on_trouble=room.troubles.append) as card:
        listen(card, room, 1)
        assert card.in_use == (DESK.name, USB.name)
        room.plugged = [DESK, HDMI]
        listen(card, room, 10)
        assert card.in_use == (DESK.name, HDMI.name)
        assert room.troubles == [
            f"the speaker '{USB.name}' is gone; looking for it",
            f"the speaker '{HDMI.name}' takes its place",
        ]
        room.refreshed.clear()
        listen(card, room, 600)
        # It is looked for in silence, and not often: each time nobody is heard for a moment.
        assert 8 <= len(room.refreshed) <= 10
        assert card.in_use == (DESK.name, HDMI.name)
        assert len(room.troubles) == 2

        # Plugged in anew it has another number.
        again = Device(3, "Jabra USB: Audio (hw:3,0)", "ALSA", 0, 2, 48000, False, False)
        room.plugged = [DESK, HDMI, again]
        room.refreshed.clear()
        listen(card, room, 200, says=VOICE)
        room.somebody_speaks = True
        listen(card, room, 200)
        assert room.refreshed == []
        room.somebody_speaks = False
        listen(card, room, 10)
        assert card.in_use == (DESK.name, again.name)
        assert room.troubles[2:] == [f"the speaker '{again.name}' is back"]
        assert card.returns == 2
        listen(card, room, 600)
        assert len(room.refreshed) == 1


def test_a_substitute_is_kept_while_another_device_is_looked_for(room: Room) -> None:
    with SoundCard(on_trouble=room.troubles.append) as card:
        room.plugged = [DESK, HDMI]
        listen(card, room, 1)
        assert card.in_use == (DESK.name, HDMI.name)
        room.plugged = [HDMI]
        heard: list[str | None] = []

        def meanwhile() -> None:
            heard.append(card.in_use[1])
            if len(heard) == 1000:
                room.plugged = [HDMI, DESK]

        room.meanwhile = meanwhile
        listen(card, room, 1)
        assert set(heard) == {HDMI.name}
        assert card.in_use == (DESK.name, HDMI.name)
        assert room.troubles[-1] == f"the microphone '{DESK.name}' is back"


@pytest.mark.parametrize("length", [1.2, 1.65, 1.95])
def test_the_gap_between_two_sentences_is_no_time_to_look(room: Room, length: float) -> None:
    """An alert repeats four sentences every 15 s, for ever; the microphone is gone."""
    spoken = 4 * (length + GAP)
    with SoundCard(on_trouble=room.troubles.append) as card:
        listen(card, room, 1)
        begun = room.now

        def meanwhile() -> None:
            at = (room.now - begun) % (spoken + 15)
            card.write(VOICE if at < spoken and at % (length + GAP) < length else silence())
            if room.now > begun + 60:
                room.plugged = [DESK, USB, HDMI]

        room.meanwhile = meanwhile
        room.plugged = [USB, HDMI]
        listen(card, room, 1)
        assert card.in_use == (DESK.name, USB.name)
        assert len(room.refreshed) >= 3
        assert all((at - begun) % (spoken + 15) > spoken for at in room.refreshed)
