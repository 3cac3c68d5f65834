"""What bedside is not (guidance.md F), and the other texts of the set-up: shown, and spoken once."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bedside import resources
from bedside.config import Config, load_countries
from bedside.config_sections import RisksConfig
from bedside.dialogue.library import load_library
from bedside.dialogue.wording import Wording
from bedside.wiring import phone_numbers
from bedside.yamlfile import read_model


class SetupTexts(BaseModel):
    """content/<language>/setup.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spoken: list[str] = Field(min_length=1)
    full: list[str] = Field(min_length=1)
    risks: dict[str, str]
    ask: dict[str, str]
    test: str

    @field_validator("risks")
    @classmethod
    def _all_of_the_settings(cls, risks: dict[str, str]) -> dict[str, str]:
        if set(risks) != set(RisksConfig.model_fields):
            raise ValueError(f"here stands a text for each of {', '.join(RisksConfig.model_fields)}, and nothing else")
        return risks

    said: dict[str, str]
    sound: dict[str, str]
    advice: dict[str, str]


@lru_cache(maxsize=1)
def setup_texts() -> SetupTexts:
    """The texts of the set-up. Raises ContentError."""
    return read_model(resources.content_folder() / "setup.yaml", SetupTexts)[0]


def spoken_disclaimer(config: Config) -> list[str]:
    """The sentences that are spoken once, with the numbers of the household."""
    wording = wording_of(config)
    return [wording.fill(text) for text in setup_texts().spoken]


def full_disclaimer(config: Config) -> list[str]:
    """The paragraphs for the screen; numbers as they are dialled."""
    unknown = load_library(resources.content_folder()).spoken.numbers
    numbers = phone_numbers(config)
    country = load_countries().get(config.country or "")
    return [
        text.format(
            emergency=numbers.emergency or unknown.emergency,
            maternity=numbers.maternity or unknown.maternity,
            country=country.name if country else "-",
        )
        for text in setup_texts().full
    ]


def wording_of(config: Config) -> Wording:
    """Fills texts with the numbers of the household."""
    return Wording(load_library(resources.content_folder()).spoken, phone_numbers(config))
