"""`bedside run`: the assistant at the sound card, all night; without a sound device, the demo."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from bedside.asr.models import ChosenModel
from bedside.asr.recognizer import SpeechModel
from bedside.audio.devices import NoSoundDevice
from bedside.audio.soundcard import SoundCard
from bedside.cli.control import controlled
from bedside.cli.disclaimer import setup_texts
from bedside.cli.opening import Opening
from bedside.cli.options import content_options
from bedside.cli.output import errors, json_flag
from bedside.cli.progress import tell_voice
from bedside.cli.timeline import event_printer
from bedside.config import Config, load_config
from bedside.errors import BedsideError, UsageError
from bedside.wiring import (
    Content,
    assemble,
    cannot_be_heard,
    default_words_folder,
    every_fixed_text,
    load_content,
    load_model,
    settle,
    voice_for,
)


@click.command("run")
@content_options
@json_flag
def command(config_path: Path | None, intents: Path | None, routines: Path | None, as_json: bool) -> None:
    """Listen and help, until Ctrl-C.

    The timeline of what is heard and said appears as it happens; with --json it is the event log.
    """
    config = _set_up_first(config_path)
    content = load_content(config, intents, routines, default_words_folder())
    model, chosen = load_model(config, content)
    errors.print(f"Hearing with the {chosen.reason}.", markup=False)
    if unheard := cannot_be_heard(content.intents):
        errors.print(f"With these words of your own nothing means: {', '.join(unheard)}.", markup=False)
    if config.numbers.emergency is None:
        errors.print(
            "No emergency number is set, so none can be said: set 'country' or 'numbers' (bedside config --example).",
            markup=False,
        )
    try:
        listen(config, content, model, chosen, as_json)
    except NoSoundDevice as error:
        _say_trouble(f"{error} Playing the demo instead.")
        from bedside.cli.demo import play_demo

        play_demo(config, content, model, as_json)


def listen(
    config: Config,
    content: Content,
    model: SpeechModel,
    chosen: ChosenModel,
    as_json: bool,
    opening: Opening | None = None,
) -> None:
    """Listen and help until Ctrl-C, or until all that came of the opening is over. Raises SoundError."""
    with voice_for(config, _say_trouble) as voice:
        texts = every_fixed_text(config, content)
        # Whether it can speak at all is to be known at once; the rest is rendered when needed or in the background.
        voice.prepare(texts[:1])
        card = SoundCard(config.microphone, config.speaker, on_trouble=_say_trouble)
        assistant = assemble(config, content, model, voice, card, event_printer(as_json), _say_trouble)
        settle()
        # Last of all: what comes in meanwhile would only pile up.
        with card, controlled(assistant, content.library.routines, chosen.name, lambda: card.hears):
            stopping = _Stopping()
            errors.print("Listening. Say “leg cramp”; Ctrl-C ends.", markup=False)
            voice.prepare_behind(texts, tell_voice, _say_trouble)
            if opening is not None:
                assistant.take(opening.wish, card.now)
            assistant.run(lambda: stopping.asked or (opening is not None and opening.over(assistant, card.now)))
    if stopping.asked or opening is None:
        errors.print("Good night." if stopping.asked else "The sound has ended.", markup=False)


def _set_up_first(config_path: Path | None) -> Config:
    """The settings; on a terminal the set-up is offered once if it has not been done."""
    config = load_config(config_path)
    if config.disclaimer_accepted is None:
        said = setup_texts().said
        if sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(said["offer"], default=True, err=True):
            from bedside.cli import setup_command
            from bedside.settings_file import SettingsError

            try:
                click.get_current_context().invoke(setup_command.command, config_path=config_path)
                return load_config(config_path)
            except (click.exceptions.Exit, click.Abort, UsageError, SettingsError) as error:
                # Not set up, but whoever cries out tonight is heard all the same.
                errors.print(f"bedside: {error}" if isinstance(error, BedsideError) else "", markup=False)
        errors.print(said["hint"], markup=False)
    return config


class _Stopping:
    """Ends the loop at a block's border when Ctrl-C or the service manager asks for it."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True


def _say_trouble(line: str) -> None:
    errors.print(f"bedside: {line}", markup=False)
