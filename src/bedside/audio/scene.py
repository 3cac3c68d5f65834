"""Scene files: who says what when in a simulated room, what noise there is, how the speaker is heard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bedside.audio.block import Samples
from bedside.audio.wavfiles import read_clip
from bedside.errors import SoundError
from bedside.yamlfile import Document, read_model

Decibels = Annotated[float, Field(ge=-120, le=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Echo(_Part):
    """How the microphone hears the speaker. gain_db: how much louder than the person the assistant arrives
    at its start volume; delay_ms: from the speaker to the microphone, at least 10 in effect; rt60:
    reverberation (s), 0 for none."""

    gain_db: Decibels
    delay_ms: float = Field(default=0.0, ge=0, le=1000)
    rt60: float = Field(default=0.0, ge=0, le=3)


class Trigger(_Part):
    """An event of the event log. match: a regular expression searched in its text, step and intent."""

    event: Literal["heard", "intent", "say", "said", "hold", "release", "silenced", "session", "alert"]
    match: str | None = None

    @field_validator("match")
    @classmethod
    def _compiles(cls, match: str | None) -> str | None:
        try:
            re.compile(match or "")
        except re.error as error:
            raise ValueError(f"is not a regular expression ({error})") from None
        return match

    def fits(self, event: Mapping[str, object]) -> bool:
        """Whether `event` is one of those that are meant."""
        if event.get("event") != self.event:
            return False
        if self.match is None:
            return True
        texts = (event.get(key) for key in ("text", "step", "intent"))
        return any(isinstance(text, str) and re.search(self.match, text) for text in texts)


class _NoiseFile(_Part):
    file: str
    gain_db: Decibels


class _Line(_Part):
    """One entry under `says`."""

    file: str
    at: float | None = Field(default=None, ge=0)
    after: Trigger | None = None
    wait: float = Field(default=0.0, ge=0)
    gain_db: Decibels = 0.0

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if (self.at is None) == (self.after is None):
            raise ValueError("say when: either 'at' (seconds since the start) or 'after' (an event)")
        if self.at is not None and "wait" in self.model_fields_set:
            raise ValueError("'wait' goes with 'after'; add it to 'at' instead")
        return self


class _SceneFile(_Part):
    duration: float = Field(gt=0, le=24 * 3600)
    echo: Echo | None = None
    noise: _NoiseFile | None = None
    seed: int = Field(default=0, ge=0)
    says: list[_Line] = []


@dataclass(frozen=True)
class Noise:
    """Noise, repeated to the end. gain_db: its RMS relative to the person."""

    samples: Samples
    gain_db: float


@dataclass(frozen=True)
class Say:
    """One clip of a person: at a fixed time (`at`, s), or `wait` seconds after an event. gain_db: change of
    the clip as recorded."""

    file: str
    samples: Samples
    at: float | None = None
    after: Trigger | None = None
    wait: float = 0.0
    gain_db: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A scene with its sounds. duration: seconds; seed: makes whatever is random repeatable; files: what it was
    read from, the scene file first."""

    duration: float
    says: tuple[Say, ...] = ()
    echo: Echo | None = None
    noise: Noise | None = None
    seed: int = 0
    files: tuple[Path, ...] = ()


def read_scene(path: Path) -> Scene:
    """Read a scene file and the sounds it names, whose paths are relative to it.

    Raises ContentError with file and line, also for a sound that is missing or cannot be used.
    """
    file, document = read_model(path, _SceneFile)
    says = tuple(
        Say(
            file=line.file,
            samples=_sound(document, ("says", index, "file"), line.file),
            at=line.at,
            after=line.after,
            wait=line.wait,
            gain_db=line.gain_db,
        )
        for index, line in enumerate(file.says)
    )
    noise = None
    if file.noise is not None:
        noise = Noise(_sound(document, ("noise", "file"), file.noise.file), file.noise.gain_db)
    names = [line.file for line in file.says] + ([file.noise.file] if file.noise else [])
    files = (path, *(path.parent / name for name in names))
    return Scene(file.duration, says, file.echo, noise, file.seed, files)


def _sound(document: Document, place: tuple[str | int, ...], name: str) -> Samples:
    try:
        return read_clip(document.file.parent / name)
    except SoundError as error:
        raise document.error(place, str(error)) from None
