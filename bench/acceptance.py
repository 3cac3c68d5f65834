#!/usr/bin/env python3
"""How much of what people say is accepted and right, in quiet and in noise?

    bench/acceptance.py AUDIO [--snr quiet,20,10,5,0] [--noise FOLDER] [--level DBFS] [--every N] [--seed N]
                              [--plot FILE.svg] [--show]

AUDIO is a folder with manifest.csv (columns file, label) and recordings below it:

- phrases/, of people: each label starts a routine in an intents file of one's own, heard in an idle room;
- words/, of people: the same with single words, heard in an open session;
- bedside-phrases/: what bedside understands by itself, heard in an idle room, or in a session if it means something
  only there;
- unknown-words/, unrelated-speech/ and the labels with words that the model lacks: nothing is to be made of them.

What is missing is left out. Counted: acted upon rightly, asked about rightly, rejected, and acted upon or asked about
wrongly. Danger signs and "stop" are always listened for, and count as wrong where they were not said. Noise is taken
by chance from a folder (AUDIO/noise if none is named) at each ratio of the active speech level to its RMS, and begins
before the phrase. --level brings the speech to an active level, as of somebody far or quiet. "plain" is the baseline of
plain.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from hearing import OneModel, Recording, in_room, known_labels, noises, own_words, recordings, understood
from plain import PlainLoop, plain_phrases, understood_plainly
from plots import plot_acceptance
from rich.console import Console
from rich.table import Table

from bedside.asr.recognizer import SpeechModel
from bedside.audio.block import Samples
from bedside.audio.wavfiles import read_clip
from bedside.config import Config, RecognizerConfig
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match
from bedside.wiring import Content, ears_for, load_content, load_model

ROUTINES = ("acute-calf-bed", "acute-calf-standing", "recovery")
OUTCOMES = ("right", "asked", "rejected", "wrong")
WAYS = ("bedside", "plain")
SCOPES: tuple[Scope, Scope] = ("idle", "session")


@dataclass(frozen=True)
class Case:
    """Recordings that are heard in one setting. is_right: whether a meaning is what a label says."""

    name: str
    scope: Scope
    content: Content
    recorded: tuple[Recording, ...]
    is_right: Callable[[Match, str], bool]

    def __str__(self) -> str:
        return f"{self.name}, {self.scope}"


class Bench:
    """Hears recordings in both ways."""

    def __init__(
        self, config: Config, model: SpeechModel, noise: Sequence[Samples], level: float | None, seed: int, show: bool
    ) -> None:
        self._config = config
        self._model = OneModel(model)
        self._noise = noise
        self._level = level
        self._seed = seed
        self._show = show

    def outcomes(self, case: Case, snr_db: float | None) -> dict[str, Counter[str]]:
        """By way, how the recordings came out."""
        counts = {way: Counter[str]() for way in WAYS}
        loop = PlainLoop(plain_phrases(case.content))
        for number, recording in enumerate(case.recorded):
            # Each recording meets the same noise in each version and each selection of levels.
            chance = np.random.default_rng([self._seed, number])
            sound = in_room(read_clip(recording.file), chance, self._noise, snr_db, self._level)
            ears = ears_for(self._config, case.content, self._model)
            meanings = {
                "bedside": [each.match for each in understood(ears, sound, case.scope)],
                "plain": understood_plainly(loop, sound, case.content, case.scope),
            }
            for way, found in meanings.items():
                outcome = _outcome(found, recording.label, case.is_right)
                counts[way][outcome] += 1
                if self._show and way == "bedside" and outcome in ("wrong", "rejected"):
                    told = [(each.text, each.intent) for each in found]
                    Console().print(f"{recording.file.name} “{recording.label}”: {told}", markup=False)
        return counts


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--snr", "levels", default="quiet,20,10,5,0", show_default=True, help="dB, with commas between.")
@click.option("--noise", "noise_folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--level", type=float, help="Active level of the speech, dBFS; else as it was recorded.")
@click.option("--every", default=3, show_default=True, help="Take every n-th recording only.")
@click.option("--seed", default=1, show_default=True)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="SVG or PNG file.")
@click.option("--show", is_flag=True, help="Print what was rejected or wrong.")
def main(
    audio: Path,
    levels: str,
    noise_folder: Path | None,
    level: float | None,
    every: int,
    seed: int,
    plot: Path | None,
    show: bool,
) -> None:
    config = Config(recognizer=RecognizerConfig(model="embedded"))
    model = load_model(config, load_content(config))[0]
    names = levels.split(",")
    loud = [name for name in names if name != "quiet"]
    noise = noises(noise_folder or audio / "noise") if loud else []
    bench = Bench(config, model, noise, level, seed, show)
    shares: dict[tuple[str, str], list[float]] = {}
    for case in [*to_be_heard(audio, config, model, every), *not_to_be_heard(audio, model, every)]:
        table = Table("speech over noise", "", *OUTCOMES, title=f"{case}: {len(case.recorded)} recordings")
        for name in names:
            counts = bench.outcomes(case, None if name == "quiet" else float(name))
            for way in WAYS:
                table.add_row(_level(name), way, *(_share(counts[way], outcome) for outcome in OUTCOMES))
                shares.setdefault((str(case), way), []).append(_percent(counts[way], "right"))
        Console(width=100).print(table)
    if plot:
        plotted = {key: values for key, values in shares.items() if any(values)}
        plot_acceptance(plot, [_level(name) for name in names], plotted)


def to_be_heard(audio: Path, config: Config, model: SpeechModel, every: int) -> Iterable[Case]:
    """The settings in which what is said is to be accepted."""
    for folder, scope in zip(("phrases", "words"), SCOPES, strict=True):
        recorded = recordings(audio, folder, every)
        labels = known_labels(recorded, model)
        kept = tuple(recording for recording in recorded if recording.label in labels)
        if kept:
            yield Case(f"{len(labels)} own {folder}", scope, own_words(labels, scope, ROUTINES), kept, _is_phrase)
    shipped, recorded = load_content(config), recordings(audio, "bedside-phrases", every)

    def same(found: Match, label: str, scope: Scope) -> bool:
        said = match(label, shipped.intents, scope)
        return (found.intent, dict(found.slots)) == (said.intent, dict(said.slots))

    idle = {each for each in recorded if match(each.label, shipped.intents, "idle").decision == "act"}
    session = {each for each in recorded if match(each.label, shipped.intents, "session").decision == "act"} - idle
    if idle:
        kept = tuple(each for each in recorded if each in idle)
        yield Case("bedside's phrases", "idle", shipped, kept, lambda found, label: same(found, label, "idle"))
    if session:
        kept = tuple(each for each in recorded if each in session)
        yield Case("bedside's phrases", "session", shipped, kept, lambda found, label: same(found, label, "session"))


def not_to_be_heard(audio: Path, model: SpeechModel, every: int) -> Iterable[Case]:
    """The settings in which whatever is understood is wrong."""
    for own, others, scope in (("phrases", "unrelated-speech", SCOPES[0]), ("words", "unknown-words", SCOPES[1])):
        of_own = recordings(audio, own)
        labels = known_labels(of_own, model)
        if not labels:
            continue
        content = own_words(labels, scope, ROUTINES)
        for name, recorded in (
            (f"{own} that are not among the own", [each for each in of_own if each.label not in labels][::every]),
            (f"{others} among own {own}", recordings(audio, others, every)),
        ):
            if recorded:
                yield Case(name, scope, content, tuple(recorded), lambda found, label: False)


def _is_phrase(found: Match, label: str) -> bool:
    # The matcher writes some compounds as two words.
    same = (found.phrase or "").replace(" ", "") == label.replace(" ", "")
    return same or (label == "stop" and found.intent == "stop")


def _outcome(found: Sequence[Match], label: str, is_right: Callable[[Match, str], bool]) -> str:
    meant = [each for each in found if each.intent is not None]
    if any(not is_right(each, label) for each in meant):
        return "wrong"
    if not meant:
        return "rejected"
    return "right" if any(each.decision == "act" for each in meant) else "asked"


def _percent(counts: Counter[str], outcome: str) -> float:
    return 100.0 * counts[outcome] / max(1, counts.total())


def _share(counts: Counter[str], outcome: str) -> str:
    return f"{_percent(counts, outcome):.1f} %"


def _level(name: str) -> str:
    return name if name == "quiet" else f"{name} dB"


if __name__ == "__main__":
    main()
