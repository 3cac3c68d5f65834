"""What the programs share: recordings, the room around them, one's own words, and what bedside makes of them."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bedside.asr.recognizer import Recognizer, SpeechModel
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Samples, silence
from bedside.audio.levels import active_level_dbfs, amplitude, rms_dbfs
from bedside.audio.wavfiles import read_clip
from bedside.config import Config
from bedside.ears import Ears, Understood
from bedside.nlu.match import Scope
from bedside.resources import intents_file
from bedside.wiring import Content, load_content

LEAD, TAIL = 1.5, 1.5
"""Seconds of the room before and after a recording."""

QUIET_DBFS = -75.0
"""A quiet room at the microphone: white noise."""

AUDIBLE_DBFS = -70.0
"""A recording of noise that is quieter is left out: brought up to a ratio it would be its own rounding."""


@dataclass(frozen=True)
class Recording:
    """One recording of a person. label: what is said."""

    file: Path
    label: str


class OneModel:
    """A model whose recognisers are used again, forgetful as new ones, once nobody has them any more: making one takes
    longer than hearing a recording."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self._unused: dict[tuple[bool, tuple[str, ...]], list[Recognizer]] = {}
        # Held for good: one that comes back out of a cycle of garbage would have been freed in C already.
        self._made: list[Recognizer] = []
        self._has: dict[str, bool] = {}

    def has_word(self, word: str) -> bool:
        if word not in self._has:
            self._has[word] = self._model.has_word(word)
        return self._has[word]

    def recognizer(self, phrases: Sequence[str], *, free: bool = False) -> Recognizer:
        unused = self._unused.setdefault((free, tuple(phrases)), [])
        if not unused:
            self._made.append(self._model.recognizer(phrases, free=free))
            unused.append(self._made[-1])
        return _Lent(unused.pop(), unused)


class _Lent:
    """A recogniser that goes back to the others when it is dropped."""

    def __init__(self, recognizer: Recognizer, unused: list[Recognizer]) -> None:
        self._recognizer = recognizer
        self.accept, self.partial = recognizer.accept, recognizer.partial
        self.finish, self.finish_scored = recognizer.finish, recognizer.finish_scored
        self.reset = recognizer.reset
        self._unused = unused
        recognizer.reset()

    def __del__(self) -> None:
        self._unused.append(self._recognizer)


def recordings(audio: Path, folder: str, every: int = 1) -> list[Recording]:
    """Every n-th recording of one folder of AUDIO, as its manifest.csv (columns file, label) names them."""
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(manifest)]
    return [Recording(audio / file, label) for file, label in rows if file.startswith(f"{folder}/")][::every]


def sound_files(folder: Path) -> list[Path]:
    """The WAV and FLAC files of a folder and those below it."""
    return sorted([*folder.rglob("*.wav"), *folder.rglob("*.flac")])


def noises(folder: Path) -> list[Samples]:
    """The recordings of noise in a folder that are loud enough to be brought to a level."""
    clips = (read_clip(file) for file in sound_files(folder))
    return [clip for clip in clips if rms_dbfs(clip) > AUDIBLE_DBFS]


def in_room(
    clip: Samples,
    chance: np.random.Generator,
    noise: Sequence[Samples] = (),
    snr_db: float | None = None,
    level_dbfs: float | None = None,
) -> Samples:
    """A recording with the room before, under and after it, in whole blocks.

    snr_db: the active level of the speech over the RMS of one of `noise`, taken by chance; None: a quiet room.
    level_dbfs: the active level of the speech; None: as it was recorded.
    """
    if level_dbfs is not None:
        clip = clip * np.float32(amplitude(level_dbfs - active_level_dbfs(clip)))
    parts = (np.zeros(round(LEAD * RATE)), clip, np.zeros(round(TAIL * RATE)))
    whole = np.concatenate(parts).astype(np.float32)
    whole += chance.standard_normal(len(whole)).astype(np.float32) * np.float32(amplitude(QUIET_DBFS))
    if snr_db is not None:
        other = noise[int(chance.integers(len(noise)))]
        begin = int(chance.integers(len(other)))
        under = np.resize(np.roll(other, -begin), len(whole))
        whole += under * np.float32(amplitude(active_level_dbfs(clip) - snr_db - rms_dbfs(other)))
    return np.clip(whole[: len(whole) // BLOCK * BLOCK], -1.0, 1.0)


def understood(ears: Ears, sound: Samples, scope: Scope) -> list[Understood]:
    """What the ears make of a sound while bedside is silent."""
    heard = []
    for number, block in enumerate(sound.reshape(-1, BLOCK)):
        heard += ears.hear(block, number * BLOCK_SECONDS, scope)
        ears.spoke(silence())
    return heard


def own_words(labels: Iterable[str], scope: Scope, routines: Sequence[str], beside_shipped: bool = False) -> Content:
    """The content in which each label starts a routine.

    beside_shipped: beside everything else that bedside understands; else these words only, danger signs and "stop".
    """
    data: list[dict[str, Any]] = [
        {"slots": {"routine": routines[number % len(routines)]}, "sentences": [label], "heard_in": [scope]}
        for number, label in enumerate(labels)
        if label != "stop"
    ]
    words: dict[str, Any] = {"language": "en", "intents": {}}
    if beside_shipped:
        words = yaml.safe_load(intents_file().read_text(encoding="utf-8"))
        data += words["intents"]["start_routine"]["data"]
    words["intents"]["start_routine"] = {"data": data}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "intents.yaml"
        file.write_text(yaml.safe_dump(words), encoding="utf-8")
        return load_content(Config(), file)


def known_labels(recorded: Iterable[Recording], model: SpeechModel) -> list[str]:
    """The labels all of whose words the model has."""
    labels = sorted({recording.label for recording in recorded})
    return [label for label in labels if all(model.has_word(word) for word in label.split())]
