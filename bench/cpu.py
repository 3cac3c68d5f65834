#!/usr/bin/env python3
"""How much of a processor, and how much memory, does a night take?

    bench/cpu.py AUDIO [--minutes N] [--seed N] [--real SECONDS]

AUDIO is a folder of recordings with noise/, unrelated-speech/ and, if it is there, silence/. Each model that is
installed hears so many minutes of a quiet room (white noise at -75 dBFS), of room noise, of noise and of speech, each
recording after the other in an order by chance. Printed: CPU seconds (user and system, all threads) of one hour of
such sound, the same as a share of one core, and the peak of memory; "plain" is the baseline, as in plain.py.

The process is `bedside run` as it is, with the whole assistant, over a file in place of the sound card. So the work for
a sound card (its two threads, resampling, waking up 200 times a second) is not in these figures. --real measures that
too: the real process in real time for so many seconds of each sound, between PulseAudio's null sinks (pulseaudio and
libasound2-plugins must be there), with the memory of the child process that renders the voice. What PulseAudio itself
takes is left out, as another process's. There is no plain row then.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
from hearing import QUIET_DBFS, sound_files
from processes import (
    Setting,
    children,
    cpu_seconds,
    listening,
    make_setting,
    peak_mb,
    run_to_end,
    shared_out_mb,
)
from rich.console import Console
from rich.table import Table

from bedside.asr.model_manifest import read_manifest
from bedside.asr.models import known_models
from bedside.audio.block import RATE, Samples
from bedside.audio.levels import amplitude
from bedside.audio.wavfiles import read_clip, write_wav

FOLDERS = ("silence", "noise", "unrelated-speech")
WAYS = ("bedside", "plain")
SETTLE = 3.0
"""Seconds after the start that belong to starting."""


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--minutes", default=10.0, show_default=True, help="Of each sound, for each model and way.")
@click.option("--seed", default=1, show_default=True)
@click.option("--real", type=float, help="Seconds of each sound in real time at null sinks instead.")
def main(audio: Path, minutes: float, seed: int, real: float | None) -> None:
    models = [model.name for model in known_models(read_manifest()) if model.state == "present"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sounds = make_sounds(audio, folder, seed)
        for model in models:
            setting = make_setting(folder / model, model)
            table = in_real_time(setting, sounds, real) if real else fed(setting, sounds, 60 * minutes)
            Console(width=110).print(table)


def make_sounds(audio: Path, folder: Path, seed: int) -> dict[str, Path]:
    """The sounds by name, each a file of some minutes."""
    chance = np.random.default_rng(seed)
    quiet = chance.standard_normal(60 * RATE).astype(np.float32) * np.float32(amplitude(QUIET_DBFS))
    sounds: dict[str, Samples] = {"quiet room": quiet}
    for name in FOLDERS:
        files = sound_files(audio / name)
        chance.shuffle(files)  # type: ignore[arg-type]
        if files:
            sounds[name] = np.concatenate([read_clip(file) for file in files])
    paths = {name: folder / f"{name}.wav" for name in sounds}
    for name, path in paths.items():
        write_wav(path, sounds[name])
    return paths


def fed(setting: Setting, sounds: dict[str, Path], seconds: float) -> Table:
    """As fast as the process takes the sound."""
    table = Table("sound", "", "CPU s in an hour", "share of a core", "peak memory", title=f"model {setting.model}")
    table.caption = f"{seconds / 60:.0f} minutes of each, the sound card's work not included"
    setting.warm_up()
    # Compiles the modules, which takes memory.
    run_to_end(setting.bedside(sounds["quiet room"], 1))
    for name, sound in sounds.items():
        for way in WAYS:
            run_to_end(setting.bedside(sound, seconds) if way == "bedside" else setting.plain(sound, seconds))
            report = setting.report()
            table.add_row(name, way, *_cells(report["cpu"], seconds), f"{report['peak_mb']:.0f} MB")
    return table


def in_real_time(setting: Setting, sounds: dict[str, Path], seconds: float) -> Table:
    """The real process at null sinks."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.pulse import PulseRoom, missing_parts

    if missing := missing_parts():
        raise click.ClickException(f"for --real there must be: {', '.join(missing)}")
    table = Table("sound", "CPU s in an hour", "share of a core", "peak memory", "child for the voice")
    table.title = f"model {setting.model}, real process"
    table.caption = f"{seconds:.0f} s of each in real time; the child's memory without what it shares"
    setting.warm_up()
    # Compiles the modules, which takes memory.
    run_to_end(setting.bedside(sounds["quiet room"], 1))
    with PulseRoom() as room:
        for name, sound in sounds.items():
            with listening(setting.at_the_sound_card(), room.env) as (pid, _):
                player = subprocess.Popen(["paplay", "--device=room", str(sound)], env=room.env)
                time.sleep(SETTLE)
                before, began = cpu_seconds(pid), time.monotonic()
                time.sleep(seconds)
                used, over = cpu_seconds(pid) - before, time.monotonic() - began
                child = sum(shared_out_mb(each) for each in children(pid))
                table.add_row(name, *_cells(used, over), f"{peak_mb(pid):.0f} MB", f"{child:.0f} MB")
                player.terminate()
                player.wait(20)
    return table


def _cells(cpu: float, seconds: float) -> tuple[str, str]:
    return f"{3600 * cpu / seconds:.0f}", f"{100 * cpu / seconds:.2f} %"


if __name__ == "__main__":
    main()
