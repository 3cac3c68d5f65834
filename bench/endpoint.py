#!/usr/bin/env python3
"""How well and how soon does the listener hear, for different lengths of silence at the end of an utterance?

    python bench/endpoint.py AUDIO PHRASES.txt ... [--every N] [--noise DB]

AUDIO is a folder with manifest.csv (columns file, label), with recordings in words/ and bedside-phrases/, and
with silence/ and unrelated-speech/ in which nothing is to be heard. PHRASES.txt hold the grammar, a phrase a
line; the labels of the recordings join it. A recording counts as right when the phrase of the grammar that is
likest to what was heard is its label, as rejected when nothing is like enough, and else as wrong.

"whole" is the recogniser alone on the whole recording: what the voice gate and early ends cost is the
difference to it. "fed always" is the listener whose recogniser never sleeps. The delay is from the last loud
frame of the recording to the final hypothesis, on the sound clock.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from bedside.asr.endpoint import EndpointSettings
from bedside.asr.listener import Listener
from bedside.asr.recognizer import UNKNOWN
from bedside.asr.vosk_recognizer import VoskModel
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Samples
from bedside.audio.levels import active_level_dbfs, active_span, amplitude
from bedside.audio.voice_activity import VoiceActivity
from bedside.audio.wavfiles import read_clip
from bedside.resources import embedded_model

LIKE_ENOUGH = 75.0
LEAD, TAIL = 0.7, 1.6
"""Seconds of quiet before and after each recording."""

QUIET_DBFS = -75.0


@dataclass(frozen=True)
class Recording:
    file: str
    label: str
    sound: Samples
    speech_end: float


@dataclass
class Score:
    outcomes: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)
    partial_delays: list[float] = field(default_factory=list)
    split: int = 0
    lost: list[str] = field(default_factory=list)


def recordings(audio: Path, folder: str, every: int, noise_db: float | None) -> Iterator[Recording]:
    """The recordings of one folder with quiet (or noise so far below the speech) around them."""
    chance = np.random.default_rng(7)
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["file"].startswith(f"{folder}/")]
    for row in rows[::every]:
        clip = read_clip(audio / row["file"])
        whole = np.concatenate((np.zeros(int(LEAD * RATE)), clip, np.zeros(int(TAIL * RATE))))
        level = QUIET_DBFS if noise_db is None else active_level_dbfs(clip) - noise_db
        whole = whole + chance.standard_normal(len(whole)) * amplitude(level)
        whole = whole[: len(whole) // BLOCK * BLOCK].astype(np.float32)
        yield Recording(row["file"], row["label"], whole, LEAD + active_span(clip)[1] / RATE)


def decision(text: str, phrases: list[str]) -> str | None:
    """The phrase that is meant by what was heard."""
    words = " ".join(word for word in text.split() if word != UNKNOWN)
    found = process.extractOne(words, phrases, scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH)
    return found[0] if found else None


def judge(score: Score, recording: Recording, texts: list[str], phrases: list[str]) -> None:
    meant = [found for text in texts if (found := decision(text, phrases))]
    score.split += len([text for text in texts if text != UNKNOWN]) > 1
    wrong = any(found != recording.label for found in meant)
    outcome = "wrong" if wrong else "right" if meant else "rejected"
    score.outcomes[outcome] += 1
    if outcome != "right":
        score.lost.append(f"{recording.file}: {texts}")


def by_listener(model: VoskModel, phrases: list[str], settings: EndpointSettings, recorded: list[Recording]) -> Score:
    """All recordings one after the other, as in one long night."""
    score = Score()
    listener = Listener(model, {"all": phrases}, settings)
    activity = VoiceActivity(2)
    blocks = 0
    for recording in recorded:
        began = blocks * BLOCK_SECONDS
        texts = []
        first_partial = math.nan
        for block in recording.sound.reshape(-1, BLOCK):
            now = blocks * BLOCK_SECONDS
            blocks += 1
            for heard in listener.hear(block, activity(block), now):
                delay = now + BLOCK_SECONDS - began - recording.speech_end
                if heard.final:
                    texts.append(heard.text)
                    score.delays.append(delay)
                elif math.isnan(first_partial) and decision(heard.text, phrases) == recording.label:
                    first_partial = delay
        if not math.isnan(first_partial):
            score.partial_delays.append(first_partial)
        judge(score, recording, texts, phrases)
    return score


def by_recogniser(model: VoskModel, phrases: list[str], recorded: list[Recording]) -> Score:
    """The recogniser alone, each recording as one utterance."""
    score = Score()
    recognizer = model.recognizer(phrases)
    for recording in recorded:
        for block in recording.sound.reshape(-1, BLOCK):
            recognizer.accept(block)
        text = recognizer.finish().text
        judge(score, recording, [text] if text else [], phrases)
    return score


def row(name: str, score: Score) -> list[str]:
    total = sum(score.outcomes.values())
    cells = [f"{100 * score.outcomes[key] / total:.1f} %" for key in ("right", "rejected", "wrong")]
    cells.append(str(score.split))
    for delays in (score.delays, score.partial_delays):
        if delays:
            middle, late = np.quantile(delays, [0.5, 0.95])
            cells.append(f"{1000 * middle:.0f} / {1000 * late:.0f}")
        else:
            cells.append("")
    return [name, *cells]


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("phrase_files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--every", default=1, help="Take every n-th recording only.")
@click.option("--noise", "noise_db", type=float, help="White noise so many dB below the speech.")
@click.option("--silences", default="0.2,0.25,0.3,0.35,0.4,0.5", help="Seconds, with commas between.")
@click.option("--show", is_flag=True, help="Print what was not right at the first of the silences.")
def main(
    audio: Path, phrase_files: tuple[Path, ...], every: int, noise_db: float | None, silences: str, show: bool
) -> None:
    lines = [line.strip() for file in phrase_files for line in file.read_text("utf-8").splitlines()]
    lengths = [float(length) for length in silences.split(",")]
    model = VoskModel(embedded_model())
    console = Console()
    for folder in ("bedside-phrases", "words"):
        recorded = list(recordings(audio, folder, every, noise_db))
        phrases = list(dict.fromkeys([line for line in lines if line] + [r.label for r in recorded]))
        table = Table("", "right", "rejected", "wrong", "split", "final ms", "partial ms", title=folder)
        table.caption = f"{len(recorded)} recordings, {len(phrases)} phrases; delays: median / 95 %"
        table.add_row(*row("whole", by_recogniser(model, phrases, recorded)))
        always = EndpointSettings(silence=lengths[-1], sleep_after=math.inf)
        table.add_row(*row(f"fed always, {lengths[-1]} s", by_listener(model, phrases, always, recorded)))
        for length in lengths:
            score = by_listener(model, phrases, EndpointSettings(silence=length), recorded)
            table.add_row(*row(f"{length} s", score))
            if show and length == lengths[0]:
                console.print("\n".join(score.lost), markup=False)
        console.print(table)
    table = Table("", "recordings", "minutes", "taken for a phrase", title="nothing is to be heard")
    phrases = list(dict.fromkeys(line for line in lines if line))
    for folder in ("silence", "unrelated-speech", "noise"):
        recorded = list(recordings(audio, folder, every, noise_db))
        score = by_listener(model, phrases, EndpointSettings(), recorded)
        minutes = sum(len(r.sound) for r in recorded) / RATE / 60
        table.add_row(folder, str(len(recorded)), f"{minutes:.1f}", str(score.outcomes["wrong"]))
    console.print(table)


if __name__ == "__main__":
    main()
