"""Turns clips into speaker blocks: one clip at a time, faded, gain-capped, cut short at any moment.

Everything is exact to the sample. Gain and peak limiter are one smooth curve: its value at each border
between two blocks is small enough for the peaks of both blocks, and it runs straight in between, so
the output can neither exceed the ceiling nor jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Block, Samples, silence
from bedside.audio.levels import amplitude

EDGE_FADE = 80
"""Samples of the fade at both ends of a clip: 5 ms."""

CUT_FADE = 240
"""Samples of the fade when a clip is cut: 15 ms."""

AUDIBLE_DB = -50.0
"""What lies further than this below the peak of its clip counts as inaudible."""

MAX_LIFT_DB = 12.0
"""The most that an alarm may be louder than everything else. Beyond it the ceiling would take back all of it."""

_GAIN_SECONDS = 0.02
"""Time constant with which the gain follows `gain_db` while a clip plays."""

DUCK_DB = -12.0
"""How much lower the voice is while somebody speaks over it."""

_RISE_SECONDS = 0.15
"""Time constant with which it comes back."""


@dataclass(frozen=True)
class Started:
    """A clip is heard. t: its first audible sample, seconds on the sound clock."""

    ident: str
    t: float


@dataclass(frozen=True)
class Finished:
    """A clip was played to its end. t: the end of its last sample."""

    ident: str
    t: float


@dataclass(frozen=True)
class Silenced:
    """A clip was cut. t: its last audible sample."""

    ident: str
    t: float


PlayerEvent: TypeAlias = Started | Finished | Silenced


class _Playing:
    """One clip on its way out."""

    def __init__(self, samples: Samples, ident: str) -> None:
        self.ident = ident
        self.position = 0
        self.started = False
        self.last_audible = 0.0
        self.cut_at: int | None = None
        self.samples = samples * _edges(len(samples))
        # Two blocks of silence after the end, so that peaks can be looked up past it.
        blocks = -(-len(samples) // BLOCK) + 2
        padded = np.zeros(blocks * BLOCK, dtype=np.float32)
        padded[: len(samples)] = np.abs(self.samples)
        self.peaks = padded.reshape(blocks, BLOCK).max(axis=1)
        self.floor = float(self.peaks.max()) * amplitude(AUDIBLE_DB)

    @property
    def over(self) -> bool:
        end = len(self.samples)
        if self.cut_at is not None:
            end = min(end, self.cut_at + CUT_FADE)
        return self.position >= end

    def next_block(self) -> Block:
        """The next block at the clip's own level, faded but without gain; silence past the end."""
        block = silence()
        piece = self.samples[self.position : self.position + BLOCK]
        block[: len(piece)] = piece
        if self.cut_at is not None:
            block *= _falling(np.arange(BLOCK) + (self.position - self.cut_at), CUT_FADE)
        self.position += BLOCK
        return block


