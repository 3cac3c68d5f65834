"""Sound as bedside passes it around: mono, 16 kHz, in blocks of 10 ms."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second everywhere inside bedside (Hz)."""

BLOCK = 160
"""Samples in one block: 10 ms."""

BLOCK_SECONDS = BLOCK / RATE

Samples: TypeAlias = NDArray[np.float32]
"""Mono sound, shape (n,), full scale -1.0 to 1.0, at `RATE`."""

Block: TypeAlias = NDArray[np.float32]
"""One block of `Samples`, shape (160,)."""


def silence() -> Block:
    """A fresh block of silence."""
    return np.zeros(BLOCK, dtype=np.float32)


class AudioEnd(Protocol):
    """One end of the sound: a sound card, a simulated room, or WAV files.

    The loop is block-synchronous: ``read`` one microphone block, ``write`` one speaker block, again.
    Used as a context manager; entering opens the devices or files and may raise SoundError.
    """

    @property
    def now(self) -> float:
        """The sound clock in seconds: the start of the block that was read last (0.0 before the first).

        In the simulated room and for files this is exact (blocks times 10 ms); on a sound card it is the
        monotonic clock since opening.
        """

    @property
    def realtime(self) -> bool:
        """True where the machine's clock paces the loop, so that slow work must not be waited for."""

    @property
    def jumps(self) -> int:
        """How often what is played has come to be heard sooner or later than before; 0 where it never does."""

    def read(self) -> Block | None:
        """The next microphone block, or None when the sound has come to its end."""

    def write(self, block: Block) -> None:
        """Play one block; the speaker's answer to the block that was read last."""

    def observe(self, event: Mapping[str, object]) -> None:
        """Every event of the event log, as it is logged. The simulated room times its speakers by them."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
