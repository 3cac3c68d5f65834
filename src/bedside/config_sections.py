"""The sections of the settings file, with what each value may be. `config.py` puts them together."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _phone_number(value: Any) -> Any:
    if isinstance(value, int | float):
        # YAML reads 000 as zero and 0118... as an octal number.
        raise ValueError('a telephone number stands in quotes, such as "0123 456", so that no zero is lost')
    if isinstance(value, str) and not (re.fullmatch(r"[0-9 ()+-]+", value) and sum(map(str.isdigit, value)) >= 2):
        raise ValueError("a telephone number has two or more digits, and besides only spaces, +, - and ()")
    return value


def _path(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str) and value else value


def _time_of_day(value: Any) -> Any:
    if isinstance(value, int):
        # YAML reads 22:00 as a number of minutes.
        raise ValueError('a time of day stands in quotes, such as "22:00"')
    if isinstance(value, str) and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value):
        raise ValueError('a time of day is written as "22:00", from "0:00" to "23:59"')
    return value


PhoneNumber = Annotated[str, BeforeValidator(_phone_number)]
Place = Annotated[Path, BeforeValidator(_path)]
TimeOfDay = Annotated[str, BeforeValidator(_time_of_day)]
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
        default=0.4,
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


class HouseholdConfig(Section):
    partner: bool = Field(
        default=True, description="somebody sleeps near her who can lend a hand; else nobody's hands are asked for"
    )


class MeasuredConfig(Section):
    """What 'bedside setup' measured; 'bedside doctor' compares with it."""

    day: Name | None = Field(default=None, description="when that was", examples=["2026-11-23"])
    delay: float | None = Field(
        default=None, ge=0, le=10, description="from the speaker to the microphone, seconds", examples=[0.12]
    )
    voice_dbfs: float | None = Field(
        default=None, ge=-120, le=0, description="how loud its voice came back, dBFS", examples=[-38.0]
    )
    noise_dbfs: float | None = Field(
        default=None, ge=-120, le=0, description="the noise of the room, dBFS", examples=[-65.0]
    )


class RisksConfig(Section):
    """Any of them keeps massage, heat and cold shut (guidance.md C0.8); bed rest also everything out of bed.

    What each of them is called stands in setup.yaml of the language."""

    past_clot: bool = False
    clotting_disorder: bool = False
    family_clots: bool = False
    blood_thinners: bool = False
    recent_surgery: bool = False
    bed_rest: bool = False
    recent_birth: bool = False
    pre_eclampsia: bool = False
    ivf: bool = False
    twins: bool = False
    infection_or_dehydration: bool = False
    told_not_to: bool = False

    @property
    def flags(self) -> frozenset[str]:
        """The names of those that are set."""
        return frozenset(name for name in type(self).model_fields if getattr(self, name))


class QuietHoursConfig(Section):
    start: TimeOfDay | None = Field(default=None, description="from when on it speaks softer", examples=["22:00"])
    end: TimeOfDay | None = Field(default=None, description="until when", examples=["07:00"])
    gain_db: float = Field(default=-6.0, ge=-20, le=0, description="by how much, dB; an emergency is never softer")

    @model_validator(mode="after")
    def _both_or_none(self) -> QuietHoursConfig:
        if (self.start is None) != (self.end is None):
            raise ValueError("'start' and 'end' go together")
        if self.start is not None and self.start == self.end:
            raise ValueError("'start' and 'end' are the same time")
        return self

    def covers(self, now: time) -> bool:
        """Whether a time of day is in the quiet hours, which may go across midnight."""
        if self.start is None or self.end is None:
            return False
        start, end = (time.fromisoformat(value.zfill(5)) for value in (self.start, self.end))
        return start <= now < end if start <= end else now >= start or now < end
