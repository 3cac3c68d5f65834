"""What `bedside setup` asks about the household: country, numbers, who is there, risks, quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from pydantic import ValidationError

from bedside.cli.dialog import Dialog
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config, load_countries
from bedside.config_sections import RisksConfig
from bedside.errors import UsageError
from bedside.resources import LANGUAGE
from bedside.yamlfile import suggest

QUIET_FROM, QUIET_UNTIL = "22:00", "07:00"
NUMBERS = ("emergency", "maternity", "provider", "urgent_line", "crisis_line")
NONE = "-"
"""The answer that takes a value away, where Enter keeps it."""

RISKS = tuple(RisksConfig.model_fields)

Values = dict[str, Any]
"""Settings by dotted key; None takes a key out of the file."""


def from_options(
    numbers: Mapping[str, str | None],
    partner: bool | None,
    risks: Sequence[str],
    no_risks: bool,
    quiet_hours: str | None,
    no_quiet_hours: bool,
) -> Values:
    """What the options say. Raises UsageError."""
    values: Values = {}
    if (country := numbers["country"]) is not None:
        values["country"] = None if country == NONE else _known_country(country, "leave it out and give --emergency")
    values |= {f"numbers.{name}": unless_taken_away(numbers[name]) for name in NUMBERS if numbers[name] is not None}
    if partner is not None:
        values["household.partner"] = partner
    if (risks and no_risks) or (quiet_hours and no_quiet_hours):
        raise UsageError("an option and its --no-... contradict each other.")
    if no_risks:
        values |= {f"risks.{name}": None for name in RISKS}
    for risk in risks:
        if risk not in RISKS:
            raise UsageError(f"there is no risk '{risk}'. {suggest(risk, RISKS)}")
        values[f"risks.{risk}"] = True
    if no_quiet_hours:
        values |= {"quiet_hours.start": None, "quiet_hours.end": None}
    if quiet_hours is not None:
        start, dash, end = quiet_hours.partition("-")
        if not dash:
            raise UsageError("quiet hours are written as 22:00-07:00.")
        values |= {"quiet_hours.start": start.strip(), "quiet_hours.end": end.strip()}
    return values


def unless_taken_away(value: Any) -> Any:
    """The value of an option; None for the "-" that takes it out of the settings, as at the prompt."""
    return None if value == NONE else value


def check_language(language: str | None) -> None:
    """Raises UsageError for a language that there is not. It is no question while there is one answer only."""
    if language not in (None, LANGUAGE):
        raise UsageError(f"bedside does not speak '{language}'. So far there is only: {LANGUAGE}.")


def ask_household(config: Config, given: Values, dialog: Dialog) -> Values:
    """Ask what the options did not say; what is set already is the default. All values, `given` among them."""
    values = dict(given)
    _ask_numbers(config, values, dialog)
    if "household.partner" not in values:
        values["household.partner"] = dialog.yes(setup_texts().ask.partner, config.household.partner)
    if not any(key.startswith("risks.") for key in values):
        values |= _ask_risks(config, dialog)
    if "quiet_hours.start" not in values:
        values |= _ask_quiet_hours(config, dialog)
    return values


def of_another_country(config: Config, values: Values) -> Values:
    """The numbers of the former country go with it: 111 is an emergency in one and no emergency in another."""
    if "country" not in values or values["country"] == config.country:
        return values
    return {"numbers.emergency": None, "numbers.urgent_line": None, "numbers.crisis_line": None, **values}


def _ask_numbers(config: Config, values: Values, dialog: Dialog) -> None:
    ask, countries = setup_texts().ask, load_countries()
    if "country" not in values:
        text = ask.country.format(countries=", ".join(countries))
        values["country"] = _prompt(dialog, text, config.country or "", "country")
    for name in NUMBERS:
        if f"numbers.{name}" not in values and (name != "emergency" or not values["country"]):
            present = getattr(config.numbers, name)
            usual = getattr(countries.get(config.country or ""), name, None)
            default = present if present != usual else ""
            values[f"numbers.{name}"] = _prompt(dialog, getattr(ask, name), default, f"numbers.{name}")


def _ask_risks(config: Config, dialog: Dialog) -> Values:
    """One question for all: a list that is read is overlooked less than a dozen questions that Enter answers. Without
    risks so far there is no default: none must be said."""
    ask = setup_texts().ask
    dialog.line(f"\n{ask.risks}")
    for number, name in enumerate(RISKS, 1):
        dialog.line(f"  {number:2}  {setup_texts().risks[name]}")
    present = [str(number) for number, name in enumerate(RISKS, 1) if getattr(config.risks, name)]
    asked_before = config.disclaimer_accepted is not None

    def checked(answer: str) -> list[str]:
        numbers = answer.replace(",", " ").split()
        if numbers == ["0"]:
            return []
        if not numbers or not all(number.isdigit() and 1 <= int(number) <= len(RISKS) for number in numbers):
            raise click.BadParameter(ask.no_such_risk.format(count=len(RISKS)))
        return [RISKS[int(number) - 1] for number in numbers]

    default = " ".join(present) or ("0" if asked_before else "")
    chosen = dialog.ask(ask.which_risks, default, checked)
    return {f"risks.{name}": True if name in chosen else None for name in RISKS}


def _ask_quiet_hours(config: Config, dialog: Dialog) -> Values:
    ask, hours = setup_texts().ask, config.quiet_hours
    if not dialog.yes(ask.quiet, hours.start is not None or config.disclaimer_accepted is None):
        return {"quiet_hours.start": None, "quiet_hours.end": None}
    return {
        "quiet_hours.start": _prompt(dialog, ask.quiet_start, hours.start or QUIET_FROM, "quiet_hours"),
        "quiet_hours.end": _prompt(dialog, ask.quiet_end, hours.end or QUIET_UNTIL, "quiet_hours"),
    }


def _prompt(dialog: Dialog, text: str, default: str | None, key: str) -> str | None:
    """One answer; an unsound value of the setting `key` is asked for again. None where left empty."""

    def checked(value: str) -> str:
        if value == NONE:
            return ""
        if value:
            try:
                Config.model_validate(_nested(key, value))
                if key == "country":
                    return _known_country(value, "leave it empty, and its emergency number is asked for")
            except ValidationError as error:
                raise click.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
            except UsageError as error:
                raise click.BadParameter(str(error)) from None
        return value

    return dialog.ask(text, default or "", checked) or None


def _known_country(country: str, otherwise: str) -> str:
    """As it is listed, however it was written. Raises UsageError, which says what to do `otherwise`."""
    known = load_countries()
    if country.strip().upper() not in known:
        raise UsageError(
            f"unknown country '{country}'. Known here: {', '.join(known)}. "
            f"EU stands for all countries of the European Union with 112; for another one {otherwise}."
        )
    return country.strip().upper()


def _nested(key: str, value: str) -> dict[str, Any]:
    if key == "quiet_hours":
        return {key: {"start": value, "end": QUIET_FROM if value != QUIET_FROM else QUIET_UNTIL}}
    section, dot, name = key.partition(".")
    return {section: {name: value}} if dot else {key: value}
