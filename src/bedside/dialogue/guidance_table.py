"""The rows of the guidance that the content stands on (content/guidance.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bedside.resources import content_folder
from bedside.yamlfile import read_model


class Row(BaseModel):
    """One row of the guidance. use and status as explained at the top of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    use: Literal["STEP", "GATE", "INFO", "PRO", "ROUTINE", "TRI", "DROP"]
    status: Literal["said", "triage", "dropped"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: dict[str, Row]
    others: dict[str, list[str]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    return read_model(content_folder().parent / "guidance.yaml", _Table)[0]


def rows() -> Mapping[str, Row]:
    """All rows by id. Raises ContentError."""
    return _table().rows


@lru_cache(maxsize=1)
def known_ids() -> frozenset[str]:
    """Every id that content may name as its source, except the rows that are dropped."""
    table = _table()
    said = (ident for ident, row in table.rows.items() if row.status != "dropped")
    return frozenset(said) | {ident for idents in table.others.values() for ident in idents}
