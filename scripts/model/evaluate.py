#!/usr/bin/env python3
"""Measure a Vosk model on people, synthetic voices and noise.   evaluate.py MODEL AUDIO [--split tune|heldout]

A decision is "right" when the whole text of the recording equals the command, "rejected" when it is not one of
the grammar's phrases (empty, [unk], a part of a phrase), else "wrong".
"""

from __future__ import annotations

import argparse
import collections
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import recordings
import soundfile
from numpy.typing import NDArray
from recordings import RATE

TEN = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
PHRASES = ["leg cramp", "swollen leg", "my leg is cramping", "calf cramp", "charley horse", "foot cramp"]
PHRASES += ["thigh cramp", "help", "help me", "next", "back", "repeat", "slower", "faster", "louder", "quieter"]
PHRASES += ["pause", "continue", "wait", "start", "it's better", "still hurts", "start stretching"]
PHRASES += ["massage my calf", "bedtime stretches", "good night"]
COMMANDS = TEN + PHRASES
WAKE = ["computer", "jarvis", "smart mirror", "alexa", "view glass", "snowboy"]
HYMEL = ["how are you", "trick or treat", "goodnight", "joke", "hadouken", "dracarys"]
HYMEL += ["hey archie", "archie", "hey fenrir", "fenrir"]
COFFEE = ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"]
COFFEE += ["light roast", "medium roast", "dark roast", "single shot", "double shot", "triple shot"]
COFFEE += ["americano", "cappuccino", "espresso", "iced mocha", "latte", "mocha", "coffee", "drip coffee"]
COFFEE += ["house coffee", "iced coffee", "milk", "skim milk", "whole milk", "soy milk", "almond milk"]
COFFEE += ["cream", "sugar", "brown sugar", "sweetener", "can i get", "can i have", "i want", "get me"]
COFFEE += ["give me", "i'd like", "make me", "may i have", "brew", "a", "an", "with", "and", "some"]
COFFEE += ["a lot of", "lots of", "a bit of", "a little bit of"]
GRAMMARS = {
    "ten": TEN,
    "commands": COMMANDS,
    "wake": COMMANDS + WAKE,
    "hymel": COMMANDS + HYMEL,
    "coffee": COFFEE,
    "five": ["help", "stop", "no", "go", "yes"],
}
VOICES = [("flite", voice) for voice in ("slt", "rms", "awb")]
VOICES += [("espeak-ng", voice) for voice in ("en-us", "en-us+f2", "en-gb", "en-us+f3", "en-gb+m1")]

Sound = str | NDArray[np.int16]
"""A path, or 16-bit samples (n,) at 16 kHz."""

Row = dict[str, str]
_model: Any = None


def _load(path: str) -> None:
    """In each worker: load the model."""
    global _model
    from vosk import Model, SetLogLevel

    SetLogLevel(-2)
    _model = Model(path)


def recognise(job: tuple[Sound, str]) -> tuple[list[str], float, float]:
    """The texts heard in a sound with a grammar, processor seconds, and the sound's seconds."""
    from vosk import KaldiRecognizer

    sound, grammar = job
    wave = soundfile.read(sound, dtype="int16")[0] if isinstance(sound, str) else sound
    if wave.ndim > 1:
        wave = wave[:, 0]
    recognizer = KaldiRecognizer(_model, RATE, json.dumps([*GRAMMARS[grammar], "[unk]"]))
    wave = np.concatenate([np.zeros(4800, "int16"), wave, np.zeros(8000, "int16")])
    heard, began = [], time.process_time()
    for start in range(0, len(wave), 1600):
        if recognizer.AcceptWaveform(wave[start : start + 1600].tobytes()):
            heard.append(json.loads(recognizer.Result())["text"])
    heard.append(json.loads(recognizer.FinalResult())["text"])
    return [text for text in heard if text], time.process_time() - began, len(wave) / RATE


