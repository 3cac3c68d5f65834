"""The real bedroom: a microphone and a speaker that may be unplugged in the night and come back."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import numpy as np

from bedside.audio.block import BLOCK, BLOCK_SECONDS, Block, silence
from bedside.audio.devices import find_device, refresh_devices
from bedside.audio.steady_clock import SteadyClock
from bedside.audio.streams import Microphone, Speaker
from bedside.errors import SoundError

FIRST_RETRY = 1.0
LONGEST_RETRY = 30.0
"""Seconds between attempts to reopen: 1, 2, 4 … 30."""

_PATIENCE = 0.25
"""Seconds to wait for a late block before silence takes its place."""

_SOUNDING = 0.5

TOGETHER = 6
"""Blocks that are read at once while nothing happens: waking up a hundred times a second is most of what a quiet night
costs. What is said is not answered later: the first 60 ms of it are heard together, and from then on each 10 ms."""

ATTENTIVE = 5.0
"""Seconds after the last sound, in the room or of the speaker, in which something happens."""

LOUD = 4.0
"""A sound in the room has so many times the power (6 dB) of its quietest moments."""

FAINT = 1e-9
"""Power (-90 dBFS) below which no microphone tells anything."""

FORGOTTEN = 1.0014
"""How much more power the quietest moment counts for with each block that was not quieter: twice as much in 5 s."""


class SoundCard:
    """An AudioEnd over the devices whose names contain `microphone` and `speaker` (None: the default ones).

    Entering raises NoSoundDevice if there is no microphone or speaker at all, and SoundError if the one that
    is named is missing or cannot be opened. Later failures raise nothing: `on_trouble` gets one line (called
    from `read`), silence comes from the microphone at the pace of the clock, and the device is looked for
    until it is back, which is one more line.
    """

    realtime = True

    def __init__(
        self,
        microphone: str | None = None,
        speaker: str | None = None,
        on_trouble: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._microphone_name = microphone
        self._speaker_name = speaker
        self._on_trouble = on_trouble
        self._clock = SteadyClock()
        self._microphone: Microphone | None = None
        self._speaker: Speaker | None = None
        self._messages: deque[str] = deque()
        self._due = 0.0
        self._starved = False
        self._reopened = 0
        self._sounded = 0.0
        self._quietest = math.inf
        self._happened = 0.0
        self._closing = threading.Event()
        self._search: threading.Thread | None = None

    @property
    def now(self) -> float:
        return self._clock.now

    @property
    def hears(self) -> bool:
        """Whether the microphone is there and gives sound."""
        microphone = self._microphone
        return microphone is not None and microphone.alive and not self._starved

    @property
    def counts(self) -> dict[str, int]:
        """For the curious: what went wrong without ending anything (over- and underflows, adjusted blocks), and how
        often the loop waited for sound."""
        microphone, speaker = self._microphone, self._speaker
        return {
            "microphone_overflows": microphone.overflows if microphone else 0,
            "microphone_waits": microphone.waits if microphone else 0,
            "microphone_troubles": microphone.troubles if microphone else 0,
            "speaker_underflows": speaker.queue.underflows if speaker else 0,
            "speaker_troubles": speaker.troubles if speaker else 0,
            "speaker_adjusted": speaker.queue.adjusted if speaker else 0,
        }

    @property
    def jumps(self) -> int:
        microphone, speaker = self._microphone, self._speaker
        lost = microphone.overflows if microphone else 0
        return self._reopened + lost + (speaker.queue.underflows + speaker.queue.adjusted if speaker else 0)

    def read(self) -> Block | None:
        self._watch()
        block = self._next_microphone_block()
        self._due = max(self._due + BLOCK_SECONDS, time.monotonic() - _PATIENCE)
        self._starved = block is None
        self._clock.tick()
        if block is None:
            return silence()
        self._note_loudness(block)
        return block

    def write(self, block: Block) -> None:
        if block.any():
            self._sounded = time.monotonic()
        microphone, speaker = self._microphone, self._speaker
        if speaker is not None:
            speaker.write(block, microphone.ready if microphone else 0)

    def observe(self, event: Mapping[str, object]) -> None:
        """A real room does not read event logs."""

    def __enter__(self) -> Self:
        self._microphone = Microphone(find_device("microphone", self._microphone_name))
        try:
            self._speaker = Speaker(find_device("speaker", self._speaker_name))
        except SoundError:
            self._microphone.close()
            raise
        self._clock = SteadyClock()
        self._due = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._search is not None:
            self._search.join(timeout=10)
        for stream in (self._microphone, self._speaker):
            if stream is not None:
                stream.close()

    def _next_microphone_block(self) -> Block | None:
        """A block from the microphone, or None when it is time for one and there is none."""
        # Once silence has taken over it comes every 10 ms, until the first block of real sound.
        patience = BLOCK_SECONDS if self._starved else _PATIENCE
        wait = max(0.0, self._due + patience - time.monotonic())
        microphone = self._microphone
        if microphone is not None:
            happens = time.monotonic() - max(self._happened, self._sounded) < ATTENTIVE
            return microphone.read(wait, 1 if happens or self._starved else TOGETHER)
        time.sleep(wait)
        return None

    def _note_loudness(self, block: Block) -> None:
        """Note whether this is a sound or what the room sounds like by itself."""
        power = float(np.dot(block, block)) / BLOCK
        self._quietest = max(FAINT, min(power, self._quietest * FORGOTTEN))
        if power > LOUD * self._quietest:
            self._happened = time.monotonic()

    def _watch(self) -> None:
        """Pass on what the search has found, and begin one when a stream has died."""
        while self._messages:
            self._on_trouble(self._messages.popleft())
        if self._search is not None and self._search.is_alive():
            return
        dead = [stream for stream in (self._microphone, self._speaker) if stream and not stream.alive]
        for stream in dead:
            direction = "microphone" if isinstance(stream, Microphone) else "speaker"
            self._on_trouble(f"the {direction} '{stream.device.name}' is gone; looking for it")
        if dead:
            self._search = threading.Thread(target=self._look_for_devices, name="sound search", daemon=True)
            self._search.start()

    def _look_for_devices(self) -> None:
        """Reopen what has died, until both streams live. Runs beside the loop, which goes on in silence:
        opening a device can take seconds."""
        self._drop_dead()
        retry, attempt = FIRST_RETRY, 0
        while not (self._microphone and self._speaker) and not self._closing.wait(retry):
            attempt += 1
            # The first attempt takes the devices as they were known; after that PortAudio has to look anew,
            # which ends the other stream too, so it waits while the assistant speaks.
            speaking = self._speaker is not None and time.monotonic() - self._sounded < _SOUNDING
            if attempt > 1 and speaking:
                retry = FIRST_RETRY
                continue
            if attempt > 1:
                self._refresh()
            self._open_missing()
            retry = min(LONGEST_RETRY, 2 * retry)

    def _drop_dead(self) -> None:
        if self._microphone and not self._microphone.alive:
            dead, self._microphone = self._microphone, None
            dead.close()
        if self._speaker and not self._speaker.alive:
            silent, self._speaker = self._speaker, None
            silent.close()

    def _refresh(self) -> None:
        microphone, self._microphone = self._microphone, None
        speaker, self._speaker = self._speaker, None
        for stream in (microphone, speaker):
            if stream is not None:
                stream.close()
        try:
            refresh_devices()
        except SoundError:
            return
        # What lived before is not news.
        self._open_missing(microphone is None, speaker is None)

    def _open_missing(self, microphone_is_news: bool = True, speaker_is_news: bool = True) -> None:
        """Open what is missing as far as that works now."""
        # More than any stream counts, so that the sum is never the same again.
        self._reopened += 1_000_000
        if self._microphone is None:
            with contextlib.suppress(SoundError):
                self._microphone = Microphone(find_device("microphone", self._microphone_name))
                if microphone_is_news:
                    self._messages.append(f"the microphone '{self._microphone.device.name}' is back")
        if self._speaker is None:
            with contextlib.suppress(SoundError):
                self._speaker = Speaker(find_device("speaker", self._speaker_name))
                if speaker_is_news:
                    self._messages.append(f"the speaker '{self._speaker.device.name}' is back")
