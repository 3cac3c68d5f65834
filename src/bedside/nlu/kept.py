"""What the templates of an intents file stand for, kept from one start to the next: making it takes a quarter of it.

It is kept with a digest of everything that it is made from (the files, and the programs that read them), so it is never
out of date, and with one of itself: what is damaged is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

FILE = "sentences.json"

Row = tuple[Any, ...]
"""A sentence as `intents.Sentence` has it: text, intent, slots, filled, scopes, ask_first, file, line."""


def digest_of(files: Iterable[Path]) -> str:
    """Of the content of `files`, where they stand, and the programs that turn them into sentences."""
    digest = hashlib.sha256()
    for file in (*files, *_programs()):
        content = file.read_bytes()
        digest.update(f"{file} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_kept(folder: Path, digest: str) -> list[Row] | None:
    """The sentences made from what has this digest; None if there are none, or they are damaged."""
    try:
        head, _, body = (folder / FILE).read_bytes().partition(b"\n")
    except OSError:
        return None
    if head.decode(errors="replace") != f"{digest} {hashlib.sha256(body).hexdigest()}":
        return None
    return list(_rows(json.loads(body)))


def keep(folder: Path, digest: str, sentences: Sequence[Row]) -> None:
    """Keep the sentences in place of others. Where that is impossible they are made anew each time."""
    body = json.dumps(list(_groups(sentences)), separators=(",", ":")).encode()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{digest} {hashlib.sha256(body).hexdigest()}\n".encode() + body)
            os.replace(part, folder / FILE)
        except OSError:
            Path(part).unlink(missing_ok=True)


def _groups(sentences: Sequence[Row]) -> Iterator[list[Any]]:
    """The sentences of one line share nearly everything: what they share, their texts and what else is in them."""
    for (intent, scopes, ask_first, file, line), rows in groupby(sentences, lambda row: (row[1], *row[4:])):
        yield [intent, scopes, ask_first, str(file), line, [row[:1] + row[2:4] for row in rows]]


def _rows(groups: list[Any]) -> Iterator[Row]:
    for intent, scopes, ask_first, file, line, sentences in groups:
        shared = (tuple(scopes), tuple(ask_first), Path(file), line)
        slots: dict[str, str] = {}
        for text, own_slots, filled in sentences:
            # Equal ones are one: there are thousands.
            slots = slots if slots == own_slots else own_slots
            yield (text, intent, slots, tuple(map(tuple, filled)), *shared)


def _programs() -> Iterator[Path]:
    yield from sorted(Path(__file__).parent.glob("*.py"))
    hassil = find_spec("hassil")
    if hassil is not None and hassil.origin is not None:
        yield from sorted(Path(hassil.origin).parent.glob("*.py"))
