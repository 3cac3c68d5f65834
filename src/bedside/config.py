"""The settings of one household: one YAML file, every key optional, every mistake a line with its place.

The descriptions of the fields are what `bedside config --example` prints; levels are dB, times seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

from bedside import resources
from bedside.yamlfile import Document, read_model

SYSTEM_FILE = Path("/etc/bedside/config.yaml")
"""Where the service's settings are, for whom no user's file exists."""

Origin = Literal["file", "country", "default"]


def _phone_number(value: Any) -> Any:
    if isinstance(value, int | float):
        # YAML reads 000 as zero and 0118... as an octal number.
        raise ValueError('a telephone number stands in quotes, such as "0123 456", so that no zero is lost')
    if isinstance(value, str) and not (re.fullmatch(r"[0-9 ()+-]+", value) and sum(map(str.isdigit, value)) >= 2):
        raise ValueError("a telephone number has two or more digits, and besides only spaces, +, - and ()")
    return value


def _path(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str) and value else value


PhoneNumber = Annotated[str, BeforeValidator(_phone_number)]
Place = Annotated[Path, BeforeValidator(_path)]
Name = Annotated[str, Field(min_length=1)]
Percent = Annotated[float, Field(ge=0, le=100)]


class Section(BaseModel):
    """Some keys that belong together. A key with nothing behind it counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_blank(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError("here stand 'key: value' lines")
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class VoiceConfig(Section):
    name: Name = Field(default="en-us+m7", description="a voice of espeak-ng, with a variant behind the plus sign")
    words_per_minute: int = Field(default=135, ge=80, le=260, description="how fast it speaks, 80 to 260")
    pitch: int = Field(default=40, ge=0, le=99, description="how high it speaks, 0 to 99")
    gain_db: float = Field(default=0.0, ge=-40, le=30, description="loudness at the start, dB; 0 is as made")
    max_gain_db: float = Field(default=6.0, ge=-40, le=30, description="'louder' goes up to this and no further, dB")
    timeout: float = Field(default=10.0, gt=0, le=120, description="give up making one sentence after this, seconds")
    cache: Place | None = Field(
        default=None, description="folder for sentences made ahead", examples=["/var/cache/bedside"]
    )

    @model_validator(mode="after")
    def _starts_below_its_limit(self) -> VoiceConfig:
        if self.gain_db > self.max_gain_db:
            raise ValueError(f"gain_db ({self.gain_db:g}) is above max_gain_db ({self.max_gain_db:g})")
        return self


class RecognizerConfig(Section):
    model: Name = Field(default="auto", description="auto, embedded, official, or a Vosk model's folder")
    endpoint_silence: float = Field(
        default=0.3,
        ge=0.1,
        le=2,
        description="quiet after which somebody has finished speaking, 0.1 to 2 seconds",
    )
    voice_gate: int = Field(
        default=2, ge=0, le=3, description="0 takes nearly every sound for speech, 3 only what surely is"
    )


class MatchingConfig(Section):
    act: Percent | None = Field(
        default=None, description="likeness from which a command is carried out, 0 to 100", examples=[88]
    )
    confirm: Percent | None = Field(
        default=None,
        description="likeness from which bedside asks whether it was meant, 0 to 100",
        examples=[78],
    )
    margin: Percent | None = Field(
        default=None, description="how much more alike than any other command, 0 to 100", examples=[6]
    )

    @model_validator(mode="after")
    def _asks_before_it_acts(self) -> MatchingConfig:
        if self.act is not None and self.confirm is not None and self.confirm > self.act:
            raise ValueError(f"confirm ({self.confirm:g}) is above act ({self.act:g})")
        return self


class NumbersConfig(Section):
    emergency: PhoneNumber | None = Field(default=None, description="danger to life", examples=["112"])
    maternity: PhoneNumber | None = Field(default=None, description="the maternity unit", examples=["01234 567 890"])
    provider: PhoneNumber | None = Field(default=None, description="midwife or doctor", examples=["01234 567 891"])
    urgent_line: PhoneNumber | None = Field(
        default=None, description="medical advice at any hour", examples=["01234 567 892"]
    )
    crisis_line: PhoneNumber | None = Field(
        default=None, description="somebody to talk to in despair", examples=["01234 567 893"]
    )


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
    matching: MatchingConfig = Field(
        default=MatchingConfig(),
        description="How sure bedside must be; else as the words' own file says.",
    )


class Country(BaseModel):
    """The numbers of one country."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    emergency: PhoneNumber
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
        return config
    countries = read_model(resources.content_folder().parent / "countries.yaml", _Countries)[0].root
    if config.country not in countries:
        known = f"Known here: {', '.join(countries)}; without a country, set the numbers themselves."
        raise document.error(("country",), f"unknown country '{config.country}'.", known)
    given = config.numbers.model_dump(exclude_none=True)
    usual = countries[config.country].model_dump(exclude={"name"}, exclude_none=True)
    return config.model_copy(update={"numbers": NumbersConfig(**{**usual, **given})})


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
