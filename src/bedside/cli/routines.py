"""`bedside routines` and `bedside rehearse`: which routines there are, and one played through."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from bedside.cli.options import content_options
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.cli.timeline import event_printer
from bedside.config import Config, load_config
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library
from bedside.errors import UsageError, VoiceError
from bedside.nlu.match import INTENTS
from bedside.rehearsal import VirtualNight, rehearse
from bedside.service.attendant import no_routine
from bedside.tts.voice import Voice
from bedside.wiring import asked_for, load_content, phone_numbers, voice_for
from bedside.yamlfile import suggest

LETTERS_A_SECOND = 13.0
"""Calm speech, for a rehearsal where there is no voice."""


@click.command("routines")
@click.option("--all", "everything", is_flag=True, help="Also what bedside only comes to by itself.")
@content_options
@json_flag
def list_command(
    everything: bool, config_path: Path | None, intents: Path | None, routines: Path | None, as_json: bool
) -> None:
    """List the routines and answers that people ask for."""
    config = load_config(config_path)
    content = load_content(config, intents, routines)
    library = content.library
    wanted = set(library.routines) if everything else asked_for(content)
    listed = [routine for ident, routine in library.routines.items() if ident in wanted]
    lengths = {routine.id: _seconds(config, library, routine.id) for routine in listed}
    if as_json:
        print_json(
            [{"id": r.id, "title": r.title, "steps": len(r.steps), "seconds": round(lengths[r.id])} for r in listed]
        )
        return
    table = Table("routine", "what it is", "about", box=None, header_style="bold")
    for routine in listed:
        table.add_row(routine.id, routine.title, f"{lengths[routine.id] / 60:.1f} min")
    console.print(table)


@click.command("rehearse")
@click.argument("routine")
@click.option("--side", type=click.Choice(["left", "right", "both"]), help="Which leg.")
@click.option("--answer", "answers", multiple=True, metavar="INTENT", help="Answer to the next question; repeatable.")
@click.option("--silent", is_flag=True, help="Nobody answers any further question.")
@content_options
@json_flag
def rehearse_command(
    routine: str,
    side: str | None,
    answers: tuple[str, ...],
    silent: bool,
    config_path: Path | None,
    intents: Path | None,
    routines: Path | None,
    as_json: bool,
) -> None:
    """Print all that ROUTINE says, with its times.

    Its questions get the answers that lead through most of it, or those of --answer first: --answer no --answer yes.
    """
    config = load_config(config_path)
    library = load_content(config, intents, routines).library
    if routine not in library.routines:
        raise UsageError(no_routine(routine, list(library.routines)))
    for answer in answers:
        if answer not in INTENTS:
            raise UsageError(f"There is no intent '{answer}'. {suggest(answer, INTENTS)}")
    log = event_printer(as_json)
    with voice_for(config, lambda line: None) as voice:
        length = _SpeechLength(voice)
        night = VirtualNight(Conversation(library, phone_numbers(config)), length)
        for event in rehearse(night, routine, side, answers, through=not silent):
            log(event)
    if length.trouble:
        errors.print(f"Times of speech are estimates: {length.trouble}", markup=False)


class _SpeechLength:
    """Seconds that a text takes to speak: the voice's own, or an estimate where there is none."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.trouble = ""

    def __call__(self, text: str) -> float:
        if not self.trouble:
            try:
                return self._voice.clip(text).seconds
            except VoiceError as error:
                self.trouble = str(error)
        return len(text) / LETTERS_A_SECOND


def _seconds(config: Config, library: Library, routine: str) -> float:
    """Length of a routine with all its options, from estimates of the speech."""
    night = VirtualNight(Conversation(library, phone_numbers(config)), lambda text: len(text) / LETTERS_A_SECOND)
    for _ in rehearse(night, routine, through=True):
        pass
    return night.now
