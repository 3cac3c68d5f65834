#!/usr/bin/env python3
"""Is a person heard while bedside speaks, how soon does it fall silent, and does it hear itself?

    bench/barge_in.py AUDIO [--seed N] [--commands N] [--every N] [--metres M] [--baseline]

AUDIO is a folder with manifest.csv (columns file, label) and recordings of people. Recordings whose label means
something in a session are spoken over the sentences of a cramp in the simulated room, and beside them the same labels
in synthetic voices (flite and espeak-ng must be there), all at the same level. Printed for each level of the echo, in
dB relative to the person:

- heard: how many commands were understood while bedside spoke, of those that are understood in silence
- silence ms: from the end of "stop" to the last sound of bedside, median / 95 %
- itself: how often bedside took itself for somebody when every n-th routine was played through, with an answer to each
  of its questions assumed but not spoken, and how many sentences that was

Baseline is the same without echo cancellation. With --metres the echo's way is that of a room of 4 by 3.5 by 2.5 m
(pyroomacoustics) with the speaker so far from the microphone, instead of the usual 45 ms and 0.3 s of reverberation.
"""

from __future__ import annotations

import csv
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

from bedside.assistant import Assistant, LogEvent
from bedside.audio import echo_path
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Block, Samples
from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.audio.player import Player
from bedside.audio.scene import Echo, Scene, read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.audio.wavfiles import read_clip, write_wav
from bedside.config import Config, RecognizerConfig
from bedside.dialogue.actions import Action, Event, Said, Say
from bedside.ears import Ears
from bedside.mouth import Mouth
from bedside.nlu.match import Scope
from bedside.nlu.matcher import match
from bedside.rehearsal import VirtualNight, rehearse
from bedside.tts.render import LEVEL_DBFS
from bedside.tts.voice import Voice
from bedside.wiring import Content, assemble, conversation_for, ears_for, load_content, load_model, voice_for

PERSON_DBFS = -26.0
ECHOES = (None, 0.0, 10.0, 15.0)
SENTENCES = ("Straighten", "Now bring")
VOICES = ("flite slt", "flite rms", "flite awb", "espeak-ng en-us", "espeak-ng en-gb")
QUIET = 2.0

Meaning = tuple[str, dict[str, str]]


class Deaf:
    """In the place of the canceller: the microphone as it is."""

    clearness = np.inf
    resting = True

    def clean(self, microphone: Block) -> Block:
        return microphone

    def played(self, block: Block) -> None:
        pass


@dataclass
class Outcome:
    heard: int = 0
    delays: list[float] = field(default_factory=list)


class Reciter:
    """In the place of a conversation: says one text after the other."""

    scope: Scope = "session"

    def __init__(self, texts: list[str]) -> None:
        self._left = list(enumerate(texts))
        self._due: float | None = 0.5

    def next_deadline(self) -> float | None:
        return self._due if self._left else None

    def handle(self, event: Event, now: float) -> list[Action]:
        if isinstance(event, Said):
            self._due = now + 0.8
        if self._due is None or now < self._due or not self._left:
            return []
        ident, text = self._left.pop(0)
        self._due = None
        return [Say(ident, text, "")]


