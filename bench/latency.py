#!/usr/bin/env python3
"""How soon is help there, and how soon is it silent, on the sound clock?

    bench/latency.py [--seed N] [--nights N] [--noise DB] [--echo DB]

Plays nights in the simulated room with synthetic voices (flite and espeak-ng must be there): somebody asks for help,
and says "stop" at some moment of a sentence. Prints for each voice, in milliseconds: from the end of what was said to
the first sound of the answer, and from the end of "stop" to the last sound of bedside (negative: before it was said
to the end), each as median, 95 % and the longest; and how often it was not understood.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from bedside.assistant import LogEvent
from bedside.audio.block import RATE
from bedside.audio.scene import read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.audio.wavfiles import write_wav
from bedside.config import Config, RecognizerConfig
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import assemble, load_content, load_model, voice_for

VOICES = ("flite slt", "flite rms", "flite awb", "espeak-ng en-us", "espeak-ng en-gb", "espeak-ng en-us+f3")
ASKING = ("leg cramp", "my left leg is cramping", "i have a cramp in my calf", "help my leg is cramping")
SENTENCES = ("Straighten", "Now bring")


@dataclass
class Delays:
    """Seconds, by voice. missed: how often nothing was understood."""

    say: list[float] = field(default_factory=list)
    silenced: list[float] = field(default_factory=list)
    missed_help: int = 0
    missed_stop: int = 0


class Bench:
    """Plays nights in one folder."""

    def __init__(self, folder: Path, noise_db: float | None, echo_db: float | None, seed: int) -> None:
        self._folder = folder
        self._config = Config(recognizer=RecognizerConfig(model="embedded"))
        self._content = load_content(self._config)
        self._model, _ = load_model(self._config, self._content)
        self._room: dict[str, Any] = {"seed": seed}
        if noise_db is not None:
            noise = np.random.default_rng(seed).standard_normal(10 * RATE).astype(np.float32)
            write_wav(folder / "noise.wav", noise * np.float32(0.1))
            self._room["noise"] = {"file": "noise.wav", "gain_db": noise_db}
        if echo_db is not None:
            self._room["echo"] = {"gain_db": echo_db, "delay_ms": 45, "rt60": 0.3}

    def night(self, voice: str, chance: random.Random, delays: Delays) -> None:
        """One night with one voice."""
        trigger = {"event": "say", "match": chance.choice(SENTENCES)}
        says = [
            {"at": round(chance.uniform(0.7, 2.0), 3), "file": self._clip(chance.choice(ASKING), voice)},
            {"after": trigger, "wait": round(chance.uniform(0.3, 2.0), 3), "file": self._clip("stop", voice)},
        ]
        scene = self._folder / "scene.yaml"
        scene.write_text(yaml.safe_dump({"duration": 16, "says": says, **self._room}))
        log: list[LogEvent] = []
        with (
            SimulatedRoom(read_scene(scene), None, LEVEL_DBFS + self._config.voice.gain_db) as room,
            voice_for(self._config, print) as speech,
        ):
            assemble(self._config, self._content, self._model, speech, room, log.append, print).run()
        ends = [clip.end for clip in room.spoken]
        first = [_time(line) for line in log if line["event"] == "say"]
        if not first or len(ends) < 2:
            delays.missed_help += 1
            return
        delays.say.append(first[0] - ends[0])
        silenced = [_time(line) for line in log if line["event"] == "silenced" and line["by"] == "stop"]
        if silenced:
            delays.silenced.append(silenced[0] - ends[1])
        else:
            delays.missed_stop += 1

    def _clip(self, text: str, voice: str) -> str:
        engine, name = voice.split()
        file = self._folder / f"{text} {voice}.wav".replace(" ", "-")
        if not file.exists():
            command = (
                ["flite", "-voice", name, "-t", text, "-o"] if engine == "flite" else ["espeak-ng", "-v", name, "-w"]
            )
            rest = [str(file)] if engine == "flite" else [str(file), text]
            subprocess.run([*command, *rest], check=True, timeout=60)
        return file.name


def _time(line: LogEvent) -> float:
    t = line["t"]
    assert isinstance(t, float | int)
    return float(t)


def _cells(seconds: list[float]) -> str:
    if not seconds:
        return ""
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return f"{1000 * middle:.0f} / {1000 * late:.0f} / {1000 * max(seconds):.0f}"


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--nights", default=12, show_default=True, help="For each voice.")
@click.option("--noise", "noise_db", type=float, help="White noise, dB relative to the person.")
@click.option("--echo", "echo_db", type=float, help="bedside's own voice at the microphone, dB relative to the person.")
def main(seed: int, nights: int, noise_db: float | None, echo_db: float | None) -> None:
    table = Table("voice", "answer ms", "silence ms", "help missed", "stop missed")
    table.caption = f"median / 95 % / longest of {nights} nights each; seed {seed}"
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), noise_db, echo_db, seed)
        for voice in VOICES:
            chance, delays = random.Random(f"{seed} {voice}"), Delays()
            for _ in range(nights):
                bench.night(voice, chance, delays)
            missed = (str(delays.missed_help), str(delays.missed_stop))
            table.add_row(voice, _cells(delays.say), _cells(delays.silenced), *missed)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
