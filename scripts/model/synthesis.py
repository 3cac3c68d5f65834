"""Synthetic speech: the phrases of bedside and random word sequences, spoken by flite, festival and espeak-ng.

People are what the model is for; synthetic voices only fill in words that no recording contains ("cramp",
"calf", "ambulance") and make up a small part of each epoch.
"""

from __future__ import annotations

import multiprocessing
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dictionary import lines_of
from recordings import Recording

SEED = 20240607
COMMANDS, SIGNS, SENTENCES = (lines_of(f"{name}.txt") for name in ("commands", "signs", "sentences"))

Job = tuple[str, float, float, str]
"""Text, speed factor, pitch factor, path of the WAV file."""

NATURAL = [("flite", voice) for voice in ("slt", "rms", "awb", "kal16")] + [
    ("festival", voice) for voice in ("cmu_us_slt_arctic_hts", "kal_diphone", "ked_diphone")
]
ESPEAK = [("espeak-ng", voice) for voice in lines_of("espeak_voices.txt")]
_SPEEDS = (0.75, 0.85, 0.95, 1.0, 1.1, 1.25)


def speak(engine: str, voice: str, jobs: Sequence[Job]) -> None:
    """Speak all jobs with one voice. Raises CalledProcessError."""
    if engine == "festival":
        _festival(voice, jobs)
        return
    for text, speed, pitch, path in jobs:
        if engine == "flite":
            stretch = f"duration_stretch={1 / speed:.3f}"
            command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", path]
        else:
            rate, height = str(round(165 * speed)), str(round(50 * pitch))
            command = ["espeak-ng", "-v", voice, "-s", rate, "-p", height, "-w", path, text]
        subprocess.run(command, check=True, capture_output=True)


def _festival(voice: str, jobs: Sequence[Job]) -> None:
    """One process for all jobs, as it starts slowly."""
    script = [
        f"(voice_{voice})",
        "(define (say f t)",
        "  (let ((u (utt.synth (eval (list 'Utterance 'Text t))))) (utt.save.wave u f 'riff)))",
    ]
    for text, speed, _, path in jobs:
        script += [f"(Parameter.set 'Duration_Stretch {1 / speed:.3f})", f'(say "{path}" "{text}")']
    scheme = Path(jobs[0][3]).parent / "say.scm"
    scheme.write_text("\n".join(script))
    subprocess.run(["festival", "-b", str(scheme)], check=True, stdout=subprocess.DEVNULL)


def synthesise(vocabulary: Sequence[str], work: Path, natural: int = 620, artificial: int = 60) -> list[Recording]:
    """Speak so many texts with each natural and each artificial voice into `work`/synthetic."""
    rng = random.Random(SEED)
    tasks: list[tuple[str, str, list[Job]]] = []
    words = sorted({word for phrase in COMMANDS + SIGNS for word in phrase.split()})
    for number, (engine, voice) in enumerate(NATURAL + ESPEAK):
        if engine == "espeak-ng":
            count, texts = artificial, rng.sample(COMMANDS, 20) + rng.sample(SIGNS, 12)
        else:
            count, texts = natural, COMMANDS + SIGNS + rng.sample(SENTENCES, 40)
        while len(texts) < count:
            length = rng.randint(1, 6)
            texts.append(" ".join(rng.choice(vocabulary if rng.random() < 0.7 else words) for _ in range(length)))
        folder = Path(work) / "synthetic" / f"{number:02d}-{engine}-{voice}"
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [
            (text, rng.choice(_SPEEDS), rng.uniform(0.7, 1.3), str(folder / f"{i:04d}.wav"))
            for i, text in enumerate(texts)
        ]
        tasks.append((engine, voice, jobs))
    with multiprocessing.Pool(2) as pool:
        pool.starmap(speak, tasks, chunksize=1)
    return [
        {"set": "synthetic", "path": path, "text": text, "speaker": f"{engine} {voice}"}
        for engine, voice, jobs in tasks
        for text, _, _, path in jobs
    ]
