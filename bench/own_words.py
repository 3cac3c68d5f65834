#!/usr/bin/env python3
"""Do one's own words work, said by people whom the model has not met?

    bench/own_words.py AUDIO

AUDIO is a folder with manifest.csv (columns file, label) and recordings in phrases/, words/, unknown-words/ and
unrelated-speech/. Of the labels an intents file is made, in which each starts a routine; phrases are heard in an idle
room, single words in an open session. Counted for each label: acted upon rightly, asked about rightly, rejected, and
acted upon or asked about wrongly; then how often other talk was taken for one of them. Danger signs and "stop" are
always listened for too, and count as wrong.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from bedside.asr.recognizer import SpeechModel
from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Samples
from bedside.audio.levels import amplitude
from bedside.audio.wavfiles import read_clip
from bedside.config import Config, RecognizerConfig
from bedside.nlu.match import Match, Scope
from bedside.wiring import Content, ears_for, load_content, load_model

LEAD, TAIL = 0.7, 1.5
QUIET_DBFS = -75.0
ROUTINES = ("acute-calf-bed", "acute-calf-standing", "recovery")
COLUMNS = ("right", "asked", "rejected", "wrong")


@click.command()
@click.argument("audio", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=1, help="Take every n-th recording only.")
@click.option("--show", is_flag=True, help="Print what was wrong.")
def main(audio: Path, every: int, show: bool) -> None:
    console = Console(width=120)
    config = Config(recognizer=RecognizerConfig(model="embedded"))
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(manifest)]
    model = load_model(config, load_content(config))[0]
    cases: tuple[tuple[str, Scope], ...] = (("phrases", "idle"), ("words", "session"))
    for folder, scope in cases:
        recorded = [(file, label) for file, label in rows if file.startswith(f"{folder}/")][::every]
        labels = sorted({label for _, label in recorded})
        known = [label for label in labels if all(model.has_word(word) for word in label.split())]
        own = content_of(known, scope)
        table = Table("label", "recordings", *COLUMNS, title=f"{folder}, {scope}: {len(known)} own phrases")
        total = Counter[str]()
        for label in known:
            outcomes = judged(audio, [r for r in recorded if r[1] == label], config, own, model, scope, show)
            table.add_row(label, str(outcomes.total()), *(str(outcomes[name]) for name in COLUMNS))
            total += outcomes
        shares = (f"{total[name]} ({100 * total[name] / max(1, total.total()):.0f} %)" for name in COLUMNS)
        table.add_row("[bold]all", str(total.total()), *shares)
        for title, others in (
            ("phrases with unknown words", [r for r in recorded if r[1] not in known]),
            ("unknown-words", [r for r in rows if r[0].startswith("unknown-words/")][::every]),
            ("unrelated-speech", [r for r in rows if r[0].startswith("unrelated-speech/")][::every]),
        ):
            if not others:
                continue
            # A label that no phrase has: whatever is understood is wrong.
            outcomes = judged(audio, [(file, "") for file, _ in others], config, own, model, scope, show)
            table.add_row(title, str(outcomes.total()), *(str(outcomes[name]) for name in COLUMNS))
        console.print(table)


def content_of(labels: Iterable[str], scope: Scope) -> Content:
    """The content in which each label starts a routine."""
    data = [
        {"slots": {"routine": ROUTINES[number % len(ROUTINES)]}, "sentences": [label], "heard_in": [scope]}
        for number, label in enumerate(labels)
        if label != "stop"
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "intents.yaml"
        file.write_text(yaml.safe_dump({"language": "en", "intents": {"start_routine": {"data": data}}}))
        return load_content(Config(), file)


def judged(
    audio: Path,
    recorded: list[tuple[str, str]],
    config: Config,
    content: Content,
    model: SpeechModel,
    scope: Scope,
    show: bool,
) -> Counter[str]:
    """How each recording came out."""
    outcomes = Counter[str]()
    for file, label in recorded:
        found = understood(read_clip(audio / file), config, content, model, scope)
        outcome = _outcome(found, label)
        outcomes[outcome] += 1
        if show and outcome == "wrong":
            Console().print(f"{file} “{label}”: {[(m.text, m.phrase) for m in found]}", markup=False)
    return outcomes


def understood(sound: Samples, config: Config, content: Content, model: SpeechModel, scope: Scope) -> list[Match]:
    """What is understood of a recording with a quiet room around it."""
    quiet = [np.zeros(round(seconds * RATE), dtype=np.float32) for seconds in (LEAD, TAIL)]
    whole = np.concatenate((quiet[0], sound, quiet[1]))
    whole = whole + np.random.default_rng(7).standard_normal(len(whole)) * amplitude(QUIET_DBFS)
    ears = ears_for(config, content, model)
    blocks = whole[: len(whole) // BLOCK * BLOCK].astype(np.float32).reshape(-1, BLOCK)
    heard = [e for number, block in enumerate(blocks) for e in ears.hear(block, number * BLOCK_SECONDS, scope)]
    return [each.match for each in heard if each.match.intent is not None]


def _outcome(found: list[Match], label: str) -> str:
    if any(not _is(match, label) for match in found):
        return "wrong"
    if not found:
        return "rejected"
    return "right" if any(match.decision == "act" for match in found) else "asked"


def _is(match: Match, label: str) -> bool:
    # The matcher writes some compounds as two words.
    same = (match.phrase or "").replace(" ", "") == label.replace(" ", "")
    return same or (label == "stop" and match.intent == "stop")


if __name__ == "__main__":
    main()
