"""The list of recogniser models that bedside knows: models/manifest.yaml, read strictly."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bedside.resources import model_manifest
from bedside.yamlfile import read_model

Sum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""

Size = Annotated[int, Field(gt=0)]
"""Bytes."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFile(_Strict):
    """One file of a model folder: `path` relative to the folder, with forward slashes."""

    path: str
    bytes: Size
    sha256: Sum

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or "\\" in path or not parts.parts:
            raise ValueError("must be a path inside the model folder")
        return path


class ModelEntry(_Strict):
    """One model: either `folder` and `files` (comes with bedside), or `url`, `bytes` and `sha256` (a zip)."""

    licence: str
    languages: tuple[str, ...] = Field(min_length=1)
    note: str
    folder: str | None = None
    files: tuple[ModelFile, ...] = ()
    url: str | None = None
    bytes: Size | None = None
    sha256: Sum | None = None

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("must be an http or https address")
        return url

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        comes_along = self.folder is not None and bool(self.files)
        fetched = None not in (self.url, self.bytes, self.sha256)
        if comes_along == fetched:
            raise ValueError("needs either 'folder' and 'files', or 'url', 'bytes' and 'sha256'")
        return self


class Manifest(_Strict):
    """All known models by name; `official` names the one that is fetched when none is named."""

    official: str
    models: dict[str, ModelEntry]

    @model_validator(mode="after")
    def _official_can_be_fetched(self) -> Self:
        entry = self.models.get(self.official)
        if entry is None or entry.url is None:
            raise ValueError(f"'official' must name a model with a 'url', not '{self.official}'")
        if "embedded" not in self.models or not self.models["embedded"].files:
            raise ValueError("the model 'embedded' with its 'files' is missing")
        return self


def read_manifest(file: Path | None = None) -> Manifest:
    """Read `file` (default: the manifest that comes with bedside). Raises ContentError with file and line."""
    return read_model(file or model_manifest(), Manifest)[0]
