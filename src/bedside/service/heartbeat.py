"""The heartbeat for systemd's watchdog: it beats only while sound comes in and the recogniser gets on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from bedside.service.notify import Notifier

EVERY = 1.0
"""Seconds between two beats."""

SOUNDLESS = 7.0
"""Seconds without a block of the microphone, and without a search for it, that are not the end: a stream that has
stopped is given up after 2 s, one that has not begun after 6 s, and then it is looked for."""

UNDECODED = 100
"""Blocks (1 s) of a voice that the recogniser has not taken: it hangs."""


NO_MICROPHONE = "No microphone: looking for it."
LISTENING = "Listening with "
NO_SPEAKER = "but no speaker: looking for it."
"""Of what systemd is told, as `bedside doctor` looks for it."""


class Sound(Protocol):
    """What the heartbeat looks at in the sound card."""

    @property
    def blocks(self) -> int:
        """Blocks so far that a microphone has really given."""

    @property
    def searching(self) -> bool:
        """Whether a device is being looked for, and that search gets on."""

    @property
    def in_use(self) -> tuple[str | None, str | None]:
        """Names of the microphone and the speaker; None for one that is not there now."""


class Heartbeat:
    """An attendant of the assistant's loop. The first beat is READY.

    hearing: gives the blocks so far in which there was a voice, and those that the recogniser has taken.
    on_death: gets one line, once, when it stops: systemd will end the process then.
    """

    def __init__(
        self,
        notifier: Notifier,
        sound: Sound,
        hearing: Callable[[], tuple[int, int]],
        on_death: Callable[[str], None] = lambda line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notifier = notifier
        self._sound = sound
        self._hearing = hearing
        self._on_death = on_death
        self._clock = clock
        watched = notifier.watchdog_seconds
        self._every = EVERY if watched is None else min(EVERY, watched / 3)
        self._next = -1.0
        self._blocks = sound.blocks
        self._heard = clock()
        self._voiced, self._decoded = hearing()
        self._ready = False
        self._dead = False

    def __call__(self, now: float) -> None:
        """Beat if it is time and all is well. now: ignored, the sound clock goes on without sound."""
        clock = self._clock()
        if clock < self._next:
            return
        self._next = clock + self._every
        trouble = self._trouble(clock)
        if trouble is None:
            self._dead = False
            self._beat()
        elif not self._dead:
            self._dead = True
            self._notifier.status(trouble)
            self._on_death(trouble)

    def _beat(self) -> None:
        listening = self._sound.in_use[0] is None or self._blocks > 0
        if not self._ready and listening:
            self._ready = True
            self._notifier.ready()
        self._notifier.status(self._status())
        self._notifier.feed()

    def _trouble(self, clock: float) -> str | None:
        """What does not get on, None if all is well."""
        blocks = self._sound.blocks
        if blocks != self._blocks or self._sound.searching:
            self._blocks, self._heard = blocks, clock
        voiced, decoded = self._hearing()
        if decoded != self._decoded:
            self._voiced, self._decoded = voiced, decoded
        if clock - self._heard > SOUNDLESS:
            return "no sound comes from the microphone, and nothing looks for it"
        if voiced - self._voiced >= UNDECODED:
            return "the recogniser does not get on although there is a voice"
        return None

    def _status(self) -> str:
        microphone, speaker = self._sound.in_use
        if microphone is None:
            return NO_MICROPHONE
        if speaker is None:
            return f"{LISTENING}'{microphone}', {NO_SPEAKER}"
        return f"{LISTENING}'{microphone}'."
