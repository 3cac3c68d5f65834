#!/usr/bin/env python3
"""What starts although nobody asked for anything: recordings of noise and of other talk, heard in an idle room.

    bench/false_starts.py FOLDER... [--phrases AUDIO] [--every N] [--seed N] [--show]

Each folder holds WAV or FLAC files (mono). Prints for each folder how often bedside would have acted, raised an alarm
or asked; how often it would have spoken at all in 10 hours of such sound, with the bound below which the true rate
lies in 95 of 100 such measurements; and with --show each of these utterances.

--phrases: a folder with manifest.csv (columns file, label) and recordings of people in phrases/. Their labels are then
listened for beside everything else, and how many of them are missed is counted with the same settings and words:
whoever hears nothing starts nothing.

Two baselines: "trusting" is the same recogniser with the matcher alone, without weighing how its words were heard;
"plain" is the loop of plain.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from hearing import (
    LEAD,
    TAIL,
    OneModel,
    Recording,
    in_room,
    known_labels,
    own_words,
    recordings,
    sound_files,
    understood,
)
from plain import PlainLoop, plain_phrases, understood_plainly
from rich.console import Console
from rich.table import Table

from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Samples
from bedside.audio.voice_activity import VoiceActivity
from bedside.audio.wavfiles import read_clip
from bedside.config import Config, RecognizerConfig
from bedside.nlu.match import Match
from bedside.nlu.matcher import match
from bedside.wiring import Content, ears_for, listener_for, load_content, load_model

HARMLESS = {"stop", "pause", "resume", "next_step", "previous_step", "repeat", "time_left"}
"""Intents that do nothing in an idle room."""

WAYS = ("bedside", "trusting", "plain")
KINDS = ("acts", "danger", "asks")


class Bench:
    """Hears sounds in an idle room in three ways."""

    def __init__(self, config: Config, content: Content, model: OneModel) -> None:
        self._config = config
        self._content = content
        self._model = model
        self._loop = PlainLoop(plain_phrases(content))

    def meanings(self, way: str, sound: Samples) -> list[Match]:
        """What is understood that does something in an idle room."""
        if way == "bedside":
            ears = ears_for(self._config, self._content, self._model)
            found = [each.match for each in understood(ears, sound, "idle")]
        elif way == "trusting":
            found = self._trusting(sound)
        else:
            found = understood_plainly(self._loop, sound, self._content, "idle")
        return [each for each in found if each.intent is not None and each.intent not in HARMLESS]

    def _trusting(self, sound: Samples) -> list[Match]:
        listener = listener_for(self._config, self._content, self._model)
        voiced = VoiceActivity(self._config.recognizer.voice_gate)
        texts = [
            hypothesis.text
            for number, block in enumerate(sound.reshape(-1, BLOCK))
            for hypothesis in listener.hear(block, voiced(block), number * BLOCK_SECONDS)
            if hypothesis.final
        ]
        return [match(text, self._content.intents, "idle") for text in texts]

    def missed(self, way: str, recorded: Sequence[Recording], seed: int) -> int:
        """How many of the recordings are neither acted upon nor asked about as what they are."""
        count = 0
        for number, recording in enumerate(recorded):
            sound = in_room(read_clip(recording.file), np.random.default_rng([seed, number]))
            # The matcher writes some compounds as two words.
            phrases = [(each.phrase or "").replace(" ", "") for each in self.meanings(way, sound)]
            count += recording.label.replace(" ", "") not in phrases
        return count


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--phrases", "audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=1, help="Take every n-th recording only.")
@click.option("--seed", default=1, show_default=True)
@click.option("--show", is_flag=True, help="Print what bedside would have spoken for.")
def main(folders: tuple[Path, ...], audio: Path | None, every: int, seed: int, show: bool) -> None:
    config = Config(recognizer=RecognizerConfig(model="embedded"))
    content = load_content(config)
    model = OneModel(load_model(config, content)[0])
    people: list[Recording] = []
    if audio is not None:
        recorded = recordings(audio, "phrases", every)
        labels = known_labels(recorded, model)
        people = [each for each in recorded if each.label in labels]
        # What bedside understands anyway needs no new meaning.
        new = [label for label in labels if match(label, content.intents, "idle").score < 100.0]
        content = own_words(new, "idle", ("recovery",), beside_shipped=True)
    bench = Bench(config, content, model)
    console = Console(width=110)
    table = Table("sound", "minutes", "", *KINDS, "spoke in 10 h", title="starts in an idle room")
    totals = {way: Counter[str]() for way in WAYS}
    minutes = 0.0
    for folder in folders:
        files = sound_files(folder)[::every]
        sounds = [in_room(read_clip(file), np.random.default_rng([seed, n])) for n, file in enumerate(files)]
        # The quiet around the recordings is none of what is measured.
        length = (sum(map(len, sounds)) / RATE - len(sounds) * (LEAD + TAIL)) / 60
        minutes += length
        for way in WAYS:
            counts = Counter[str]()
            for file, sound in zip(files, sounds, strict=True):
                for found in bench.meanings(way, sound):
                    counts[_kind(found)] += 1
                    if show and way == "bedside":
                        console.print(f"{file.name}: “{found.text}” → {found.intent} ({_kind(found)})", markup=False)
            totals[way] += counts
            table.add_row(folder.name, f"{length:.1f}", way, *_cells(counts, length))
    for way in WAYS:
        table.add_row("[bold]all", f"{minutes:.1f}", way, *_cells(totals[way], minutes))
    console.print(table)
    if people:
        misses = Table("", "missed", title=f"{len(people)} phrases of people, same settings, a quiet room")
        for way in WAYS:
            count = bench.missed(way, people, seed)
            misses.add_row(way, f"{count} ({100 * count / len(people):.1f} %)")
        console.print(misses)


def _kind(found: Match) -> str:
    if found.intent == "danger_sign":
        return "danger"
    return "acts" if found.decision == "act" else "asks"


def _cells(counts: Counter[str], minutes: float) -> list[str]:
    in_ten_hours = 600 / minutes
    rate = f"{counts.total() * in_ten_hours:.0f} (at most {at_most(counts.total()) * in_ten_hours:.0f})"
    return [*(str(counts[kind]) for kind in KINDS), rate]


def at_most(count: int) -> float:
    """The mean of a Poisson distribution of which so few or fewer come in 5 of 100 cases."""
    low, high = float(count), 3.0 * count + 10.0
    for _ in range(50):
        middle = (low + high) / 2
        chance = sum(math.exp(-middle + k * math.log(middle) - math.lgamma(k + 1)) for k in range(count + 1))
        low, high = (middle, high) if chance > 0.05 else (low, middle)
    return high


if __name__ == "__main__":
    main()
