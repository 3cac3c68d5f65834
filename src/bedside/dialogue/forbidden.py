"""What is never said (content/en/never.yaml): promises, doses, diagnoses, what the guidance leaves out on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator

from bedside.resources import content_folder
from bedside.yamlfile import read_model


@dataclass(frozen=True)
class Forbidden:
    """Why a text is not said. words: what was found in it; instead: what to write."""

    id: str
    words: str
    reason: str
    instead: str


class NeverEntry(BaseModel):
    """Something never said. rows: the DROP rows that it keeps out; say: regular expressions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    rows: list[str]
    say: list[str] = Field(min_length=1)
    reason: str
    instead: str

    @field_validator("say")
    @classmethod
    def _are_patterns(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression ({error})") from None
        return patterns


class _Never(RootModel[list[NeverEntry]]):
    pass


@lru_cache(maxsize=1)
def never() -> tuple[NeverEntry, ...]:
    """All that is never said. Raises ContentError."""
    return tuple(read_model(content_folder() / "never.yaml", _Never)[0].root)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], NeverEntry], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), entry) for entry in never() for pattern in entry.say)


def forbidden(text: str) -> Forbidden | None:
    """What must not be said in `text`, or None."""
    for pattern, entry in _patterns():
        found = pattern.search(text)
        if found:
            return Forbidden(entry.id, found[0], entry.reason, entry.instead)
    return None
