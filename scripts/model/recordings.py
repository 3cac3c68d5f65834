"""The recordings of people that the model is trained on.

They are listed in the folder's ALL_SPLITS.csv: set, split, licence_tier, quality, path, label, speaker. Most
labels are the words themselves; `transcripts` finds the words of the others.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second (Hz)."""

Recording = dict[str, Any]
"""One utterance: set, path, speaker, text (None where the words are not known), and perhaps slots, seconds."""

TRAINING_SETS = {
    "librispeech_resemblyzer": 5,
    "picovoice_coffee": 4,
    "pocketsphinx_testdata": 4,
    "gsc_v2_test": 3.5,
    "gsc_v1_sample": 3,
    "hymel_custom_keywords": 3,
    "speech-to-phrase": 3,
    "picovoice_wake": 1.5,
    "gsc_v2_extra_train_speakers": 0.7,
}
"""The sets, and how many altered copies of each recording an epoch uses, on average."""

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {
    **{str(number): word for number, word in enumerate(_DIGITS)},
    "20": "twenty",
    "25": "twenty five",
    "30": "thirty",
    "45": "forty five",
    "50": "fifty",
    "75": "seventy five",
    "100": "one hundred",
}


def load_wave(path: str | Path) -> NDArray[np.float32]:
    """The first channel of a sound file: samples (n,) at RATE, in the range of 16-bit integers."""
    wave, rate = soundfile.read(path, dtype="float32")
    if wave.ndim > 1:
        wave = wave[:, 0]
    if rate != RATE:
        wave = soxr.resample(wave, rate, RATE)
    return (wave * 32768).astype(np.float32)


def seconds(path: str | Path) -> float:
    return float(soundfile.info(path).duration)


def rows(audio: str | Path) -> list[dict[str, str]]:
    """The rows of ALL_SPLITS.csv in the folder `audio`."""
    with (Path(audio) / "ALL_SPLITS.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def kept_for_tuning(recording: Recording) -> bool:
    """An eighth of the speakers (of the recordings, where speakers are not known) is never trained on."""
    if recording["set"] in ("pocketsphinx_testdata", "speech-to-phrase"):
        return False
    key = recording["speaker"] or os.path.basename(recording["path"])
    return int.from_bytes(key.encode(), "big") % 1009 % 8 == 0


def recordings(audio: str | Path, phrases: str | Path | None = None) -> list[Recording]:
    """All recordings to train on, by path: those of `audio`, and the test recordings of speech-to-phrase in
    `phrases`, whose file names are their words."""
    found = [_recording(row) for row in rows(audio) if _is_wanted(row)]
    for path in sorted(Path(phrases).rglob("*.wav")) if phrases else []:
        words = path.stem.lower().replace("tv", "t v").split()
        text = None if path.stem.startswith("oov") else " ".join(_NUMBERS.get(word, word) for word in words)
        found.append({"set": "speech-to-phrase", "path": str(path), "speaker": "", "text": text})
    return sorted(found, key=lambda recording: recording["path"])


def _is_wanted(row: dict[str, str]) -> bool:
    return (
        row["set"] in TRAINING_SETS
        and row["split"] == "dev"
        and row["licence_tier"] == "clear"
        and row["quality"] != "silent"
        and row["label"] != "_silence_"
    )


def _recording(row: dict[str, str]) -> Recording:
    item: Recording = {"set": row["set"], "path": row["path"], "speaker": row["speaker"], "text": row["label"]}
    if row["set"] == "picovoice_coffee":
        item.update(text=None, slots=json.loads(row["label"])["slots"])
    if row["label"] in ("numbers", "", "librispeech"):
        item["text"] = None
    return item
