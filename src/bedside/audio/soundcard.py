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
from bedside.audio.device_choice import DeviceChoice
from bedside.audio.devices import Device, Direction, portaudio, refresh_devices
from bedside.audio.steady_clock import SteadyClock
from bedside.audio.streams import Microphone, Speaker
from bedside.errors import SoundError

FIRST_RETRY = 1.0
LONGEST_RETRY = 5.0
"""Seconds between attempts to reopen: 1, 2, 4, 5, 5 … Somebody who has put the plug back in waits for it."""

FORMER = 6
"""So many attempts (22 s) are for the device that was lost; after that another one will do, if none is named."""

LOOK_BACK = 60.0
"""Seconds between looks for the device that was lost while another one takes its place: each interrupts both."""

SEARCH_STUCK = 60.0
"""Seconds after which a search that has not made a step is stuck; opening a device may take some."""

_PATIENCE = 0.25
"""Seconds to wait for a late block before silence takes its place."""

_SOUNDING = 2.0
"""Seconds without a sound after which the assistant does not speak: between two sentences there are 0.6 s, between the
repeats of an alert some 15 s."""

TOGETHER = 6
"""Blocks that are read at once while nothing happens: waking up a hundred times a second is most of what a quiet night
costs. What is said is not answered later: the first 60 ms of it are heard together, and from then on each 10 ms."""

ATTENTIVE = 5.0
"""Seconds after the last sound, in the room or of the speaker, in which something happens."""

LOUD = 4.0
"""A sound in the room has so many times the power (6 dB) of its quietest moments."""

FAINT, FAINT_DBFS = 1e-9, -90.0
"""Power, and its level, below which no microphone tells anything."""

FORGOTTEN = 1.0014
"""How much more power the quietest moment counts for with each block that was not quieter: twice as much in 5 s."""


