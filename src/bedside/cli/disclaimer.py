"""What bedside is not (guidance.md F): shown at set-up and by `bedside about`, and spoken once."""

from __future__ import annotations

from bedside import resources
from bedside.cli.setup_texts import setup_texts
from bedside.config import Config, load_countries
from bedside.dialogue.library import load_library
from bedside.dialogue.wording import Wording
from bedside.wiring import phone_numbers


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
