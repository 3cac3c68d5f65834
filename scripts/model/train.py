#!/usr/bin/env python3
"""Train the embedded Vosk model.   train.py AUDIO --phrases DIR --start OLD_MODEL --out NEW_MODEL

AUDIO holds the recordings and ALL_SPLITS.csv (see recordings.py). OLD_MODEL is a folder that this program wrote
before: training goes on from its network, which also gives the first phone times, so that a few hours on two
cores are enough, and more recordings can be added at any time. (The very first network got its phone times from
flite, which reports them, and from PocketSphinx.) Steps, each cached in the work folder:

  recordings   list and texts                      recordings.py, transcripts.py
  synthetic    phrases spoken by synthesisers      synthesis.py, neural.py
  copies       features of altered copies, noise   copies.py, noise.py
  alignment    phone times, by the network         alignment.py
  training     LF-MMI, twice, aligned anew between training.py, objective.py, tdnn.py
  folder       graph and Kaldi files               vosk_folder.py, graph.py
"""

from __future__ import annotations

import argparse
import multiprocessing
import pickle
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import copies
import neural
import numpy as np
import synthesis
import torch
import training
from alignment import Alignment, align, phone_frames
from dictionary import Pronunciation, pronunciations
from graph import Costs
from kaldi_format import read_affines
from lexicon import make_lexicon
from noise import load_noises, noise_example
from objective import Denominator
from phones import UNIT, UNITS
from recordings import RATE, TRAINING_SETS, Recording, kept_for_tuning, load_wave, seconds
from tdnn import Tdnn, frame_scores, pad_context
from transcripts import with_texts
from vosk_folder import write_model

COPIES = {
    "librispeech_resemblyzer": 5,
    "picovoice_coffee": 4,
    "gsc_v2_test": 4,
    "picovoice_wake": 2,
    "gsc_v2_extra_train_speakers": 1,
    "synthetic": 2,
    "neural": 4,
}
"""Altered copies made of each recording, by set; 3 of the others."""

SHARE = {**TRAINING_SETS, "synthetic": 0.4, "neural": 1.5}
"""Altered copies of an utterance that an epoch uses, on average, by set."""

_BEGAN = time.time()
_RATE = 1.5e-3
Copies = tuple[list[Any], list[list[Any]], list[Any]]
"""Plain features of each utterance, its altered copies, and noise examples."""


def log(message: str) -> None:
    print(f"[{time.time() - _BEGAN:5.0f} s] {message}", flush=True)


def cached(work: Path, name: str, make: Callable[[], Any]) -> Any:
    """What `make` returns, kept in the work folder."""
    path = work / f"{name}.pickle"
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(make(), protocol=5))
        part.rename(path)
    return pickle.loads(path.read_bytes())


