"""`bedside run`: the assistant at the sound card, all night; without a sound device, the demo."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from bedside.asr.models import ChosenModel
from bedside.asr.recognizer import SpeechModel
from bedside.audio.devices import NoSoundDevice
from bedside.audio.soundcard import SoundCard
from bedside.cli.control import controlled, sound_of
from bedside.cli.keeping import kept_over_restarts
from bedside.cli.opening import Opening
from bedside.cli.options import content_options
from bedside.cli.outlook import Outlook, Service, Terminal
from bedside.cli.output import errors, json_flag
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config, load_config
from bedside.errors import BedsideError, UsageError
from bedside.service.chimes import ChimeWhenBack
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
@click.option("--service", "as_service", is_flag=True, help="As systemd's service: quiet, watched, never the demo.")
@content_options
@json_flag
def command(
    as_service: bool, config_path: Path | None, intents: Path | None, routines: Path | None, as_json: bool
) -> None:
    """Listen and help, until Ctrl-C.

    The timeline of what is heard and said appears as it happens; with --json it is the event log.
    """
    outlook: Outlook = Service() if as_service else Terminal(as_json)
    config = _set_up_first(config_path, outlook)
    content = load_content(config, intents, routines, default_words_folder())
    model, chosen = load_model(config, content)
    outlook.say(f"Hearing with the {chosen.reason}.")
    if unheard := cannot_be_heard(content.intents):
        outlook.say(f"With these words of your own nothing means: {', '.join(unheard)}.")
    if config.numbers.emergency is None:
        outlook.say(
            "No emergency number is set, so none can be said: set 'country' or 'numbers' (bedside config --example)."
        )
    try:
        listen(config, content, model, chosen, outlook)
    except NoSoundDevice as error:
        outlook.trouble(f"{error} Playing the demo instead.")
        from bedside.cli.demo import play_demo

        play_demo(config, content, model, as_json)


def listen(
    config: Config,
    content: Content,
    model: SpeechModel,
    chosen: ChosenModel,
    outlook: Outlook,
    opening: Opening | None = None,
) -> None:
    """Listen and help until Ctrl-C, or until all that came of the opening is over. Raises SoundError."""
    with voice_for(config, outlook.trouble) as voice:
        texts = every_fixed_text(config, content)
        # Whether it can speak at all is to be known at once; the rest is rendered when needed or in the background.
        voice.prepare(texts[:1])
        card = SoundCard(config.microphone, config.speaker, outlook.trouble, outlook.waits_for_devices)
        assistant = assemble(config, content, model, voice, card, outlook.event, outlook.unspoken)
        settle()
        with ExitStack() as inside:
            # Last of all: what comes in meanwhile would only pile up.
            inside.enter_context(card)
            # They know the assistant, and garbage is not looked for in what has settled.
            inside.callback(assistant.attendants.clear)
            inside.enter_context(controlled(assistant, content.library.routines, chosen.name, lambda: sound_of(card)))
            stopping = _Stopping()
            if opening is None:
                inside.enter_context(kept_over_restarts(assistant, outlook.trouble, lambda: stopping.by_hand))
            assistant.attendants.append(ChimeWhenBack(lambda: card.returns, assistant.chime))
            outlook.listening(assistant, card)
            voice.prepare_behind(texts, outlook.rendered, outlook.unspoken)
            if opening is not None:
                assistant.take(opening.wish, card.now)
            assistant.run(lambda: stopping.asked or (opening is not None and opening.over(assistant, card.now)))
    if stopping.asked or opening is None:
        outlook.ended(stopping.asked)


def _set_up_first(config_path: Path | None, outlook: Outlook) -> Config:
    """The settings; on a terminal the set-up is offered once if it has not been done."""
    config = load_config(config_path)
    if config.disclaimer_accepted is None:
        said = setup_texts().said
        if sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(said.offer, default=True, err=True):
            from bedside.cli import setup_command
            from bedside.settings_file import SettingsError

            try:
                click.get_current_context().invoke(setup_command.command, config_path=config_path)
                return load_config(config_path)
            except (click.exceptions.Exit, click.Abort, UsageError, SettingsError) as error:
                # Not set up, but whoever cries out tonight is heard all the same.
                errors.print(f"bedside: {error}" if isinstance(error, BedsideError) else "", markup=False)
        outlook.say(said.hint)
    return config


class _Stopping:
    """Ends the loop at a block's border when Ctrl-C or the service manager asks for it."""

    def __init__(self) -> None:
        self.asked = self.by_hand = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, _: object) -> None:
        self.asked, self.by_hand = True, number == signal.SIGINT
