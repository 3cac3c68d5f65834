"""A bedroom made of numbers: a scene plays, the assistant is heard by its own microphone, time is counted
in samples. Deterministic, faster than real time, no sound hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from bedside.audio.block import BLOCK, RATE, Block, Samples, silence
from bedside.audio.echo_path import EchoPath
from bedside.audio.levels import SILENCE_DBFS, active_level_dbfs, active_span, amplitude, rms_dbfs
from bedside.audio.scene import Noise, Say, Scene
from bedside.audio.wavfiles import WavWriter

NOBODY_DBFS = -26.0
"""The level that echo and noise refer to in a scene in which nobody speaks."""

SPEAKER_DBFS = -23.0
"""Active level of the assistant's voice at the speaker if the caller does not tell."""


@dataclass(frozen=True)
class Spoken:
    """A clip that was said. start, end: its speech proper (without silence around it), seconds."""

    file: str
    start: float
    end: float


class _Voice:
    """One clip of the scene: when it sounds, once that is known."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.samples: Samples = say.samples * np.float32(amplitude(say.gain_db))
        self.start: int | None = None if say.at is None else round(say.at * RATE)

    @property
    def end(self) -> int | None:
        """Where the speech in it ends; the silence behind it in the file says nothing."""
        return None if self.start is None else self.start + active_span(self.samples)[1]

    def add_to(self, block: Block, position: int) -> None:
        """Add what of this clip sounds in the block that begins at sample `position`."""
        if self.start is None or not self.start - BLOCK < position < self.start + len(self.samples):
            return
        skip = position - self.start
        piece = self.samples[max(0, skip) : skip + BLOCK]
        offset = max(0, -skip)
        block[offset : offset + len(piece)] += piece


class SimulatedRoom:
    """An AudioEnd that plays a scene.

    record: where to leave a stereo WAV file, left the microphone, right the speaker.
    speaker_level_dbfs: active level of the assistant's voice at its start volume, as written to this room;
    with the echo's gain_db it fixes the path from the speaker to the microphone, for the whole scene.
    """

    realtime = False
    jumps = 0

    def __init__(self, scene: Scene, record: Path | None = None, speaker_level_dbfs: float = SPEAKER_DBFS) -> None:
        self._voices = [_Voice(say) for say in scene.says]
        person = _person_dbfs(self._voices)
        self._echo: EchoPath | None = None
        if scene.echo is not None:
            gain = amplitude(person + scene.echo.gain_db - speaker_level_dbfs)
            self._echo = EchoPath(gain, scene.echo.delay_ms / 1000.0, scene.echo.rt60, scene.seed)
        self._noise = _scaled(scene.noise, person) if scene.noise else None
        self._end = round(scene.duration * RATE)
        self._position = 0
        self._heard: Block | None = None
        self._echo_block = silence()
        self._writer = WavWriter(record, channels=2) if record else None

    @property
    def now(self) -> float:
        return max(0, self._position - BLOCK) / RATE

    @property
    def spoken(self) -> list[Spoken]:
        """The clips that have begun so far, in the order of the scene."""
        return [_spoken(v, v.start) for v in self._voices if v.start is not None and v.start < self._position]

    def read(self) -> Block | None:
        self._answer(silence())
        if self._position >= self._end:
            return None
        block = self._echo_block
        for voice in self._voices:
            voice.add_to(block, self._position)
        if self._noise is not None:
            index = np.arange(self._position, self._position + BLOCK) % len(self._noise)
            block = block + self._noise[index]
        self._position += BLOCK
        # A microphone overloads where numbers would not.
        self._heard = np.clip(block, -1.0, 1.0).astype(np.float32)
        return self._heard.copy()

    def write(self, block: Block) -> None:
        if len(block) != BLOCK:
            raise ValueError(f"a block has {BLOCK} samples, not {len(block)}")
        self._answer(block)

    def observe(self, event: Mapping[str, object]) -> None:
        """Let the person answer: times the clip that waits for this event, the first one that does."""
        t = event.get("t")
        if not isinstance(t, int | float):
            return
        previous_end: int | None = -1
        for voice in self._voices:
            after = voice.say.after
            later = previous_end is not None and t * RATE > previous_end
            if voice.start is None and after is not None and later and after.fits(event):
                voice.start = max(self._position, round((t + voice.say.wait) * RATE))
            previous_end = voice.end

    def __enter__(self) -> Self:
        if self._writer is not None:
            self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            if kind is None:
                self._answer(silence())
            self._writer.__exit__(kind, error, trace)

    def _answer(self, block: Block) -> None:
        """Take the speaker's block for the microphone block read last; only the first one counts."""
        if self._heard is None:
            return
        if self._writer is not None:
            self._writer.write(np.stack([self._heard, block], axis=1))
        self._heard = None
        self._echo_block = self._echo(block) if self._echo is not None else silence()


def _person_dbfs(voices: list[_Voice]) -> float:
    """The level of the person: that of the loudest clip."""
    level = max((active_level_dbfs(voice.samples) for voice in voices), default=SILENCE_DBFS)
    return level if level > SILENCE_DBFS else NOBODY_DBFS


def _scaled(noise: Noise, person_dbfs: float) -> Samples | None:
    level = rms_dbfs(noise.samples)
    if level <= SILENCE_DBFS:
        return None
    return noise.samples * np.float32(amplitude(person_dbfs + noise.gain_db - level))


def _spoken(voice: _Voice, start: int) -> Spoken:
    first, last = active_span(voice.samples)
    return Spoken(voice.say.file, (start + first) / RATE, (start + last) / RATE)