class Evaluation:
    """Runs recordings through a model, prints a line a test, and keeps the figures in `results`."""

    def __init__(self, model: str, processes: int, limit: int, seed: int) -> None:
        self._pool = multiprocessing.Pool(processes, _load, (model,))
        self._limit, self._rng = limit, random.Random(seed)
        self.results: dict[str, Any] = {}
        self.processor = self.seconds = 0.0

    def some(self, rows: Iterable[Row]) -> list[Row]:
        """At most `limit` of them, chosen at random."""
        chosen = list(rows)
        self._rng.shuffle(chosen)
        return chosen[: self._limit]

    def heard(self, sounds: Sequence[Sound], grammar: str) -> list[list[str]]:
        """The segments heard in each sound."""
        answers = self._pool.map(recognise, [(sound, grammar) for sound in sounds], chunksize=8)
        self.processor += sum(answer[1] for answer in answers)
        self.seconds += sum(answer[2] for answer in answers)
        return [answer[0] for answer in answers]

    def texts(self, sounds: Sequence[Sound], grammar: str) -> list[str]:
        return [" ".join(segments) for segments in self.heard(sounds, grammar)]

    def judge(
        self, name: str, sounds: Sequence[Sound], labels: Sequence[str], grammar: str, *, detail: bool = True
    ) -> list[str]:
        """Right, rejected, wrong; returns the texts."""
        texts, phrases = self.texts(sounds, grammar), set(GRAMMARS[grammar])
        right = [text == label for text, label in zip(texts, labels, strict=True)]
        count = max(1, len(texts))
        rejected = sum(text not in phrases for text in texts) / count
        share = sum(right) / count
        print(
            f"{name:34s} n={len(texts):4d} right {share:.3f} rejected {rejected:.3f} wrong {1 - share - rejected:.3f}",
            flush=True,
        )
        by: dict[str, list[bool]] = collections.defaultdict(list)
        taken: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for label, text, good in zip(labels, texts, right, strict=True):
            by[label].append(good)
            taken[label][text] += 1
        per = {label: float(np.mean(good)) for label, good in by.items()}
        self.results[name] = {
            "n": len(texts),
            "right": share,
            "rejected": rejected,
            "wrong": 1 - share - rejected,
            "per": per,
        }
        for label in sorted(per, key=lambda each: -per[each]) if detail else []:
            others = [item for item in taken[label].most_common(5) if item[0] != label][:4]
            print(f"      {label:16s} {per[label]:.2f} ({len(by[label])})", others)
        return texts

    def accepted(self, name: str, sounds: Sequence[Sound], grammar: str) -> None:
        """How much of what should start nothing is taken for a phrase."""
        texts, phrases = self.texts(sounds, grammar), set(GRAMMARS[grammar])
        wrong = [text for text in texts if text in phrases]
        share = len(wrong) / max(1, len(texts))
        self.results[name] = {"n": len(texts), "accepted": share}
        most = collections.Counter(wrong).most_common(6)
        print(f"{name:34s} n={len(texts):4d} accepted {share:.3f}", most, flush=True)


def paths(rows: Sequence[Row]) -> list[Sound]:
    return [row["path"] for row in rows]


def labels(rows: Sequence[Row]) -> list[str]:
    return [row["label"] for row in rows]


def rows_of(audio: str, split: str) -> list[Row]:
    """heldout: what was kept out of training. tune: speakers of the other part who were not trained on."""
    every = recordings.rows(audio)
    if split == "heldout":
        return [row for row in every if row["split"] == "heldout"]
    return [
        row
        for row in every
        if row["split"] == "dev"
        and (
            (row["set"] in recordings.TRAINING_SETS and recordings.kept_for_tuning(row))
            or row["set"] in ("snoring", "cough_etiquette")
        )
    ]


# ---- the tests; each gets all rows and takes its own


def single_words(e: Evaluation, rows: list[Row], split: str) -> None:
    words = [row for row in _single(rows, split) if row["label"] in TEN and row["quality"] == "ok"]
    chosen = e.some(words)
    e.judge("single words among ten", paths(chosen), labels(chosen), "ten", detail=False)
    e.judge("single words among commands", paths(chosen), labels(chosen), "commands")


def unknown_words(e: Evaluation, rows: list[Row], split: str) -> None:
    every = _single(rows, split)
    unknown = [
        row
        for row in every
        if (row["group"] == "_unknown_" or row["set"] != "gsc_v2_test") and row["label"] not in (*TEN, "_silence_")
    ]
    silent = [row for row in every if row["set"] == "gsc_v2_test" and row["label"] == "_silence_"]
    for name, some in (("other words", e.some(unknown)), ("room noise", e.some(silent))):
        for grammar in ("ten", "commands") if some else ():
            e.accepted(f"{name} {grammar}", paths(some), grammar)


def _single(rows: list[Row], split: str) -> list[Row]:
    further = ("gsc_v2_extra_train_speakers", "gsc_v1_sample") if split != "heldout" else ()
    return [row for row in rows if row["set"] in ("gsc_v2_test", *further)]


def short_phrases(e: Evaluation, rows: list[Row], split: str) -> None:
    some = e.some(row for row in rows if row["set"] == "hymel_custom_keywords")
    e.judge("short phrases beside commands", paths(some), labels(some), "hymel")


def wake_words(e: Evaluation, rows: list[Row], split: str) -> None:
    some = e.some(row for row in rows if row["set"] == "picovoice_wake")
    e.judge("wake words beside commands", paths(some), labels(some), "wake")
    e.accepted("wake words commands", paths(some), "commands")


