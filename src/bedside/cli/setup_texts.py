"""What the set-up shows and asks: content/<language>/setup.yaml, each key by name, so that none can be missing."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bedside import resources
from bedside.config_sections import RisksConfig
from bedside.yamlfile import read_model


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Questions(_Section):
    """What is asked."""

    country: str
    emergency: str
    maternity: str
    provider: str
    urgent_line: str
    crisis_line: str
    partner: str
    risks: str
    which_risks: str
    no_such_risk: str
    quiet: str
    quiet_start: str
    quiet_end: str
    accept: str
    right: str
    sound: str
    which: str
    microphone_next: str
    speaker: str
    measure: str
    measure_again: str
    night: str
    test: str


class Told(_Section):
    """What is told on the way."""

    unknown_country: str
    numbers: str
    written: str
    kept: str
    not_accepted: str
    aborted: str
    ended_early: str
    start: str
    language: str
    file: str
    service_rests: str
    service_again: str
    service_holds: str
    no_devices: str
    unchecked: str
    held: str
    not_tried: str
    test_cramp: str
    done: str
    offer: str
    hint: str


class SoundTexts(_Section):
    """What the sound steps say on the screen."""

    microphone: str
    speaker: str
    now: str
    loading: str
    speak: str
    heard: str
    understood: str
    keeps: str
    speaking: str
    heard_speaker: str
    no_speaker: str
    playing: str
    measured: str
    volume: str
    night: str
    cramp: str
    stop: str
    stopped: str


class Advice(_Section):
    """What to do where something sounds wrong."""

    silent: str
    quiet: str
    overloaded: str
    not_understood: str
    echo_unheard: str
    echo_overloaded: str
    echo_late: str
    too_soft: str
    cramp_unheard: str
    stop_unheard: str


class SetupTexts(_Section):
    """The whole file. spoken, full: the disclaimer. test: the sentence that the speaker is tried with."""

    spoken: list[str] = Field(min_length=1)
    full: list[str] = Field(min_length=1)
    test: str
    risks: dict[str, str]
    ask: Questions
    said: Told
    sound: SoundTexts
    advice: Advice

    @field_validator("risks")
    @classmethod
    def _all_of_the_settings(cls, risks: dict[str, str]) -> dict[str, str]:
        if set(risks) != set(RisksConfig.model_fields):
            raise ValueError(f"here stands a text for each of {', '.join(RisksConfig.model_fields)}, and nothing else")
        return risks


@lru_cache(maxsize=1)
def setup_texts() -> SetupTexts:
    """The texts of the set-up. Raises ContentError."""
    return read_model(resources.content_folder() / "setup.yaml", SetupTexts)[0]
