"""The settings of one household: one YAML file, every key optional, every mistake a line with its place.

The descriptions of the fields are what `bedside config --example` prints; levels are dB, times seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, RootModel

from bedside import resources
from bedside.config_sections import (
    HouseholdConfig,
    MatchingConfig,
    MeasuredConfig,
    Name,
    NumbersConfig,
    PhoneNumber,
    Place,
    QuietHoursConfig,
    RecognizerConfig,
    RisksConfig,
    Section,
    VoiceConfig,
)
from bedside.service.places import Places
from bedside.yamlfile import Document, read_model

SYSTEM_FILE = Places().settings
"""Where the service's settings are, for whom no user's file exists."""

Origin = Literal["file", "country", "default"]


class Config(Section):
    """All settings. Numbers that the file leaves out are those of the country, if it is set."""

    microphone: Name | None = Field(
        default=None,
        description="a part of the microphone's name ('bedside devices' lists them)",
        examples=["USB"],
    )
    speaker: Name | None = Field(default=None, description="a part of the speaker's name", examples=["USB"])
    country: Name | None = Field(
        default=None, description="gives the numbers below that are not set; never guessed", examples=["UK"]
    )
    intents: Place | None = Field(
        default=None, description="a file of one's own words", examples=["~/bedside/intents.yaml"]
    )
    routines: Place | None = Field(
        default=None, description="a folder of one's own routines", examples=["~/bedside/routines"]
    )
    numbers: NumbersConfig = Field(
        default=NumbersConfig(), description="Telephone numbers, in quotes; read aloud digit by digit."
    )
    voice: VoiceConfig = Field(default=VoiceConfig(), description="How bedside speaks.")
    recognizer: RecognizerConfig = Field(default=RecognizerConfig(), description="How bedside hears.")
    household: HouseholdConfig = Field(default=HouseholdConfig(), description="Who sleeps here.")
    risks: RisksConfig = Field(default=RisksConfig(), description="What makes massage, heat and cold unsafe for her.")
    quiet_hours: QuietHoursConfig = Field(default=QuietHoursConfig(), description="When bedside speaks softer.")
    disclaimer_accepted: Name | None = Field(
        default=None, description="the day on which what bedside is not was read and accepted", examples=["2026-11-23"]
    )
    measured: MeasuredConfig = Field(
        default=MeasuredConfig(), description="What 'bedside setup' measured; nothing to be written by hand."
    )
    matching: MatchingConfig = Field(
        default=MatchingConfig(),
        description="How sure bedside must be; else as the words' own file says.",
    )


class Country(BaseModel):
    """The numbers of one country."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    emergency: PhoneNumber
    confirmed: bool = False
    urgent_line: PhoneNumber | None = None
    crisis_line: PhoneNumber | None = None


class _Countries(RootModel[dict[str, Country]]):
    pass


@dataclass(frozen=True)
class Setting:
    """One value in force. name: dotted key, such as "voice.pitch". origin: who says so."""

    name: str
    value: Any
    origin: Origin


def load_countries() -> Mapping[str, Country]:
    """The countries whose numbers are known, by their short names."""
    return read_model(resources.content_folder().parent / "countries.yaml", _Countries)[0].root


def user_file() -> Path:
    """Where the settings of the user who runs bedside are looked for."""
    return platformdirs.user_config_path("bedside") / "config.yaml"


def find_config(path: Path | None = None) -> Path | None:
    """The settings file in force: `path` if given, else the user's, else the system's, else None."""
    if path is not None:
        return path
    return next((file for file in (user_file(), SYSTEM_FILE) if _is_there(file)), None)


def load_config(path: Path | None = None) -> Config:
    """The settings in force. Raises ContentError with file and line for the first mistake."""
    return _load(path)[0]


def settings_in_force(path: Path | None = None) -> list[Setting]:
    """Every setting with its value and where that comes from. Raises ContentError."""
    config, document = _load(path)
    return list(_settings(config, document.data if document else {}, ""))


def _settings(section: Section, written: Any, prefix: str) -> Iterator[Setting]:
    for key in type(section).model_fields:
        value = getattr(section, key)
        stands = written.get(key) if isinstance(written, dict) else None
        if isinstance(value, Section):
            yield from _settings(value, stands, f"{key}.")
        elif stands is not None:
            yield Setting(prefix + key, value, "file")
        else:
            from_country = isinstance(section, NumbersConfig) and value is not None
            yield Setting(prefix + key, value, "country" if from_country else "default")


def _is_there(file: Path) -> bool:
    try:
        file.stat()
    except OSError:
        # Also a home that a service may not look into.
        return False
    return True


def _load(path: Path | None) -> tuple[Config, Document | None]:
    file = find_config(path)
    if file is None:
        return Config(), None
    config, document = read_model(file, Config)
    return _with_places(_with_numbers(config, document), document), document


def _with_numbers(config: Config, document: Document) -> Config:
    """Fill in what the country says."""
    if config.country is None:
        _check_numbers(config.numbers.model_dump(exclude_none=True), {}, document)
        return config
    countries = load_countries()
    if config.country not in countries:
        known = f"Known here: {', '.join(countries)}; without a country, set the numbers themselves."
        raise document.error(("country",), f"unknown country '{config.country}'.", known)
    given = config.numbers.model_dump(exclude_none=True)
    usual = countries[config.country].model_dump(exclude={"name", "confirmed"}, exclude_none=True)
    _check_numbers({**usual, **given}, usual, document)
    return config.model_copy(update={"numbers": NumbersConfig(**{**usual, **given})})


def _check_numbers(numbers: Mapping[str, str], usual: Mapping[str, str], document: Document) -> None:
    """An emergency number is no other line's, here or in the same country (guidance.md E8: 111 is urgent advice in
    the UK and the emergency number in New Zealand). Raises ContentError."""
    for line in ("urgent_line", "crisis_line"):
        pairs = [(numbers.get("emergency"), numbers.get(line)), (numbers.get("emergency"), usual.get(line))]
        pairs.append((usual.get("emergency"), numbers.get(line)))
        for emergency, other in pairs:
            if emergency and other and _digits(emergency) == _digits(other):
                written = next((key for key in (line, "emergency") if document.written("numbers", key)), "emergency")
                problem = f"{other} cannot be both the emergency number and numbers.{line}."
                raise document.error(("numbers", written), problem, "Look up which of the two it is where you live.")


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())


def _with_places(config: Config, document: Document) -> Config:
    """Make paths absolute: they are relative to the settings file."""
    folder = document.file.absolute().parent
    update: dict[str, Any] = {}
    if config.intents:
        update["intents"] = folder / config.intents
        if not update["intents"].is_file():
            raise document.error(("intents",), f"there is no file {update['intents']}.")
    if config.routines:
        update["routines"] = folder / config.routines
        if not update["routines"].is_dir():
            raise document.error(("routines",), f"there is no folder {update['routines']}.")
    if config.voice.cache:
        update["voice"] = config.voice.model_copy(update={"cache": folder / config.voice.cache})
    model = folder / Path(config.recognizer.model).expanduser()
    if model.is_dir() or "/" in config.recognizer.model:
        update["recognizer"] = config.recognizer.model_copy(update={"model": str(model)})
    return config.model_copy(update=update)