class Bench:
    """Plays scenes in one folder."""

    def __init__(self, folder: Path, baseline: bool) -> None:
        self.folder = folder
        self.baseline = baseline
        self.config = Config(recognizer=RecognizerConfig(model="embedded"))
        self.content: Content = load_content(self.config)
        self._model, _ = load_model(self.config, self.content)
        self._asking = self.clip(_synthetic("leg cramp", "flite slt"), "asking")

    def meaning(self, text: str) -> Meaning | None:
        found = match(text, self.content.intents, "session")
        return (found.intent, dict(found.slots)) if found.intent and found.decision == "act" else None

    def clip(self, samples: Samples, name: str) -> str:
        level = active_level_dbfs(samples)
        write_wav(self.folder / f"{name}.wav", samples * np.float32(amplitude(PERSON_DBFS - level)))
        return f"{name}.wav"

    def in_silence(self, clip: str, wanted: Meaning) -> bool:
        sound = read_clip(self.folder / clip)
        quiet = np.zeros(round(QUIET * RATE), dtype=np.float32)
        whole = np.concatenate((quiet[: RATE // 2], sound, quiet))
        blocks = whole[: len(whole) // BLOCK * BLOCK].reshape(-1, BLOCK)
        ears = ears_for(self.config, self.content, self._model)
        heard = [e.match for n, block in enumerate(blocks) for e in ears.hear(block, n * BLOCK_SECONDS, "session")]
        return any((each.intent, dict(each.slots)) == wanted for each in heard)

    def over_speech(self, clip: str, wanted: Meaning, echo: float | None, chance: random.Random, to: Outcome) -> None:
        trigger = {"event": "say", "match": chance.choice(SENTENCES)}
        says = [
            {"at": 0.7, "file": self._asking},
            {"after": trigger, "wait": round(chance.uniform(0.3, 2.0), 3), "file": clip},
        ]
        scene: dict[str, Any] = {"duration": 14, "says": says, "seed": chance.randrange(1000)}
        if echo is not None:
            scene["echo"] = {"gain_db": echo, "delay_ms": 45, "rt60": 0.3}
        file = self.folder / "scene.yaml"
        file.write_text(yaml.safe_dump(scene))
        log: list[LogEvent] = []
        with self._room(read_scene(file)) as room, voice_for(self.config, print) as voice:
            assistant = assemble(self.config, self.content, self._model, voice, room, log.append, print)
            self._deafen(assistant._ears)
            assistant.run()
        if len(room.spoken) < 2:
            return
        spoken = room.spoken[1]
        meant = [line for line in log if line["event"] == "intent" and spoken.start < _time(line) < spoken.end + 2.0]
        if any((line["intent"], line["slots"]) == wanted for line in meant):
            to.heard += 1
        if wanted[0] == "stop":
            to.delays += [_time(line) - spoken.end for line in log if _silenced_by_stop(line)][:1]

    def recite(self, texts: list[str], echo: float, voice: Voice) -> list[LogEvent]:
        """What bedside would have taken for a person's words when it says `texts`."""
        seconds = sum(len(voice.request(text).result().samples) / RATE + 0.9 for text in texts) + 2.0
        log: list[LogEvent] = []
        with self._room(Scene(seconds, echo=Echo(gain_db=echo, delay_ms=45, rt60=0.3))) as room:
            ears = ears_for(self.config, self.content, self._model)
            self._deafen(ears)
            mouth = Mouth(voice, Player(gain_db=self.config.voice.gain_db), waits=True)
            reciter: Any = Reciter(texts)
            Assistant(room, ears, mouth, reciter, log.append).run()
        return [line for line in log if line["event"] == "intent"]

    def _room(self, scene: Scene) -> SimulatedRoom:
        return SimulatedRoom(scene, None, LEVEL_DBFS + self.config.voice.gain_db)

    def _deafen(self, ears: Ears) -> None:
        if self.baseline:
            ears._canceller = Deaf()  # type: ignore[assignment]


def _time(line: LogEvent) -> float:
    t = line["t"]
    assert isinstance(t, float | int)
    return float(t)


def _silenced_by_stop(line: LogEvent) -> bool:
    return line["event"] == "silenced" and line["by"] == "stop"


def _synthetic(text: str, voice: str) -> Samples:
    engine, name = voice.split()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        command = ["flite", "-voice", name, "-t", text, "-o", str(file)]
        if engine == "espeak-ng":
            command = ["espeak-ng", "-v", name, "-w", str(file), text]
        subprocess.run(command, check=True, timeout=60)
        return read_clip(file)


def _recordings(bench: Bench, audio: Path, count: int, chance: random.Random) -> list[tuple[str, Meaning]]:
    """Clips of people and what they mean; as many "stop" as others, for the delays."""
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(manifest)]
    known = [(file, label) for file, label in rows if bench.meaning(label)]
    stops = [row for row in known if row[1] == "stop"]
    others = [row for row in known if row[1] != "stop"]
    chosen = chance.sample(stops, min(count // 3, len(stops)))
    chosen += chance.sample(others, min(count - len(chosen), len(others)))
    return [
        (bench.clip(read_clip(audio / file), f"recorded-{number}"), meaning)
        for number, (file, label) in enumerate(chosen)
        if (meaning := bench.meaning(label))
    ]


def _synthetics(bench: Bench, audio: Path, count: int, chance: random.Random) -> list[tuple[str, Meaning]]:
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        labels = sorted({row["label"] for row in csv.DictReader(manifest)})
    known = [label for label in labels if bench.meaning(label) and label != "stop"]
    texts = ["stop"] * (count // 3) + chance.sample(known, min(count - count // 3, len(known)))
    return [
        (bench.clip(_synthetic(text, VOICES[number % len(VOICES)]), f"synthetic-{number}"), meaning)
        for number, text in enumerate(texts)
        if (meaning := bench.meaning(text))
    ]


def _rehearsed(bench: Bench) -> list[list[str]]:
    """What every routine says when it is played through."""
    told = []
    for routine in bench.content.library.routines:
        night = VirtualNight(conversation_for(bench.config, bench.content), lambda text: 1.0)
        log = rehearse(night, routine, through=True)
        told.append(list(dict.fromkeys(str(line["text"]) for line in log if line["event"] == "say")))
    return told


def _in_room(metres: float) -> None:
    """Let echoes take the way of a furnished room, computed once."""
    import pyroomacoustics

    absorption, order = pyroomacoustics.inverse_sabine(0.4, [4.0, 3.5, 2.5])
    room = pyroomacoustics.ShoeBox(
        [4.0, 3.5, 2.5], fs=RATE, materials=pyroomacoustics.Material(absorption), max_order=order
    )
    room.add_source([1.0, 1.5, 0.8])
    room.add_microphone([1.0 + metres, 1.5, 0.8])
    room.compute_rir()
    response = np.asarray(room.rir[0][0])[: RATE // 2]
    response = (response / np.sqrt(np.sum(response**2))).astype(np.float32)
    echo_path._response = lambda rt60, seed: response


def _delays(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return f"{1000 * middle:.0f} / {1000 * late:.0f}"


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True)
@click.option("--commands", default=36, show_default=True, help="Of each kind, a third of them 'stop'.")
@click.option("--every", default=4, show_default=True, help="Play every n-th routine through; 0 for none.")
@click.option("--metres", type=float, help="From the speaker to the microphone, in a computed room.")
@click.option("--baseline", is_flag=True, help="Without echo cancellation.")
@click.option("--show", is_flag=True, help="Print what was bedside itself.")
def main(audio: Path, seed: int, commands: int, every: int, metres: float | None, baseline: bool, show: bool) -> None:
    if metres is not None:
        _in_room(metres)
    table = Table("echo dB", "heard: people", "synthetic", "silence ms: people", "synthetic", "itself")
    table.caption = f"seed {seed}" + (", without echo cancellation" if baseline else "")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), baseline)
        kinds = []
        for gather in (_recordings, _synthetics):
            clips = gather(bench, audio, commands, random.Random(seed))
            kinds.append([clip for clip in clips if bench.in_silence(*clip)])
        told = _rehearsed(bench)[::every] if every else []
        for echo in ECHOES:
            outcomes = []
            for clips in kinds:
                chance, outcome = random.Random(seed), Outcome()
                for clip, wanted in clips:
                    bench.over_speech(clip, wanted, echo, chance, outcome)
                outcomes.append(outcome)
            itself = "-"
            if echo is not None and told:
                with voice_for(bench.config, print) as voice:
                    lines = [line for texts in told for line in bench.recite(texts, echo, voice)]
                itself = f"{len(lines)} in {sum(map(len, told))}"
                if show:
                    Console().print([(line["intent"], line["decision"]) for line in lines], markup=False)
            shares = [f"{o.heard} of {len(c)}" for o, c in zip(outcomes, kinds, strict=True)]
            late = [_delays(outcome.delays) for outcome in outcomes]
            table.add_row("none" if echo is None else f"{echo:+.0f}", *shares, *late, itself)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
