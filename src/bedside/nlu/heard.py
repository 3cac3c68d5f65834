"""Sentences that the recogniser listens for without their being templates: danger in people's own words, and talk
that is none. A recogniser with a closed list hears what it knows; what it has heard is read by `meaning`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bedside.nlu.schema import Tier
from bedside.nlu.text import normalise
from bedside.resources import content_folder
from bedside.yamlfile import read_model

Sentences = Annotated[list[str], Field(min_length=1)]


class HeardFile(BaseModel):
    """The shape of `heard.yaml`. danger: sentences that tell of danger, by tier. harmless: sentences that do not."""

    model_config = ConfigDict(extra="forbid")
    danger: dict[Tier, Sentences]
    harmless: Sentences

    def texts(self) -> tuple[str, ...]:
        """All sentences, normalised, each once."""
        said = [text for sentences in (*self.danger.values(), self.harmless) for text in sentences]
        return tuple(dict.fromkeys(normalise(text) for text in said))


@lru_cache(maxsize=4)
def load_heard(folder: Path | None = None) -> HeardFile:
    """Read `heard.yaml` of `folder` (None: the shipped content folder). Raises ContentError with file and line."""
    return read_model((folder or content_folder()) / "heard.yaml", HeardFile)[0]
