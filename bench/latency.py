#!/usr/bin/env python3
"""How soon is help there, and how soon is it silent, on the sound clock?

    bench/latency.py [--seed N] [--nights N] [--noise DB] [--echo DB] [--people AUDIO] [--plot FILE.svg]

Plays nights in the simulated room with synthetic voices (flite and espeak-ng must be there): somebody asks for help,
and says "stop" at some moment of a sentence. Prints for each voice, in milliseconds: from the end of what was said to
the first sound of the answer, and from the end of "stop" to the last sound of bedside (negative: before it was said
to the end), each as median, 95 % and the longest; and how often it was not understood.

"people" are recordings: AUDIO is a folder with manifest.csv (columns file, label), with phrases/ that start a routine
in an intents file of one's own, and "stop" in words/. "plain" is the baseline of plain.py in the same nights; what
rendering takes on this machine, which the sound clock does not know, is printed below.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from hearing import OneModel, known_labels, own_words, recordings
from plain import PlainAssistant, PlainLoop, plain_phrases, render_milliseconds
from plots import plot_delays
from rich.console import Console
from rich.table import Table

from bedside.assistant import LogEvent
from bedside.audio.block import RATE
from bedside.audio.scene import read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.audio.wavfiles import write_wav
from bedside.config import Config, RecognizerConfig
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import Content, assemble, every_fixed_text, load_content, load_model, voice_for

VOICES = ("flite slt", "flite rms", "flite awb", "espeak-ng en-us", "espeak-ng en-gb", "espeak-ng en-us+f3")
ASKING = ("leg cramp", "my left leg is cramping", "i have a cramp in my calf", "help my leg is cramping")
SENTENCES = ("Straighten", "Now bring")
WAYS = ("bedside", "plain")
DURATION = 24
"""Seconds of one night: the plain way ends its sentences before it stops."""


@dataclass
class Delays:
    """Seconds, by voice. missed: how often nothing was understood."""

    say: list[float] = field(default_factory=list)
    silenced: list[float] = field(default_factory=list)
    missed_help: int = 0
    missed_stop: int = 0

    def note(self, ends: Sequence[float], log: Sequence[LogEvent]) -> None:
        """One night. ends: of the clips that were said, seconds."""
        first = [_time(line) for line in log if line["event"] == "say"]
        if not first or not ends or first[0] < ends[0]:
            self.missed_help += 1
            return
        self.say.append(first[0] - ends[0])
        if len(ends) < 2:
            # The sentence in which "stop" was to be said did not come.
            return
        silenced = [_time(line) for line in log if line["event"] == "silenced" and line["by"] == "stop"]
        if silenced:
            self.silenced.append(silenced[0] - ends[1])
        else:
            self.missed_stop += 1


@dataclass(frozen=True)
class Voice:
    """Somebody who says things. asks, stops: give a sound file by chance."""

    name: str
    content: Content
    asks: Callable[[random.Random], Path]
    stops: Callable[[random.Random], Path]


class Bench:
    """Plays nights in one folder."""

    def __init__(self, folder: Path, noise_db: float | None, echo_db: float | None, seed: int) -> None:
        self._folder = folder
        self._config = Config(recognizer=RecognizerConfig(model="embedded"))
        self.content = load_content(self._config)
        self.model = OneModel(load_model(self._config, self.content)[0])
        self._room: dict[str, Any] = {"seed": seed}
        if noise_db is not None:
            noise = np.random.default_rng(seed).standard_normal(10 * RATE).astype(np.float32)
            write_wav(folder / "noise.wav", noise * np.float32(0.1))
            self._room["noise"] = {"file": "noise.wav", "gain_db": noise_db}
        if echo_db is not None:
            self._room["echo"] = {"gain_db": echo_db, "delay_ms": 45, "rt60": 0.3}

    def night(self, voice: Voice, chance: random.Random, delays: dict[str, Delays]) -> None:
        """One night with one voice, in both ways."""
        trigger = {"event": "say", "match": chance.choice(SENTENCES)}
        says = [
            {"at": round(chance.uniform(0.7, 2.0), 3), "file": str(voice.asks(chance))},
            {"after": trigger, "wait": round(chance.uniform(0.3, 2.0), 3), "file": str(voice.stops(chance))},
        ]
        scene = self._folder / "scene.yaml"
        scene.write_text(yaml.safe_dump({"duration": DURATION, "says": says, **self._room}))
        for way in WAYS:
            log: list[LogEvent] = []
            with (
                SimulatedRoom(read_scene(scene), None, LEVEL_DBFS + self._config.voice.gain_db) as room,
                voice_for(self._config, print) as speech,
            ):
                if way == "bedside":
                    assemble(self._config, voice.content, self.model, speech, room, log.append, print).run()
                else:
                    loop = PlainLoop(plain_phrases(voice.content))
                    PlainAssistant(room, loop, self._config, voice.content, speech, log.append).run()
            delays[way].note([clip.end for clip in room.spoken], log)

    def rendering(self) -> float:
        """Milliseconds for a sentence, on the wall clock."""
        return render_milliseconds(every_fixed_text(self._config, self.content)[:20], self._folder)

    def synthetic(self, name: str) -> Voice:
        """A voice of flite or espeak-ng."""
        return Voice(
            name,
            self.content,
            lambda chance: self._clip(chance.choice(ASKING), name),
            lambda chance: self._clip("stop", name),
        )

    def people(self, audio: Path) -> Voice:
        """The people of the recordings; each label that the model knows the words of starts the same routine."""
        recorded = recordings(audio, "phrases")
        labels = known_labels(recorded, self.model)
        asks = [each.file.absolute() for each in recorded if each.label in labels]
        stops = [each.file.absolute() for each in recordings(audio, "words") if each.label == "stop"]
        content = own_words(labels, "idle", ("acute-calf-bed",))
        return Voice("people", content, lambda chance: chance.choice(asks), lambda chance: chance.choice(stops))

    def _clip(self, text: str, voice: str) -> Path:
        engine, name = voice.split()
        file = self._folder / f"{text} {voice}.wav".replace(" ", "-")
        if not file.exists():
            command = (
                ["flite", "-voice", name, "-t", text, "-o"] if engine == "flite" else ["espeak-ng", "-v", name, "-w"]
            )
            rest = [str(file)] if engine == "flite" else [str(file), text]
            subprocess.run([*command, *rest], check=True, timeout=60)
        return file


def _time(line: LogEvent) -> float:
    t = line["t"]
    assert isinstance(t, float | int)
    return float(t)


def _cells(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return f"{1000 * middle:.0f} / {1000 * late:.0f} / {1000 * max(seconds):.0f}"


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--nights", default=12, show_default=True, help="For each voice; for the people four times as many.")
@click.option("--noise", "noise_db", type=float, help="White noise, dB relative to the person.")
@click.option("--echo", "echo_db", type=float, help="bedside's own voice at the microphone, dB relative to the person.")
@click.option("--people", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of recordings.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="SVG or PNG file.")
def main(
    seed: int, nights: int, noise_db: float | None, echo_db: float | None, people: Path | None, plot: Path | None
) -> None:
    table = Table("voice", "", "answer ms", "silence ms", "help missed", "stop missed")
    table.caption = f"median / 95 % / longest; seed {seed}"
    plotted: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), noise_db, echo_db, seed)
        voices = [(bench.synthetic(name), nights) for name in VOICES]
        if people is not None:
            voices.append((bench.people(people), 4 * nights))
        for voice, count in voices:
            chance, delays = random.Random(f"{seed} {voice.name}"), {way: Delays() for way in WAYS}
            for _ in range(count):
                bench.night(voice, chance, delays)
            for way, found in delays.items():
                missed = (f"{found.missed_help} of {count}", f"{found.missed_stop} of {count - found.missed_help}")
                table.add_row(voice.name, way, _cells(found.say), _cells(found.silenced), *missed)
                plotted.setdefault(("answer", way), []).extend(found.say)
                plotted.setdefault(("silence after stop", way), []).extend(found.silenced)
        for way in WAYS:
            cells = (_cells(plotted[kind, way]) for kind in ("answer", "silence after stop"))
            table.add_row("[bold]all", way, *cells)
        console = Console(width=110)
        console.print(table)
        console.print(
            f"Not in these times: pyttsx3 takes {bench.rendering():.0f} ms on this machine to render a sentence "
            "(plain: before each; bedside: ahead of the night)."
        )
    if plot:
        plot_delays(plot, plotted)


if __name__ == "__main__":
    main()
