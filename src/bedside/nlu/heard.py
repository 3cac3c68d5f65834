"""Sentences in people's own words, told apart: danger in an emergency, danger that is urgent, harmless talk.

The classifier learnt from all of them, and the recogniser's broad grammar is made of them. Each kind is a text file in
the folder `heard`, a sentence a line, already normalised, so that thousands are read at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from bedside.errors import ContentError
from bedside.resources import content_folder

KINDS = ("emergency", "urgent", "harmless")
DANGER = KINDS[:2]


@dataclass(frozen=True)
class HeardSentences:
    """by_kind: all sentences by kind, in the order of their files."""

    by_kind: Mapping[str, tuple[str, ...]]

    @property
    def danger(self) -> dict[str, tuple[str, ...]]:
        """The sentences that tell of danger, by tier."""
        return {tier: self.by_kind[tier] for tier in DANGER}

    @property
    def harmless(self) -> tuple[str, ...]:
        """The sentences that tell of none."""
        return self.by_kind["harmless"]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of each sentence."""
        return {text: kind for kind, texts in self.by_kind.items() for text in texts}

    @property
    def digest(self) -> str:
        """Of all sentences and their kinds: tells whether something was learnt from these."""
        lines = "".join(f"{kind} {text}\n" for kind in KINDS for text in self.by_kind[kind])
        return hashlib.sha256(lines.encode()).hexdigest()

    def texts(self) -> tuple[str, ...]:
        """All sentences."""
        return tuple(text for kind in KINDS for text in self.by_kind[kind])


@lru_cache(maxsize=4)
def load_heard(folder: Path | None = None) -> HeardSentences:
    """Read the folder `heard` of a content folder (None: the shipped one). Raises ContentError with file and line."""
    folder = (folder or content_folder()) / "heard"
    return HeardSentences({kind: _read(folder / f"{kind}.txt") for kind in KINDS})


def _read(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(file, 1, f"cannot be read ({error}).") from None
    return tuple(line for line in lines if line and not line.startswith("#"))
