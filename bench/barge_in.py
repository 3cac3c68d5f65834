#!/usr/bin/env python3
"""Is a person heard while bedside speaks, how soon does it fall silent, and does it hear itself?

    bench/barge_in.py AUDIO [--seed N] [--commands N] [--every N] [--metres M] [--talk DB] [--tenths SECONDS]
                      [--itself DB]

AUDIO is a folder with manifest.csv (columns file, label) and recordings of people. Recordings whose label means
something in a session are spoken over a cramp's sentences in the simulated room, and beside them the same labels in
synthetic voices (flite and espeak-ng must be there), all at the same level: over the first sentence, as the very first
that bedside says since it was started, and after it has answered a question; and over the second. Printed for each
level of the echo, in dB relative to the person:

- heard: how many commands were understood while bedside spoke, of those that are understood in silence; "of people"
  and the delays are of the last two
- silence ms: from the end of "stop" to the last sound of bedside, median / 95 %
- itself: how often bedside took itself for somebody when every n-th routine was played through, with an answer to each
  of its questions assumed but not spoken, and how many sentences that was

"plain" is the baseline of plain.py with every third of the clips and of those routines. With --metres the echo's way is
that of a room of 4 by 3.5 by 2.5 m (pyroomacoustics) with the speaker so far from the microphone, instead of the usual
45 ms and 0.3 s of reverberation. With --talk others talk all the time, so many dB louder than the person (-20, say);
the recordings for that are those in unrelated-speech/.

With --tenths "stop" and another command are said at each tenth of the first so many seconds of a routine instead, and
the shares are printed by when that was. With --itself nobody speaks: every n-th routine is played through with an echo
so many dB louder than a person, and all that bedside takes for a person's words is printed.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
from barge_clips import Clip, other_talk, recorded, synthetic
from barge_scenes import SENTENCES, Moment, Outcome, Scenes, in_room
from rich.console import Console
from rich.table import Table

from bedside.wiring import voice_for

ECHOES = (None, 0.0, 10.0, 15.0)
PLAIN_EVERY = 3
SPANS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0)
"""Seconds of a routine by which --tenths tells its figures."""


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True)
@click.option("--commands", default=30, show_default=True, help="Of each kind, a third of them 'stop'.")
@click.option("--every", default=8, show_default=True, help="Play every n-th routine through; 0 for none.")
@click.option("--metres", type=float, help="From the speaker to the microphone, in a computed room.")
@click.option("--talk", type=float, help="Others talk, so many dB louder than the person.")
@click.option("--tenths", type=float, help="Speak at each tenth of so many seconds of a routine.")
@click.option("--itself", type=float, help="Only play routines through, the echo so many dB louder.")
@click.option("--show", is_flag=True, help="Print what was bedside itself.")
def main(
    audio: Path,
    seed: int,
    commands: int,
    every: int,
    metres: float | None,
    talk: float | None,
    tenths: float | None,
    itself: float | None,
    show: bool,
) -> None:
    if metres is not None:
        in_room(metres)
    with tempfile.TemporaryDirectory() as folder:
        scenes = Scenes(Path(folder))
        if itself is not None:
            told = scenes.rehearsed()[:: max(1, every)]
            print(f"itself at {itself:+.0f} dB: {_itself(scenes, told, itself, plain=False, show=True)} sentences")
            return
        kinds = []
        for gather in (recorded, synthetic):
            clips = gather(scenes.folder, audio, commands, random.Random(seed), scenes.meaning)
            kinds.append([clip for clip in clips if scenes.in_silence(clip)])
        if talk is not None:
            scenes.talk = other_talk(scenes.folder, audio, random.Random(seed), scenes.meaning), talk
        table = _by_tenths(scenes, kinds, tenths, seed) if tenths else _by_echo(scenes, kinds, every, seed, show)
    table.caption = f"seed {seed}"
    Console(width=110).print(table)


def _by_echo(scenes: Scenes, kinds: list[list[Clip]], every: int, seed: int, show: bool) -> Table:
    heard = ("heard: the very first", "1st later on", "2nd")
    table = Table("echo dB", *heard, "of people", "silence ms: people", "synthetic", "itself")
    told = scenes.rehearsed()[::every] if every else []
    for echo in ECHOES:
        for plain in (False, True):
            said = [clips[:: PLAIN_EVERY if plain else 1] for clips in kinds]
            outcomes = [[Outcome() for _ in SENTENCES] for _ in said]
            for clips, by_sentence in zip(said, outcomes, strict=True):
                for clip, moment in _moments(clips, seed):
                    scenes.over_speech(clip, moment, echo, by_sentence[moment.sentence], plain)
            people, others = outcomes
            itself = _itself(scenes, told[:: PLAIN_EVERY if plain else 1], echo, plain, show)
            level = "none" if echo is None else f"{echo:+.0f}"
            table.add_row(
                f"{level} plain" if plain else level,
                *(str(_together(pair)) for pair in zip(people, others, strict=True)),
                str(_together(people[1:])),
                *(_delays(_together(kind[1:]).delays) for kind in (people, others)),
                itself,
                end_section=plain,
            )
    return table


def _moments(clips: list[Clip], seed: int) -> Iterator[tuple[Clip, Moment]]:
    """Each clip over each of the sentences."""
    chance = random.Random(seed)
    for clip in clips:
        for sentence in range(len(SENTENCES)):
            yield clip, Moment(sentence, chance.uniform(0.3, 2.0), chance.randrange(1000))


def _itself(scenes: Scenes, told: list[list[str]], echo: float | None, plain: bool, show: bool) -> str:
    if echo is None or not told:
        return "-"
    recite = scenes.recite_plainly if plain else scenes.recite
    with voice_for(scenes.config, print) as voice:
        lines = [line for texts in told for line in recite(texts, echo, voice)]
    if show:
        Console().print([(line["intent"], line["decision"]) for line in lines], markup=False)
    return f"{len(lines)} in {sum(map(len, told))}"


def _by_tenths(scenes: Scenes, kinds: list[list[Clip]], seconds: float, seed: int) -> Table:
    table = Table("echo dB", "seconds", "stop heard", "silence ms", "others heard")
    clips = [clip for pair in zip(*kinds, strict=False) for clip in pair]
    stops = [clip for clip in clips if clip.wanted[0] == "stop"]
    others = [clip for clip in clips if clip.wanted[0] != "stop"]
    for echo in ECHOES[1:]:
        outcomes = {(kind, start): Outcome() for kind in ("stop", "other") for start in SPANS}
        for tenth in range(round(10 * seconds)):
            start = max(span for span in SPANS if span <= tenth / 10)
            for kind, choice in (("stop", stops), ("other", others)):
                moment = Moment(0, tenth / 10, seed + tenth)
                scenes.over_speech(choice[tenth % len(choice)], moment, echo, outcomes[kind, start])
        for start, end in pairwise(SPANS):
            stop, other = outcomes["stop", start], outcomes["other", start]
            if stop.said:
                table.add_row(f"{echo:+.0f}", f"{start:g} to {end:g}", str(stop), _delays(stop.delays), str(other))
        table.add_section()
    return table


def _together(outcomes: list[Outcome] | tuple[Outcome, ...]) -> Outcome:
    whole = Outcome()
    for outcome in outcomes:
        whole.said += outcome.said
        whole.heard += outcome.heard
        whole.delays += outcome.delays
    return whole


def _delays(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return f"{1000 * middle:.0f} / {1000 * late:.0f}"


if __name__ == "__main__":
    main()
