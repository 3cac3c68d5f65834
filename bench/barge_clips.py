"""What is said over bedside in barge_in.py: recordings of people and synthetic voices, all at the same level."""

from __future__ import annotations

import csv
import random
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bedside.audio.block import RATE, Samples
from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.audio.wavfiles import read_clip, write_wav

PERSON_DBFS = -26.0
VOICES = ("flite slt", "flite rms", "flite awb", "espeak-ng en-us", "espeak-ng en-gb")
TALK_SECONDS = 60
"""Of other talk, before it is repeated."""

Meaning = tuple[str, dict[str, str]]
Means = Callable[[str], Meaning | None]


@dataclass(frozen=True)
class Clip:
    """A file in the folder of the scenes, and what is to be understood."""

    file: str
    wanted: Meaning


def keep(folder: Path, samples: Samples, name: str) -> str:
    """Leave a clip in the folder, at the level of the others; its name there."""
    level = active_level_dbfs(samples)
    write_wav(folder / f"{name}.wav", samples * np.float32(amplitude(PERSON_DBFS - level)))
    return f"{name}.wav"


def recorded(folder: Path, audio: Path, count: int, chance: random.Random, means: Means) -> list[Clip]:
    """Clips of people, a third of them "stop", for the delays."""
    known = [(file, label) for file, label in _manifest(audio) if means(label)]
    stops = [row for row in known if row[1] == "stop"]
    others = [row for row in known if row[1] != "stop"]
    chosen = chance.sample(stops, min(count // 3, len(stops)))
    chosen += chance.sample(others, min(count - len(chosen), len(others)))
    return [
        Clip(keep(folder, read_clip(audio / file), f"recorded-{number}"), wanted)
        for number, (file, label) in enumerate(chosen)
        if (wanted := means(label))
    ]


def synthetic(folder: Path, audio: Path, count: int, chance: random.Random, means: Means) -> list[Clip]:
    """The labels of the recordings in synthetic voices, a third of them "stop"."""
    labels = sorted({label for _, label in _manifest(audio)})
    known = [label for label in labels if means(label) and label != "stop"]
    texts = ["stop"] * (count // 3) + chance.sample(known, min(count - count // 3, len(known)))
    return [
        Clip(keep(folder, spoken(text, VOICES[number % len(VOICES)]), f"synthetic-{number}"), wanted)
        for number, text in enumerate(texts)
        if (wanted := means(text))
    ]


def other_talk(folder: Path, audio: Path, chance: random.Random, means: Means) -> str:
    """A minute of recordings that mean nothing, one after the other: others talk, or the television runs."""
    files = sorted(file for file, label in _manifest(audio) if file.startswith("unrelated") and not means(label))
    parts: list[Samples] = []
    for file in chance.sample(files, len(files)):
        parts.append(read_clip(audio / file))
        if sum(map(len, parts)) > TALK_SECONDS * RATE:
            break
    return keep(folder, np.concatenate(parts), "talk")


def spoken(text: str, voice: str) -> Samples:
    """A text in one of VOICES."""
    engine, name = voice.split()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        command = ["flite", "-voice", name, "-t", text, "-o", str(file)]
        if engine == "espeak-ng":
            command = ["espeak-ng", "-v", name, "-w", str(file), text]
        subprocess.run(command, check=True, timeout=60)
        return read_clip(file)


def _manifest(audio: Path) -> list[tuple[str, str]]:
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        return [(row["file"], row["label"]) for row in csv.DictReader(manifest)]