class SoundCard:
    """An AudioEnd over the devices whose names contain `microphone` and `speaker` (None: the default ones).

    Entering raises NoSoundDevice if there is no microphone or speaker at all, and SoundError if the one that
    is named is missing or cannot be opened. Later failures raise nothing: `on_trouble` gets one line (called
    from `read`), silence comes from the microphone at the pace of the clock, and the device is looked for
    until it is back, which is one more line.

    waits: entering raises nothing for a missing device either, it is looked for from the beginning; only without
    PortAudio there is a SoundError.
    """

    realtime = True

    def __init__(
        self,
        microphone: str | None = None,
        speaker: str | None = None,
        on_trouble: Callable[[str], None] = lambda line: None,
        waits: bool = False,
    ) -> None:
        self._microphone_name = microphone
        self._speaker_name = speaker
        self._on_trouble = on_trouble
        self._waits = waits
        self._choice = DeviceChoice()
        self.blocks = 0
        """Blocks so far that a microphone has really given."""
        self.returns = 0
        """How often a device has come back that was lost; what is found for the first time does not count."""
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
        self._searched = 0.0

    @property
    def searching(self) -> bool:
        """Whether a device is being looked for, and that search gets on."""
        search = self._search
        return search is not None and search.is_alive() and time.monotonic() - self._searched < SEARCH_STUCK

    @property
    def in_use(self) -> tuple[str | None, str | None]:
        """Names of the microphone and the speaker; None for one that is not there now."""
        microphone, speaker = self.devices
        return microphone.name if microphone else None, speaker.name if speaker else None

    @property
    def devices(self) -> tuple[Device | None, Device | None]:
        """The microphone and the speaker in use; None for one that is not there now."""
        microphone, speaker = self._microphone, self._speaker
        return microphone.device if microphone else None, speaker.device if speaker else None

    @property
    def noise_dbfs(self) -> float | None:
        """The level of the room's quietest moments of late (dBFS, at least FAINT_DBFS); None while nothing is heard."""
        return 10.0 * math.log10(self._quietest) if self.hears and self._quietest < math.inf else None

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
        self.blocks += 1
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
        portaudio()
        try:
            self._microphone = self._open_microphone()
            self._speaker = self._open_speaker()
        except SoundError as error:
            if not self._waits:
                if self._microphone is not None:
                    self._microphone.close()
                raise
            self._on_trouble(f"{str(error).rstrip('.')}; looking for one")
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
        microphone, speaker = self._microphone, self._speaker
        dead = [stream for stream in (microphone, speaker) if stream and not stream.alive]
        for stream in dead:
            direction = "microphone" if isinstance(stream, Microphone) else "speaker"
            self._on_trouble(f"the {direction} '{stream.device.name}' is gone; looking for it")
        if dead or microphone is None or speaker is None:
            self._begin(self._look_for_devices)
        elif self._choice.substituted and self._looks_back():
            self._begin(self._look_for_former)

    def _looks_back(self) -> bool:
        late = time.monotonic() - self._searched > LOOK_BACK
        return late and not self._speaks() and not self._somebody_heard()

    def _begin(self, search: Callable[[], None]) -> None:
        self._searched = time.monotonic()
        self._search = threading.Thread(target=search, name="sound search", daemon=True)
        self._search.start()

    def _look_for_devices(self) -> None:
        """Reopen what has died, until both streams live. Runs beside the loop, which goes on in silence:
        opening a device can take seconds."""
        self._drop_dead()
        retry, attempt, waited = FIRST_RETRY, 0, 0
        while not (self._microphone and self._speaker) and not self._closing.wait(retry):
            self._searched = time.monotonic()
            # The first attempt takes the devices as they were known; after that PortAudio has to look anew,
            # which ends the other stream too, so it waits while the assistant or, for a while, somebody speaks.
            if attempt > 0 and (self._speaks() or (self._somebody_heard() and waited < FORMER)):
                retry, waited = FIRST_RETRY, waited + 1
                continue
            attempt, waited = attempt + 1, 0
            self._choice.anything = attempt > FORMER
            if attempt > 1:
                self._refresh()
            self._open_missing()
            self._searched = time.monotonic()
            retry = min(LONGEST_RETRY, FIRST_RETRY * 2**attempt)

    def _look_for_former(self) -> None:
        """See once whether a device that was lost and has a substitute is there again."""
        self._choice.anything = False
        self._refresh()
        self._searched = time.monotonic()

    def _speaks(self) -> bool:
        return self._speaker is not None and time.monotonic() - self._sounded < _SOUNDING

    def _somebody_heard(self) -> bool:
        return self._microphone is not None and time.monotonic() - self._happened < FIRST_RETRY

    def _drop_dead(self) -> None:
        if self._microphone and not self._microphone.alive:
            dead, self._microphone = self._microphone, None
            self._choice.has_died("microphone", dead)
            dead.close()
        if self._speaker and not self._speaker.alive:
            silent, self._speaker = self._speaker, None
            self._choice.has_died("speaker", silent)
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
        substituted = set(self._choice.substituted)
        if self._microphone is None:
            with contextlib.suppress(SoundError):
                lost = "microphone" in self._choice.opened
                self._microphone = self._open_microphone()
                if microphone_is_news or self._choice.substituted != substituted:
                    self._tell_of("microphone", self._microphone.device, lost)
            substituted = set(self._choice.substituted)
        if self._speaker is None:
            with contextlib.suppress(SoundError):
                lost = "speaker" in self._choice.opened
                self._speaker = self._open_speaker()
                if speaker_is_news or self._choice.substituted != substituted:
                    self._tell_of("speaker", self._speaker.device, lost)

    def _tell_of(self, direction: Direction, device: Device, lost: bool) -> None:
        """lost: it had been there before, and does not only come late."""
        self.returns += lost
        happened = "takes its place" if direction in self._choice.substituted else "is back"
        self._messages.append(f"the {direction} '{device.name}' {happened}")

    def _open_microphone(self) -> Microphone:
        return self._choice.open("microphone", self._microphone_name, Microphone)

    def _open_speaker(self) -> Speaker:
        return self._choice.open("speaker", self._speaker_name, Speaker)