def make_copies(speech: list[Recording], audio: str) -> Copies:
    """Features of all utterances, their altered copies, and noise."""
    material = copies.MATERIAL
    material.speech = speech
    material.noises = load_noises(audio)
    material.babble = [load_wave(s["path"]) for s in speech if s["set"] == "librispeech_resemblyzer"]
    material.short = np.array([i for i, s in enumerate(speech) if s["seconds"] < 2.2])
    rooms = [load_wave(p)[: RATE // 2] for p in sorted(Path(audio).glob("audiomentations_demo/ir*.wav"))]
    material.rooms = [(r / np.abs(r).max())[max(0, int(np.abs(r).argmax()) - 8) :] for r in rooms]
    with multiprocessing.Pool(2) as pool:
        plain = pool.map(copies.plain_copy, range(len(speech)), chunksize=64)
        jobs = [(i, kind) for i, s in enumerate(speech) for kind in range(1, 1 + COPIES.get(s["set"], 3))]
        altered = pool.map(copies.altered_copy, jobs, chunksize=64)
        noise = pool.map(noise_example, _noise_jobs(material.noises), chunksize=32)
    by_speech: list[list[Any]] = [[] for _ in speech]
    for (i, _), copy in zip(jobs, altered, strict=True):
        by_speech[i].append(copy)
    return plain, by_speech, noise


def _noise_jobs(noises: dict[str, list[Any]]) -> list[tuple[str, int, Any]]:
    kinds = (("flat", noises["flat"], 0), ("event", noises["event"][::2], 100_000))
    jobs = [
        (kind, 1000 * turn + base + i, wave)
        for turn in range(2)
        for kind, waves, base in kinds
        for i, wave in enumerate(waves)
    ]
    jobs += [("body", 300_000 + i, None) for i in range(250)]
    return jobs + [("room", 400_000 + i, None) for i in range(200)]


_net: Tdnn | None = None
"""The network that `_align_one` uses; set before the workers start, which inherit it."""


def _align_one(job: tuple[Any, list[list[tuple[int, ...]]]]) -> tuple[Alignment | None, float]:
    features, words = job
    assert _net is not None
    return align(np.maximum(frame_scores(_net, features), -12), words)


def align_all(net: Tdnn, speech: Sequence[Recording], plain: Sequence[Any]) -> list[Alignment | None]:
    """Phone times of each utterance; None where the text does not fit the sound."""
    global _net
    jobs, keys = [], []
    for k, s in enumerate(speech):
        words = [pronunciations(word) for word in s["text"].split()] if s["text"] else []
        if words and all(words):
            jobs.append((plain[k], [[tuple(UNIT[p] for p in way) for way in word] for word in words]))
            keys.append(k)
    _net = net
    torch.set_num_threads(1)
    with multiprocessing.Pool(2) as pool:
        results = pool.map(_align_one, jobs, chunksize=50)
    torch.set_num_threads(2)
    by_set: dict[str, list[tuple[float, int, Alignment | None]]] = {}
    for k, (alignment, score) in zip(keys, results, strict=True):
        by_set.setdefault(speech[k]["set"], []).append((score, k, alignment))
    found: list[Alignment | None] = [None] * len(speech)
    for name, rows in by_set.items():
        scores = np.array([row[0] for row in rows])
        cut = np.quantile(scores, 0.10 if name == "librispeech_resemblyzer" else 0.02)
        log(f"  {name}: {len(rows)} aligned, score median {np.median(scores):.2f}, dropped below {cut:.2f}")
        for score, k, alignment in rows:
            if score > cut:
                found[k] = alignment
    return found


class Examples:
    """Everything to learn from, as `training.Example`, and a choice for each epoch."""

    def __init__(
        self,
        speech: Sequence[Recording],
        rows: Sequence[Sequence[Any]],
        noise: Sequence[Any],
        alignments: Sequence[Alignment | None],
    ) -> None:
        self.speech: list[tuple[float, list[training.Example]]] = []
        self.noise: list[training.Example] = []
        for s, altered in zip(speech, rows, strict=True):
            found = []
            for features, pieces in altered:
                labels = phone_frames(pieces, len(features), alignments)
                if labels is not None and len(features) >= 30:
                    found.append((features, *labels))
            if found:
                self.speech.append((min(SHARE[s["set"]], len(found)), found))
        for features, loud in noise:
            units = np.where(loud, UNIT["SPN"], 0)
            change = np.r_[True, units[1:] != units[:-1]]
            running = (np.cumsum(change) - 1).astype(np.int32)
            self.noise.append((features, running, units[change].astype(np.int64)))

    def pick(self, epoch: int) -> list[training.Example]:
        rng = np.random.default_rng([11, epoch])
        out: list[training.Example] = []
        for weight, found in self.speech:
            count = int(weight) + (rng.random() < weight - int(weight))
            out += [found[i] for i in rng.permutation(len(found))[:count]]
        return out + [n for n in self.noise if rng.random() < 0.7 and len(n[0]) >= 30]

    def denominator(self) -> Denominator:
        """The bigram of phones of one epoch, smoothed."""
        count = len(UNITS)
        pairs, first = np.zeros((count, count)), np.zeros(count)
        for _, phone, units in self.pick(9999):
            unit = units[phone[np.flatnonzero(np.r_[True, phone[1:] != phone[:-1]])]]
            first[unit[0]] += 1
            np.add.at(pairs, (unit[:-1], unit[1:]), 1)
        pairs += 0.5
        np.fill_diagonal(pairs, np.where(np.arange(count) < 2, 0, np.diag(pairs)))
        bigram = 0.6 * pairs / pairs.sum(1, keepdims=True) + 0.4 / count
        return Denominator(bigram, 0.9 * first / first.sum() + 0.1 / count)


def gather(options: argparse.Namespace) -> tuple[dict[str, list[Pronunciation]], list[Recording], Copies]:
    """The lexicon, all utterances, and what was made of them."""
    work, audio = options.work, options.audio
    people = cached(work, "recordings", lambda: with_texts(audio, options.phrases))
    lexicon = make_lexicon(people, options.frequent)
    synthetic = cached(work, "synthetic", lambda: synthesis.synthesise(sorted(lexicon), work))
    spoken = cached(work, "neural", lambda: neural.synthesise(sorted(lexicon), work))
    trained = [s for s in people if not kept_for_tuning(s)]
    speech: list[Recording] = []
    plain: list[Any] = []
    rows: list[list[Any]] = []
    noise: list[Any] = []
    for name, all_of in (("copies", trained + synthetic), ("copies-neural", spoken)):
        for s in all_of:
            s["seconds"] = seconds(s["path"])
        group, before = [s for s in all_of if s["seconds"] > 0.2], len(speech)
        more_plain, more_rows, more_noise = cached(work, name, partial(make_copies, group, audio))
        rows += [[(f, [(i + before, *rest) for i, *rest in pieces]) for f, pieces in row] for row in more_rows]
        speech, plain, noise = speech + group, plain + more_plain, noise or more_noise
        log(f"{name}: {len(group)} utterances, {sum(s['seconds'] for s in group) / 3600:.1f} h")
    log(f"{len(lexicon)} words; features done")
    return lexicon, speech, (plain, rows, noise)


def first_network(start: Path, plain: Sequence[Any]) -> Tdnn:
    """The network of an earlier model, ready to be trained further."""
    sample = np.concatenate(list(plain[::9])).astype(np.float32)
    net = Tdnn(sample.mean(0), sample.std(0))
    beginnings = [pad_context(p[:120].astype(np.float32)) for p in plain[::17] if len(p) >= 120]
    net.take(read_affines(start), np.stack(beginnings))
    net.eval()
    return net


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("audio")
    parser.add_argument("--phrases", help="recordings of speech-to-phrase, named by their words")
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--epochs", type=int, nargs=2, default=(3, 9))
    parser.add_argument("--frequent", type=int, default=3000, help="so many of the most frequent English words")
    parser.add_argument("--unk", type=float, default=1.8)
    options = parser.parse_args()
    options.work.mkdir(exist_ok=True)
    torch.set_num_threads(2)
    lexicon, speech, (plain, rows, noise) = gather(options)
    net = first_network(options.start, plain)
    phrases = synthesis.COMMANDS + synthesis.SIGNS

    def write(folder: Path) -> None:
        if folder.exists():
            shutil.rmtree(folder)
        write_model(folder, lexicon, net.affines(), phrases, Costs(phone=options.unk))

    def keep(stage: int, epoch: int) -> None:
        write(options.out.with_name(f"{options.out.name}.stage{stage}"))
        torch.save(net.state_dict(), options.work / f"network{stage}.pt")

    for stage, epochs in enumerate(options.epochs, 1):
        done = options.work / f"network{stage}-done.pt"
        if done.exists():
            net.load_state_dict(torch.load(done))
            net.eval()
            continue
        alignments = cached(options.work, f"alignment{stage}", lambda: align_all(net, speech, plain))
        examples = Examples(speech, rows, noise, alignments)
        log(f"stage {stage}: {len(examples.pick(0))} examples in an epoch")
        course = training.Course(epochs, _RATE, floor=0.15 if stage == 1 else 0.005)
        training.train(net, examples.pick, examples.denominator(), course, stage, log, partial(keep, stage))
        torch.save(net.state_dict(), done)
    write(options.out)
    size = sum(file.stat().st_size for file in options.out.rglob("*") if file.is_file())
    log(f"wrote {options.out}, {size / 1e6:.2f} MB, {len(lexicon)} words")


if __name__ == "__main__":
    main()
