#!/usr/bin/env python3
"""What starts although nobody asked for anything: recordings of noise and of other talk, heard in an idle room.

    bench/false_starts.py FOLDER...

Each folder holds WAV or FLAC files (mono). Prints for each folder how long it is, how many utterances were heard, how
many of them bedside would have acted upon or asked about, and each of these. The column `trusting` is the baseline:
what the matcher alone makes of the recogniser's words, without weighing how they were heard.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bedside.asr.recognizer import SpeechModel
from bedside.audio.voice_activity import VoiceActivity
from bedside.audio.wavfiles import FileEnd, read_clip
from bedside.config import Config
from bedside.ears import Ears
from bedside.nlu.matcher import match
from bedside.wiring import Content, ears_for, listener_for, load_content, load_model

TAIL = 1.5
HARMLESS = {"stop", "pause", "resume", "next_step", "previous_step", "repeat", "time_left"}
"""Intents that do nothing in an idle room."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    config = Config()
    content = load_content(config)
    model, chosen = load_model(config, content)
    table = Table("folder", "minutes", "utterances", "acts", "danger", "asks", "trusting: acts", "danger", "asks")
    details: list[str] = []
    for folder in options.folders:
        files = sorted([*folder.rglob("*.wav"), *folder.rglob("*.flac")])
        minutes = sum(len(read_clip(file)) for file in files) / 16_000 / 60
        weighed, trusting = Counter[str](), Counter[str]()
        for file in files:
            count(file, ears_for(config, content, model), weighed, details)
            trust(file, config, content, model, trusting)
        row = [*kinds(weighed), *kinds(trusting)]
        table.add_row(folder.name, f"{minutes:.1f}", str(weighed["utterances"]), *map(str, row))
    console = Console(width=120)
    console.print(f"Hearing with the {chosen.reason}.")
    console.print(table)
    for line in details:
        console.print(line, markup=False)


def kinds(counts: Counter[str]) -> list[int]:
    return [counts["act"], counts["danger"], counts["confirm"]]


def note(counts: Counter[str], intent: str | None, decision: str) -> None:
    counts["utterances"] += 1
    if intent is not None and intent not in HARMLESS:
        counts["danger" if intent == "danger_sign" else decision] += 1


def count(file: Path, ears: Ears, counts: Counter[str], details: list[str]) -> None:
    with FileEnd(file, tail=TAIL) as end:
        while (block := end.read()) is not None:
            for understood in ears.hear(block, end.now, "idle"):
                meaning = understood.match
                note(counts, meaning.intent, meaning.decision)
                if meaning.intent is not None and meaning.intent not in HARMLESS:
                    heard = understood.hypothesis.text
                    details.append(f"{file.name}: “{heard}” → {meaning.intent} ({meaning.decision})")


def trust(file: Path, config: Config, content: Content, model: SpeechModel, counts: Counter[str]) -> None:
    """The baseline: the same recogniser, its words taken at their word."""
    listener, voiced = listener_for(config, content, model), VoiceActivity(config.recognizer.voice_gate)
    with FileEnd(file, tail=TAIL) as end:
        while (block := end.read()) is not None:
            for hypothesis in listener.hear(block, voiced(block), end.now):
                if hypothesis.final:
                    meaning = match(hypothesis.text, content.intents, "idle")
                    note(counts, meaning.intent, meaning.decision)


if __name__ == "__main__":
    main()
