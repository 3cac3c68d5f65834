"""`bedside setup`: the first evening. Its options, and the order in which things are asked, tried and written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from bedside.audio.devices import find_device
from bedside.cli.dialog import Dialog
from bedside.cli.disclaimer import full_disclaimer, spoken_disclaimer, wording_of
from bedside.cli.options import config_option
from bedside.cli.output import errors, json_flag, print_json
from bedside.cli.say import play
from bedside.cli.setup_cramp import TestCramp, try_cramp
from bedside.cli.setup_measure import Measured, choose_night_volume, measure_room
from bedside.cli.setup_options import SoundOptions, check_name
from bedside.cli.setup_questions import NUMBERS, Values, ask_household, check_language, from_options, of_another_country
from bedside.cli.setup_rest import Rest
from bedside.cli.setup_sound import Hearing, choose_microphone, choose_speaker, devices_there
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config, load_config
from bedside.errors import BedsideError, ContentError, UsageError
from bedside.service.places import Places
from bedside.service.settings import settings_to_write
from bedside.settings_file import try_settings, write_settings
from bedside.wiring import voice_for


@click.command("setup")
@click.option("--language", metavar="NAME", help="What bedside hears and speaks; so far there is en only.")
@click.option("--country", metavar="NAME", help="Whose emergency number it is: UK, US, IE and others.")
@click.option("--emergency", metavar="NUMBER", help="Danger to life, where the country is not listed.")
@click.option("--maternity", metavar="NUMBER", help="The maternity unit.")
@click.option("--provider", metavar="NUMBER", help="Midwife or doctor.")
@click.option("--urgent-line", metavar="NUMBER", help="Medical advice at any hour.")
@click.option("--crisis-line", metavar="NUMBER", help="Somebody to talk to in despair.")
@click.option("--partner/--alone", default=None, help="Whether somebody near her can lend a hand.")
@click.option("--risk", "risks", multiple=True, metavar="NAME", help="A risk flag that holds; repeatable.")
@click.option("--no-risks", is_flag=True, help="No risk flag holds.")
@click.option("--quiet-hours", metavar="FROM-UNTIL", help="Speak softer then, such as 22:00-07:00.")
@click.option("--no-quiet-hours", is_flag=True, help="Always speak alike.")
@click.option("--microphone", metavar="NAME", help="A part of its name ('bedside devices'); - for none.")
@click.option("--speaker", metavar="NAME", help="A part of its name.")
@click.option("--volume", type=click.FloatRange(-40, 30), metavar="DB", help="Of the voice; 0 is as made.")
@click.option("--night-volume", type=click.FloatRange(-20, 0), metavar="DB", help="How much softer in quiet hours.")
@click.option("--sound/--no-sound", "tried", default=None, help="Try microphone and speaker.")
@click.option("--measure/--no-measure", "measured", default=None, help="Measure the room, when sound is tried.")
@click.option("--test/--no-test", "cramp", default=None, help="A test cramp at the end.")
@click.option(
    "--accept", is_flag=True, help="What bedside is not (bedside about) was read and is accepted: ask nothing."
)
@click.option("--no-voice", is_flag=True, help="Read nothing aloud; sound is tried with --sound and --test only.")
@config_option
@json_flag
def command(
    language: str | None,
    partner: bool | None,
    risks: tuple[str, ...],
    no_risks: bool,
    quiet_hours: str | None,
    no_quiet_hours: bool,
    microphone: str | None,
    speaker: str | None,
    volume: float | None,
    night_volume: float | None,
    tried: bool | None,
    measured: bool | None,
    cramp: bool | None,
    accept: bool,
    no_voice: bool,
    config_path: Path | None,
    as_json: bool,
    **numbers: str | None,
) -> None:
    """Set bedside up for a household.

    That is numbers, risks, quiet hours, microphone and speaker, a test. Asks at a terminal whatever the options do
    not say; with --accept nothing is asked, and sound is only tried with --sound and --test. The present settings
    stay as they are otherwise, and the former file is kept. Where bedside runs as a service: sudo bedside setup.
    """
    if not accept and not sys.stdin.isatty():
        raise UsageError("without a terminal, give the options and --accept; see 'bedside setup --help'.")
    check_language(language)
    given = from_options(numbers, partner, risks, no_risks, quiet_hours, no_quiet_hours)
    if no_voice:
        tried, cramp = bool(tried), bool(cramp)
    sound = SoundOptions(microphone, speaker, volume, night_volume, tried, measured, cramp)
    file = settings_to_write(config_path, Places())
    setup = _Setup(file, Dialog(as_json), sound, asks=not accept, aloud=not no_voice)
    try:
        setup.run(given)
    except (click.Abort, KeyboardInterrupt):
        said = setup_texts().said
        errors.print("\n" + (said.ended_early if setup.written else said.aborted), markup=False)
        raise click.Abort from None


class _Setup:
    """One set-up. asks: somebody answers at the terminal. aloud: it may speak. written: the settings are."""

    def __init__(self, file: Path, dialog: Dialog, sound: SoundOptions, *, asks: bool, aloud: bool) -> None:
        self._file = file
        self._dialog = dialog
        self._sound = sound
        self._asks = asks
        self._aloud = aloud
        self._rest = Rest(dialog)
        self._measured: Measured | None = None
        self._untried = ["microphone", "speaker", setup_texts().said.test_cramp]
        self._unsaid = ""
        self.written = False

    def run(self, given: Values) -> None:
        dialog, said = self._dialog, setup_texts().said
        config = load_config(self._file) if self._file.exists() else Config()
        values = of_another_country(config, given)
        self._check_names()
        if self._asks:
            dialog.line(said.start)
            dialog.line(said.language)
            dialog.line(said.file.format(file=self._file))
            values = of_another_country(config, ask_household(config, given, dialog))
        values |= self._sound.values()
        # Whatever the options say is checked before anything sounds.
        hearing = Hearing(self._trial(values), dialog)
        may_sound = self._may_sound()
        if may_sound and self._wanted(self._sound.tried, setup_texts().ask.sound):
            with self._rest():
                values |= self._try_sound(values, hearing)
        config = self._trial(values)
        self._have_it_accepted(config)
        spoken = self._read_back(config)
        kept = write_settings(self._file, {**values, "disclaimer_accepted": date.today().isoformat()})
        self.written = True
        self._rest.renew()
        dialog.line(said.written.format(file=self._file))
        if kept is not None:
            dialog.line(said.kept.format(file=kept))
        cramp = None
        if may_sound and self._wanted(self._sound.cramp, setup_texts().ask.test):
            new = load_config(self._file)
            with self._rest():
                cramp = dialog.attempt(lambda: try_cramp(new, hearing, dialog))
            if cramp is not None:
                self._untried.clear()
        self._rest.over()
        if dialog.as_json:
            print_json(self._as_json(kept, spoken, cramp))
        elif self._untried:
            dialog.title(said.not_tried.format(steps=", ".join(self._untried)))
        elif self._asks:
            dialog.title(said.done)

    def _check_names(self) -> None:
        """Before anything is asked: whether the devices that the options name are there. Raises UsageError."""
        if not self._sound.names:
            return
        with self._rest():
            for direction, name in self._sound.names.items():
                check_name(direction, name, not self._rest.possible, self._dialog)

    def _may_sound(self) -> bool:
        """Whether sound is wanted and can be tried; one line if it is wanted only."""
        options = (self._sound.tried, self._sound.cramp)
        if not (any(options) or (self._asks and None in options)):
            return False
        if not self._rest.possible:
            self._dialog.line(setup_texts().said.service_holds, style="yellow")
            return False
        with self._rest():
            # PortAudio does not see a card that another program holds, and looks once.
            return devices_there(self._dialog)

    def _say(self, config: Config, lines: Sequence[str]) -> None:
        """Aloud, unheard by the service; if there is a voice and a speaker: the text is on the screen in any case."""
        try:
            with self._rest(), voice_for(config, lambda line: None) as voice:
                for line in lines:
                    play(voice.clip(line), config)
        except BedsideError as error:
            if str(error) != self._unsaid:
                errors.print(f"bedside: not said aloud: {error}", markup=False)
            self._unsaid = str(error)

    def _trial(self, values: Values) -> Config:
        return trial(self._file, values)

    def _wanted(self, option: bool | None, question: str) -> bool:
        """Whether to do what an option or, without it, a question decides."""
        if option is not None or not self._asks:
            return bool(option)
        self._dialog.line()
        return self._dialog.yes(question, True)

    def _try_sound(self, values: Values, hearing: Hearing) -> Values:
        """Microphone and speaker as far as the options do not name them, then the room, then the volume."""
        sound, found = self._sound, Values()
        config = self._trial(values)
        if self._asks and sound.microphone is None:
            found |= choose_microphone(config, hearing, self._dialog)
            self._untried.remove("microphone")
        else:
            find_device("microphone", config.microphone)
        if self._asks and sound.speaker is None:
            found |= choose_speaker(config, self._dialog)
            self._untried.remove("speaker")
        else:
            find_device("speaker", config.speaker)
        # Without a terminal there is nothing else to try.
        unasked = True if not self._asks and sound.measured is None else sound.measured
        if self._wanted(unasked, setup_texts().ask.measure):
            found |= self._measure(values | found)
        return found

    def _measure(self, values: Values) -> Values:
        sound, found, config = self._sound, Values(), self._trial(values)
        while True:
            self._measured = self._dialog.attempt(lambda: measure_room(config, self._dialog))
            well = self._measured is not None and not self._measured.advice
            if well or not self._asks or not self._dialog.yes(setup_texts().ask.measure_again, True):
                break
        if self._measured is None:
            return found
        self._untried = self._untried[-1:]
        found |= self._measured.values()
        volume = self._measured.volume
        if self._measured.echo.delay is not None and sound.volume is None and volume.gain_db != config.voice.gain_db:
            self._dialog.line(setup_texts().sound.volume.format(gain=volume.gain_db))
            found["voice.gain_db"] = volume.gain_db
        if config.quiet_hours.start is not None and sound.night_volume is None:
            heard = self._measured.echo.delay is not None
            night = volume.night_db if heard else config.quiet_hours.gain_db
            if self._asks:
                night = choose_night_volume(self._trial(values | found), night, self._dialog)
            found["quiet_hours.gain_db"] = night
        return found

    def _have_it_accepted(self, config: Config) -> None:
        """Show and say what bedside is not. Raises click.exceptions.Exit where that is not accepted."""
        texts = setup_texts()
        if not self._dialog.as_json:
            self._dialog.line()
            for paragraph in full_disclaimer(config):
                self._dialog.line(paragraph + "\n")
        if self._aloud:
            self._say(config, spoken_disclaimer(config))
        if self._asks and not self._dialog.yes(texts.ask.accept, False):
            errors.print(texts.said.not_accepted, markup=False)
            raise click.exceptions.Exit(1)

    def _read_back(self, config: Config) -> dict[str, str]:
        """Read the numbers back. Raises click.exceptions.Exit where they are not right."""
        said, spoken = setup_texts().said, read_back(config)
        self._dialog.line(said.numbers if config.numbers.emergency else said.unknown_country)
        for name, number in spoken.items():
            self._dialog.line(f"  {name}: {number}")
        if self._aloud:
            self._say(config, list(spoken.values()))
        if self._asks and not self._dialog.yes(setup_texts().ask.right, True):
            errors.print(said.aborted, markup=False)
            raise click.exceptions.Exit(1)
        return spoken

    def _as_json(self, kept: Path | None, spoken: dict[str, str], cramp: TestCramp | None) -> dict[str, Any]:
        measured = self._measured
        sound = None
        if measured is not None:
            sound = {**asdict(measured.echo), **asdict(measured.volume), "advice": list(measured.advice)}
        return {
            "path": str(self._file),
            "kept": str(kept) if kept else None,
            "numbers": spoken,
            "sound": sound,
            "test": asdict(cramp) if cramp else None,
        }


def trial(file: Path, values: Values) -> Config:
    """The settings as they will be, without touching the file. Raises UsageError for a value that is not sound."""
    if file.exists():
        load_config(file)
    try:
        return try_settings(file, values)
    except ContentError as error:
        raise UsageError(f"{error.problem} {error.advice}".strip()) from None


def read_back(config: Config) -> dict[str, str]:
    """The numbers that are set, as they will be spoken."""
    wording, numbers = wording_of(config), config.numbers
    known = {name: getattr(numbers, name) for name in NUMBERS}
    return {name: wording.digits(number) for name, number in known.items() if number}
