"""Spoken test sentences, made by flite when a test runs."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bedside.audio.block import BLOCK, RATE, Block, Samples
from bedside.audio.wavfiles import read_clip


@functools.cache
def spoken(text: str, voice: str = "slt") -> Samples:
    """`text` in a voice of flite, shape (n,)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True, timeout=60)
        return read_clip(file)


def quiet(seconds: float, dbfs: float = -75.0) -> Samples:
    """Faint, repeatable noise, as of a bedroom at night."""
    chance = np.random.default_rng(3)
    return (chance.standard_normal(round(seconds * RATE)) * 10 ** (dbfs / 20)).astype(np.float32)


def blocks(*sounds: Samples) -> list[Block]:
    """Sounds one after the other as blocks; an incomplete block at the end is filled with silence."""
    sound = np.concatenate(sounds)
    sound = np.concatenate((sound, np.zeros(-len(sound) % BLOCK, dtype=np.float32)))
    return list(sound.reshape(-1, BLOCK))
