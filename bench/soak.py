#!/usr/bin/env python3
"""Does it last? A month of nights in virtual time with everything that goes wrong, or an hour at null sinks.

    bench/soak.py [--nights N] [--seed N]
    bench/soak.py --real SECONDS [--seed N]

A month: the whole assistant (ears, recogniser, conversation, voice, state file) hears some minutes of each night; the
hours between are jumped over. Synthetic voices (flite must be there) have cramps, tell of danger and talk of other
things, noise comes and goes, bedside's own voice echoes. Meanwhile, one at a time by chance: the process is killed (it
begins anew with the state file that it left, seconds, minutes or hours later), the microphone is gone (silence, and a
jump), the disk is full, the clock of the wall jumps by an hour (daylight saving) or goes back (no power, no clock), the
state file is damaged. Printed for each week: what was asked for and what came of it, the faults, and the memory of the
process.

What must never happen is counted as *lost*, and the exit code is 1 then: a request that nobody answered though the
microphone was there; an alert that was open at the end and is not taken up; a warning of this night forgotten; a hold
that begins unasked after a restart; anything said in a room where nobody spoke, but what is taken up; an exception;
memory that grows from the first week to the last.

With --real a real `bedside run` lives between PulseAudio's null sinks for so long (see soak_real.py).
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click
from hearing import OneModel
from rich.console import Console
from rich.progress import track
from rich.table import Table
from soak_month import Month

from bedside.config import Config, RecognizerConfig
from bedside.wiring import load_content, load_model, settle

NIGHTS_A_WEEK = 7
GROWS = 1.15
"""So many times the memory of the first week is more than chance."""


@click.command()
@click.option("--nights", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--real", type=float, help="Seconds of a real process at null sinks instead.")
def main(nights: int, seed: int, real: float | None) -> None:
    console = Console(width=120)
    if real is not None:
        from soak_real import live

        sys.exit(live(real, random.Random(seed), console))
    config = Config(recognizer=RecognizerConfig(model="embedded"))
    content = load_content(config)
    model = OneModel(load_model(config, content)[0])
    settle()
    table = Table(
        "nights", "asked", "answered", "alerts", "kills", "taken up", "faults", "lost", "MB at the end", "most MB"
    )
    with tempfile.TemporaryDirectory() as folder:
        month = Month(Path(folder), config, content, model, random.Random(seed))
        before: Counter[str] = Counter()
        now = most = first_week = 0.0
        for night in track(range(nights), "nights", console=Console(stderr=True)):
            month.night()
            if (night + 1) % NIGHTS_A_WEEK == 0 or night + 1 == nights:
                now, most = month.memory()
                first_week = first_week or now
                table.add_row(f"to {night + 1}", *_cells(month.counts - before), f"{now:.0f}", f"{most:.0f}")
                before = month.counts.copy()
        table.add_row("[bold]all", *_cells(month.counts), f"{now:.0f}", f"{most:.0f}")
        if now > GROWS * first_week:
            month.lost.append(f"memory grows: {first_week:.0f} MB after the first week, {now:.0f} MB at the end")
        console.print(table)
        for line in month.lost:
            console.print(f"lost: {line}", markup=False)
    sys.exit(1 if month.lost else 0)


def _cells(counts: Counter[str]) -> list[str]:
    names = ("asked", "answered", "alerts", "kills", "taken up", "faults", "lost")
    return [str(counts[name]) for name in names]


if __name__ == "__main__":
    main()