class Player:
    """Plays one clip at a time.

    gain_db: change of the clips, may be set at any time and is followed within some 50 ms; never above
    `max_gain_db`. lift_db: comes on top of it, with a cap of its own, so that an alarm can grow louder although
    the usual gain is at its limit. ducked: plays lower by `DUCK_DB` for as long as this is set. ceiling_dbfs: no
    output sample is larger than this, whatever clip, gain and lift.
    """

    def __init__(self, gain_db: float = 0.0, max_gain_db: float = 6.0, ceiling_dbfs: float = -3.0) -> None:
        self.max_gain_db = max_gain_db
        self._ceiling = amplitude(min(0.0, ceiling_dbfs))
        self._playing: _Playing | None = None
        self._waiting: _Playing | None = None
        self._events: list[PlayerEvent] = []
        self._gain = 0.0
        self._lift_db = 0.0
        self.ducked = False
        self._duck = 1.0
        self.gain_db = gain_db

    @property
    def gain_db(self) -> float:
        return self._gain_db

    @gain_db.setter
    def gain_db(self, value: float) -> None:
        if math.isnan(value):
            raise ValueError("the gain is not a number")
        self._gain_db = min(value, self.max_gain_db)

    @property
    def lift_db(self) -> float:
        return self._lift_db

    @lift_db.setter
    def lift_db(self, value: float) -> None:
        if math.isnan(value):
            raise ValueError("the lift is not a number")
        self._lift_db = min(value, MAX_LIFT_DB)

    @property
    def busy(self) -> bool:
        """Whether a clip sounds or waits to sound, the fade of a cut clip included."""
        return self._playing is not None or self._waiting is not None

    def start(self, samples: Samples, ident: str) -> None:
        """Play `samples`, shape (n,), from the next block on. A clip that still plays is cut, and this one
        follows its fade; one that was waiting is dropped. Raises ValueError for what is not mono sound."""
        if samples.ndim != 1 or not np.isfinite(samples).all():
            raise ValueError("a clip is a one-dimensional array of finite numbers")
        self.cut()
        clip = _Playing(samples.astype(np.float32), ident)
        if self._playing is None:
            self._begin(clip)
        else:
            self._waiting = clip

    def cut(self) -> bool:
        """Silence what plays by a fade of 15 ms, beginning with the next block, and drop what waits.

        Returns whether `Silenced` will follow: a clip of which nothing was audible yet is dropped without any
        event. Every `Started` is followed by one `Finished` or `Silenced`.
        """
        self._waiting = None
        clip = self._playing
        if clip is None:
            return False
        if not clip.started:
            self._playing = None
            return False
        if clip.cut_at is None:
            clip.cut_at = clip.position
        return True

    def next_block(self, now: float) -> Block:
        """The speaker block that begins at `now` (seconds on the sound clock)."""
        clip = self._playing
        if clip is None:
            return silence()
        raw = clip.next_block()
        self._note_audible(clip, raw, now)
        block = raw * self._gain_curve(clip)
        if clip.over:
            self._end(clip, now)
        # The curve keeps the ceiling; this takes off what rounding to float32 may leave above it.
        return np.asarray(np.clip(block, -self._ceiling, self._ceiling), dtype=np.float32)

    def take_events(self) -> list[PlayerEvent]:
        """What happened in the blocks made since the last call, in order."""
        events, self._events = self._events, []
        return events

    def _begin(self, clip: _Playing) -> None:
        self._playing = clip
        self._gain = min(amplitude(self._gain_db + self._lift_db), self._limit(clip, 0))

    def _end(self, clip: _Playing, now: float) -> None:
        if clip.cut_at is not None:
            self._events.append(Silenced(clip.ident, clip.last_audible))
        else:
            left = len(clip.samples) - (clip.position - BLOCK)
            if not clip.started:
                self._events.append(Started(clip.ident, now))
            self._events.append(Finished(clip.ident, now + max(0, left) / RATE))
        waiting, self._playing, self._waiting = self._waiting, None, None
        if waiting is not None:
            self._begin(waiting)

    def _note_audible(self, clip: _Playing, raw: Block, now: float) -> None:
        audible = np.flatnonzero(np.abs(raw) >= max(clip.floor, 1e-9))
        if len(audible) == 0:
            return
        if not clip.started:
            clip.started = True
            self._events.append(Started(clip.ident, now + int(audible[0]) / RATE))
        clip.last_audible = now + int(audible[-1]) / RATE

    def _gain_curve(self, clip: _Playing) -> Block:
        """The gain for the block just taken from `clip`: from where it was towards where it should be."""
        before = self._gain
        duck = amplitude(DUCK_DB) if self.ducked else 1.0
        self._duck = duck if self.ducked else self._duck + (duck - self._duck) * _step(_RISE_SECONDS)
        wanted = amplitude(self._gain_db + self._lift_db) * self._duck
        block = clip.position // BLOCK - 1
        after = before + (wanted - before) * _step(_GAIN_SECONDS)
        self._gain = min(after, self._limit(clip, block), self._limit(clip, block + 1))
        return np.linspace(before, self._gain, BLOCK, endpoint=False).astype(np.float32)

    def _limit(self, clip: _Playing, block: int) -> float:
        """The largest gain at which this block of the clip keeps the ceiling."""
        peak = float(clip.peaks[block])
        return self._ceiling / peak if peak > 0.0 else math.inf


def _step(time_constant: float) -> float:
    """How much of the way is gone within one block."""
    return 1.0 - math.exp(-BLOCK_SECONDS / time_constant)


def _falling(index: np.ndarray, length: int) -> Samples:
    """A raised cosine from 1 at index 0 to 0 at `length` and after."""
    phase = np.clip(index / length, 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * phase), dtype=np.float32)


def _edges(length: int) -> Samples:
    """The fades at both ends of a clip of `length` samples."""
    index = np.arange(length)
    fade = max(1, min(EDGE_FADE, length // 2))
    return _falling(fade - index, fade) * _falling(index - (length - 1 - fade), fade)