def coffee(e: Evaluation, rows: list[Row], split: str) -> None:
    some = e.some(row for row in rows if row["set"] == "picovoice_coffee")
    texts = e.texts(paths(some), "coffee")
    whole = hits = total = 0
    for row, text in zip(some, texts, strict=True):
        slots = [" ".join(value.split()) for value in json.loads(row["label"])["slots"].values()]
        hit = [f" {value} " in f" {text} " for value in slots]
        whole, hits, total = whole + all(hit), hits + sum(hit), total + len(hit)
    share, parts = whole / max(1, len(some)), hits / max(1, total)
    e.results["coffee"] = {"n": len(some), "all_slots": share, "slots": parts}
    print(f"coffee orders n={len(some)} all parts right {share:.3f}, parts {parts:.3f}", flush=True)
    e.accepted("coffee orders commands", paths(some), "commands")


def emotion(e: Evaluation, rows: list[Row], split: str) -> None:
    if split != "heldout":
        return
    every = [row for row in rows if row["set"] == "indian_emospeech_commands" and row["quality"] == "ok"]
    chosen: list[Row] = []
    for word in GRAMMARS["five"]:
        chosen += e.some(row for row in every if row["label"] == word)[:120]
    e.judge("accents and emotion among five", paths(chosen), labels(chosen), "five", detail=False)
    texts = e.judge("accents and emotion among commands", paths(chosen), labels(chosen), "commands")
    by = collections.defaultdict(list)
    for row, text in zip(chosen, texts, strict=True):
        by[row["emotion"]].append(text == row["label"])
    print("      ", {kind: (round(float(np.mean(good)), 3), len(good)) for kind, good in by.items()})
    for label in ("unknown", "background"):
        some = e.some(row for row in every if row["label"] == label)[:150]
        e.accepted(f"accents and emotion {label}", paths(some), "commands")


def synthetic(e: Evaluation, rows: list[Row], split: str) -> None:
    import synthesis

    sounds: list[Sound] = []
    said: list[str] = []
    names: list[str] = []
    for engine, voice in VOICES:
        folder = Path(tempfile.gettempdir()) / "bedside-evaluation" / f"{engine}-{voice}"
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [(text, 1.0, 1.0, str(folder / f"{i:02d}.wav")) for i, text in enumerate(COMMANDS)]
        if not Path(jobs[-1][3]).exists():
            synthesis.speak(engine, voice, jobs)
        for text, _, _, path in jobs:
            quieter = np.clip(recordings.load_wave(path) * 0.6, -32768, 32767)
            sounds.append(quieter.astype("int16"))
            said.append(text)
            names.append(f"{engine} {voice}")
    texts = e.judge("synthetic voices", sounds, said, "commands", detail=False)
    by = collections.defaultdict(list)
    for name, text, label in zip(names, texts, said, strict=True):
        by[name].append(text == label)
    print("      ", {name: round(float(np.mean(good)), 2) for name, good in by.items()})


def false_alarms(e: Evaluation, rows: list[Row], split: str) -> None:
    readers = e.some(row for row in rows if row["set"] == "librispeech_resemblyzer")
    segments = e.heard(paths(readers), "commands")
    phrases = set(COMMANDS)
    taken = [text for texts in segments for text in texts if text in phrases]
    count, minutes = sum(map(len, segments)), sum(float(row["seconds"]) for row in readers) / 60
    e.results["readers"] = {"segments": count, "accepted": len(taken), "minutes": minutes}
    most = collections.Counter(taken).most_common(8)
    print(f"readers: {len(taken)} of {count} segments accepted in {minutes:.1f} min", most, flush=True)
    noises = {
        "rain, dog, clock": "esc10",
        "snoring": "snoring",
        "coughs": "cough_etiquette",
        "long coughs": "cough_hernanmd",
        "crying babies": "baby_cry_donateacry",
    }
    for name, kind in noises.items():
        some = e.some(row for row in rows if row["set"] == kind and float(row["seconds"]) < 60)
        if some:
            e.accepted(name, paths(some), "commands")


TESTS: dict[str, Callable[[Evaluation, list[Row], str], None]] = {
    "words": single_words,
    "unknown": unknown_words,
    "phrases": short_phrases,
    "wake": wake_words,
    "coffee": coffee,
    "emotion": emotion,
    "synthetic": synthetic,
    "alarms": false_alarms,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("audio", help="the folder with ALL_SPLITS.csv")
    parser.add_argument("--split", choices=("tune", "heldout"), default="tune")
    parser.add_argument("--only", nargs="+", choices=TESTS, default=list(TESTS))
    parser.add_argument("--limit", type=int, default=10**6, help="at most so many recordings a test")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    evaluation = Evaluation(options.model, options.processes, options.limit, options.seed)
    rows = rows_of(options.audio, options.split)
    for name in options.only:
        TESTS[name](evaluation, rows, options.split)
    share = evaluation.processor / max(evaluation.seconds, 0.1)
    print(f"{share:.4f} of one core in real time, {evaluation.seconds / 60:.0f} min of sound")
    evaluation.results["core_share"] = share
    if options.json:
        options.json.write_text(json.dumps(evaluation.results, indent=1) + "\n")


if __name__ == "__main__":
    main()
