#!/usr/bin/env python3
"""How long from the start of the process until it listens?

    bench/startup.py [--tries N] [--cold-tries N] [--real]

`bedside run` with a warm voice, whose sentences are kept from the night before, and with a cold one, which renders them
all; and the plain way: the same model and list of phrases with Vosk, and pyttsx3, which renders nothing ahead. Printed:
median, fastest and slowest of so many tries on the wall clock, after one that does not count, so the files are in the
machine's memory; and the median of the CPU seconds, which a busy machine does not lengthen. It takes no seed, for
nothing in it is left to chance.

A file stands in place of the sound card; with --real the process opens PulseAudio's null sinks instead (pulseaudio and
libasound2-plugins must be there), for bedside only.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
import numpy as np
from processes import cpu_seconds, listening, make_setting
from rich.console import Console
from rich.table import Table

from bedside.audio.block import RATE
from bedside.audio.wavfiles import write_wav

LONG = 36_000
"""Seconds of silence: more than it can take before it is ended."""


@click.command()
@click.option("--tries", default=7, show_default=True)
@click.option("--cold-tries", default=2, show_default=True, help="With a cold voice.")
@click.option("--real", is_flag=True, help="Open real devices: null sinks.")
def main(tries: int, cold_tries: int, real: bool) -> None:
    table = Table("", "tries", "median s", "fastest s", "slowest s", "CPU s", title="start of the process to listening")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        setting = make_setting(Path(name) / "setting", "embedded")
        sound = Path(name) / "silence.wav"
        write_wav(sound, np.zeros(2 * RATE, dtype=np.float32))
        command, env = setting.bedside(sound, LONG), None
        if real:
            command, env = setting.at_the_sound_card(), _devices(stack)
        setting.warm_up()
        _add(table, "bedside, warm voice", [_start(command, env) for _ in range(tries + 1)][1:])

        def forget() -> None:
            """Nothing of the voice is kept."""
            shutil.rmtree(setting.cache)

        _add(table, "bedside, cold voice", [_start(command, env, forget) for _ in range(cold_tries)])
        if not real:
            plain = setting.plain(sound, LONG)
            _add(table, "plain", [_start(plain) for _ in range(tries + 1)][1:])
    Console(width=100).print(table)


def _start(
    command: Sequence[str], env: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
) -> tuple[float, float]:
    """Seconds on the wall clock, and CPU seconds with the child that renders."""
    if before is not None:
        before()
    with listening(command, env) as (pid, seconds):
        return seconds, cpu_seconds(pid)


def _devices(stack: ExitStack) -> Mapping[str, str]:
    """An environment with null sinks for devices."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.pulse import PulseRoom, missing_parts

    if missing := missing_parts():
        raise click.ClickException(f"for --real there must be: {', '.join(missing)}")
    return stack.enter_context(PulseRoom()).env


def _add(table: Table, name: str, starts: Sequence[tuple[float, float]]) -> None:
    if starts:
        seconds, cpu = zip(*starts, strict=True)
        cells = [f"{f(seconds):.2f}" for f in (np.median, min, max)]
        table.add_row(name, str(len(starts)), *cells, f"{np.median(cpu):.2f}")


if __name__ == "__main__":
    main()
