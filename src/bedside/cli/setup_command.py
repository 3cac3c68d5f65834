"""`bedside setup`: once for a household, the numbers, the risks, the quiet hours, and what bedside is not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from bedside.cli.disclaimer import full_disclaimer, setup_texts, spoken_disclaimer, wording_of
from bedside.cli.options import config_option
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.cli.say import play
from bedside.config import Config, find_config, load_config, load_countries, user_file
from bedside.config_sections import RisksConfig
from bedside.errors import BedsideError, ContentError, UsageError
from bedside.settings_file import try_settings, write_settings
from bedside.wiring import voice_for
from bedside.yamlfile import suggest

QUIET_FROM, QUIET_UNTIL = "22:00", "07:00"
NUMBERS = ("emergency", "maternity", "provider", "urgent_line", "crisis_line")
RISKS = tuple(RisksConfig.model_fields)


@click.command("setup")
@click.option("--country", metavar="NAME", help="Whose emergency number it is: UK, US, IE and others.")
@click.option("--emergency", metavar="NUMBER", help="Danger to life, where the country is not listed.")
@click.option("--maternity", metavar="NUMBER", help="The maternity unit.")
@click.option("--provider", metavar="NUMBER", help="Midwife or doctor.")
@click.option("--urgent-line", metavar="NUMBER", help="Medical advice at any hour.")
@click.option("--crisis-line", metavar="NUMBER", help="Somebody to talk to in despair.")
@click.option("--risk", "risks", multiple=True, metavar="NAME", help="A risk flag that holds; repeatable.")
@click.option("--quiet-hours", metavar="FROM-UNTIL", help="Speak softer then, such as 22:00-07:00.")
@click.option("--accept", is_flag=True, help="What bedside is not (bedside about) was read and is accepted.")
@click.option("--no-voice", is_flag=True, help="Do not say anything aloud.")
@config_option
@json_flag
def command(
    risks: tuple[str, ...],
    quiet_hours: str | None,
    accept: bool,
    no_voice: bool,
    config_path: Path | None,
    as_json: bool,
    **numbers: str | None,
) -> None:
    """Set bedside up for a household, once: numbers to call, risks, quiet hours.

    Asks at a terminal; with --accept everything comes from the options. The present settings stay as they are
    otherwise, and the former file is kept.
    """
    file = config_path or find_config() or user_file()
    config = load_config(file) if file.exists() else Config()
    if accept:
        values = _of_another_country(config, _from_options(numbers, risks, quiet_hours))
    elif sys.stdin.isatty():
        if any(numbers.values()) or risks or quiet_hours:
            raise UsageError("options go with --accept; without them everything is asked.")
        values = _of_another_country(config, ask_everything(config))
    else:
        raise UsageError("without a terminal, give the options and --accept; see 'bedside setup --help'.")
    _finish(file, values, accepted=accept, aloud=not no_voice, as_json=as_json)


def _from_options(numbers: dict[str, str | None], risks: Sequence[str], quiet_hours: str | None) -> dict[str, Any]:
    """Settings by dotted key."""
    values: dict[str, Any] = {}
    if (country := numbers.pop("country")) is not None:
        _check_country(country)
        values["country"] = country
    values |= {f"numbers.{name}": number for name, number in numbers.items() if number is not None}
    for risk in risks:
        if risk not in RISKS:
            raise UsageError(f"there is no risk '{risk}'. {suggest(risk, RISKS)}")
        values[f"risks.{risk}"] = True
    if quiet_hours is not None:
        start, dash, end = quiet_hours.partition("-")
        if not dash:
            raise UsageError("quiet hours are written as 22:00-07:00.")
        values |= {"quiet_hours.start": start.strip(), "quiet_hours.end": end.strip()}
    return values


def _of_another_country(config: Config, values: dict[str, Any]) -> dict[str, Any]:
    """The numbers of the former country go with it: 111 is an emergency in one and no emergency in another."""
    if "country" not in values or values["country"] == config.country:
        return values
    return {"numbers.emergency": None, "numbers.urgent_line": None, "numbers.crisis_line": None, **values}


def _check_country(country: str) -> None:
    if country not in load_countries():
        raise UsageError(f"unknown country '{country}'. {suggest(country, list(load_countries()))}")


def ask_everything(config: Config) -> dict[str, Any]:
    """Ask at the terminal; what is set already is the default. Settings by dotted key, None where left empty."""
    ask, countries = setup_texts().ask, load_countries()
    names = ", ".join(countries)
    country = _prompt(ask["country"].format(countries=names), config.country or "", "country")
    values: dict[str, Any] = {"country": country}
    for name in NUMBERS:
        if name != "emergency" or not country:
            present = getattr(config.numbers, name)
            usual = getattr(countries.get(config.country or ""), name, None)
            values[f"numbers.{name}"] = _prompt(ask[name], present if present != usual else "", f"numbers.{name}")
    console.print(f"\n{ask['risks']}", markup=False)
    for name in RISKS:
        text = ask["risk"].format(risk=setup_texts().risks[name])
        values[f"risks.{name}"] = click.confirm(text, default=getattr(config.risks, name)) or None
    hours = config.quiet_hours
    if click.confirm(ask["quiet"], default=hours.start is not None):
        values["quiet_hours.start"] = _prompt(ask["quiet_start"], hours.start or QUIET_FROM, "quiet_hours")
        values["quiet_hours.end"] = _prompt(ask["quiet_end"], hours.end or QUIET_UNTIL, "quiet_hours")
    else:
        values |= {"quiet_hours.start": None, "quiet_hours.end": None}
    return values


def _prompt(text: str, default: str | None, key: str = "") -> str | None:
    """One answer; an unsound value of the setting `key` is asked for again. None where left empty."""

    def checked(value: str) -> str:
        if value and key:
            try:
                Config.model_validate(_nested(key, value))
                if key == "country":
                    _check_country(value)
            except ValidationError as error:
                raise click.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
            except UsageError as error:
                raise click.BadParameter(str(error)) from None
        return value

    return click.prompt(text, default=default or "", value_proc=checked, show_default=bool(default)) or None


def _nested(key: str, value: str) -> dict[str, Any]:
    if key == "quiet_hours":
        return {key: {"start": value, "end": QUIET_FROM if value != QUIET_FROM else QUIET_UNTIL}}
    section, dot, name = key.partition(".")
    return {section: {name: value}} if dot else {key: value}


def _finish(file: Path, values: dict[str, Any], *, accepted: bool, aloud: bool, as_json: bool) -> None:
    """Show and say what bedside is not, have it accepted, read the numbers back, write."""
    texts = setup_texts()
    config = trial(file, values)
    if not as_json:
        console.print()
        for paragraph in full_disclaimer(config):
            console.print(paragraph + "\n", markup=False)
    if aloud:
        _say(config, spoken_disclaimer(config))
    if not accepted and not click.confirm(texts.ask["accept"], default=False):
        errors.print(texts.said["not_accepted"], markup=False)
        raise click.exceptions.Exit(1)
    spoken = read_back(config)
    if not as_json:
        console.print(texts.said["numbers"] if config.numbers.emergency else texts.said["unknown_country"])
        for name, number in spoken.items():
            console.print(f"  {name}: {number}", markup=False)
    if aloud:
        _say(config, list(spoken.values()))
    if not accepted and not click.confirm(texts.ask["right"], default=True):
        errors.print(texts.said["aborted"], markup=False)
        raise click.exceptions.Exit(1)
    kept = write_settings(file, {**values, "disclaimer_accepted": date.today().isoformat()})
    if as_json:
        print_json({"path": str(file), "kept": str(kept) if kept else None, "numbers": spoken})
        return
    console.print(texts.said["written"].format(file=file), markup=False)
    if kept is not None:
        console.print(texts.said["kept"].format(file=kept), markup=False)


def trial(file: Path, values: dict[str, Any]) -> Config:
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


def _say(config: Config, lines: Sequence[str]) -> None:
    """Aloud, if there is a voice and a speaker; the text is on the screen in any case."""
    try:
        with voice_for(config, lambda line: None) as voice:
            for line in lines:
                play(voice.clip(line), config)
    except BedsideError as error:
        errors.print(f"bedside: not said aloud: {error}", markup=False)
