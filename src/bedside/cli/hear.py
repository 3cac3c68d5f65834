"""`bedside hear`: what is heard and understood in sound files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from bedside.asr.recognizer import SpeechModel
from bedside.audio.wavfiles import FileEnd, read_clip
from bedside.cli.options import FILE, content_options
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.config import Config, load_config
from bedside.ears import Understood
from bedside.nlu.match import Scope
from bedside.wiring import Content, ears_for, load_content, load_model

TAIL = 1.5
"""Seconds of silence after a file, so that its last utterance comes to its end."""


@click.command("hear")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE.wav...")
@click.option("--state", type=click.Choice(["idle", "session"]), default="idle", show_default=True)
@content_options
@json_flag
def command(
    files: tuple[Path, ...],
    state: Scope,
    config_path: Path | None,
    intents: Path | None,
    routines: Path | None,
    as_json: bool,
) -> None:
    """Print what is heard and understood in sound files.

    They are mono WAV or FLAC; times are in seconds. --state says whether a session is open, since then other things
    may be said. With --json: a line for each utterance, and one with an empty text for a file in which none is
    heard.
    """
    config = load_config(config_path)
    content = load_content(config, intents, routines)
    for file in files:
        # What cannot be read is told before anything else.
        read_clip(file)
    model, chosen = load_model(config, content)
    if not as_json:
        errors.print(f"Hearing with the {chosen.reason}.", markup=False)
    for file in files:
        found = list(_hear(file, config, content, model, state))
        for understood in found:
            _print(file, understood, as_json)
        if not found and as_json:
            print_json({"file": str(file), "text": "", "intent": None})
        elif not found:
            console.print(f"{file}: nothing was said.", markup=False)


def _hear(file: Path, config: Config, content: Content, model: SpeechModel, state: Scope) -> Iterator[Understood]:
    ears = ears_for(config, content, model)
    with FileEnd(file, tail=TAIL) as end:
        while (block := end.read()) is not None:
            yield from ears.hear(block, end.now, state)


def _print(file: Path, understood: Understood, as_json: bool) -> None:
    heard, match = understood.hypothesis, understood.match
    if as_json:
        times = {"speech_start": round(heard.speech_start, 3), "speech_end": round(heard.speech_end, 3)}
        confidence = None if heard.confidence is None else round(heard.confidence, 3)
        print_json({"file": str(file), **times, "confidence": confidence, **match.as_json()})
        return
    meaning = match.intent or "not understood"
    slots = "".join(f" {name}={value}" for name, value in match.slots.items())
    sure = "" if match.decision != "confirm" else " (half sure: would ask)"
    console.print(
        f"{file}: {heard.speech_start:.2f}-{heard.speech_end:.2f} s  “{heard.text}”  {meaning}{slots}{sure}",
        markup=False,
    )
