"""Which recogniser model runs, and where models are kept.

Models are folders named like the model. They are kept in the *home*: the folder of the environment variable
BEDSIDE_MODELS; or ``models/`` of a checkout that can be written; or the user's data folder. They are looked
for in all of these and in /opt/bedside/models, the service's; with BEDSIDE_MODELS set, only there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from bedside.asr.model_check import FileSum, check_shape, check_sums, read_receipt
from bedside.asr.model_manifest import Manifest, ModelEntry, read_manifest
from bedside.asr.model_probe import probe_model
from bedside.errors import ModelError
from bedside.resources import CHECKOUT, embedded_model
from bedside.service.places import Places

ENVIRONMENT = "BEDSIDE_MODELS"
SYSTEM_HOME = Places().models
"""Of the service."""

CURRENT = "current"
"""The file in the home that `bedside model use` writes: one line, the name or folder of a model."""

_GET_IT = "get it with 'bedside model fetch'"


@dataclass(frozen=True)
class ChosenModel:
    """The model that runs. path: absolute folder. reason: one plain line for people, without a full stop."""

    path: Path
    name: str
    reason: str


@dataclass(frozen=True)
class KnownModel:
    """A model of the manifest, or one that stands in a home.

    folder: None if it is not here. state: ``damaged`` comes with `problem`, one line.
    """

    name: str
    folder: Path | None
    state: Literal["present", "damaged", "missing"]
    problem: str
    entry: ModelEntry | None


def models_home() -> Path:
    """Where models are put."""
    own = os.environ.get(ENVIRONMENT)
    if own:
        return Path(own).expanduser().absolute()
    checkout = CHECKOUT / "models"
    if (CHECKOUT / "pyproject.toml").is_file() and checkout.is_dir() and os.access(checkout, os.W_OK):
        return checkout
    return platformdirs.user_data_path("bedside") / "models"


def model_homes() -> tuple[Path, ...]:
    """Where models are looked for, in this order."""
    home = models_home()
    if os.environ.get(ENVIRONMENT):
        return (home,)
    return tuple(dict.fromkeys((home, platformdirs.user_data_path("bedside") / "models", SYSTEM_HOME)))


def choose_model(setting: str = "auto", *, manifest: Manifest | None = None) -> ChosenModel:
    """The model to run, checked.

    setting: ``auto`` (what `bedside model use` chose; else the official model if it is here and whole; else
    the embedded one), ``embedded``, ``official``, the name of a model that is here, or a folder. ``auto``
    always finds a way as long as the embedded model is whole; the others raise ModelError.
    """
    manifest = manifest or read_manifest()
    if setting != "auto":
        name, folder = find_model(setting, manifest)
        check_model(name, folder, manifest)
        kind = name if name == "embedded" else f"the {name} model"
        return ChosenModel(folder, name, f"{kind}: named in the settings")
    wanted = chosen_by_use()
    try:
        name, folder = find_model(wanted or "official", manifest)
        check_model(name, folder, manifest)
    except ModelError as error:
        embedded = find_model("embedded", manifest)[1]
        check_model("embedded", embedded, manifest)
        return ChosenModel(embedded, "embedded", f"embedded model: {_why_not(wanted, manifest, error)}")
    if wanted:
        return ChosenModel(folder, name, f"{name} model: chosen with 'bedside model use'")
    return ChosenModel(folder, name, f"official model {name}: it is here and whole")


def _why_not(wanted: str | None, manifest: Manifest, error: ModelError) -> str:
    """Why the embedded model has to serve."""
    if wanted:
        return f"the chosen one cannot be used ({str(error).rstrip('.')}); see 'bedside model list'"
    if not any((home / manifest.official).exists() for home in model_homes()):
        return f"the official one is not here; {_GET_IT}"
    return f"the official one is not whole ({str(error).rstrip('.')}); {_GET_IT}"


def find_model(setting: str, manifest: Manifest) -> tuple[str, Path]:
    """Name and absolute folder of the model that `setting` (not ``auto``) names. Raises ModelError if it is
    not here; it is not checked."""
    if setting == "embedded":
        return setting, embedded_model()
    name = manifest.official if setting == "official" else setting
    if Path(name).name == name and not name.startswith((".", "~")):
        folder = next((home / name for home in model_homes() if (home / name).is_dir()), None)
        if folder is not None:
            return name, folder
        if name in manifest.models:
            raise ModelError(f"the model {name} is not here. Get it with 'bedside model fetch'.")
    folder = Path(setting).expanduser().absolute()
    if folder.is_dir():
        return folder.name, folder
    known = ", ".join(["embedded", "official", *(name for name, _ in _installed() if name != manifest.official)])
    raise ModelError(f"there is no model '{setting}' here, nor such a folder. Known: {known}.")


def check_model(name: str, folder: Path, manifest: Manifest, *, thorough: bool = False) -> None:
    """Raise ModelError unless the model in `folder` is whole.

    Files of known models are compared with what they should be; a folder that nobody wrote a receipt for is
    loaded in a child process. With `thorough` every file is read and the model is tried in any case.
    """
    check_shape(folder)
    sums = expected_files(name, folder, manifest)
    check_sums(folder, sums or (), thorough=thorough)
    if thorough or sums is None:
        probe_model(folder)


def expected_files(name: str, folder: Path, manifest: Manifest) -> tuple[FileSum, ...] | None:
    """What the files of a model should be, from the manifest or its receipt; None if nobody wrote it down."""
    if folder == embedded_model():
        return tuple(FileSum(f.path, f.bytes, f.sha256) for f in manifest.models[name].files)
    receipt = read_receipt(folder)
    return receipt.files if receipt else None


def known_models(manifest: Manifest) -> list[KnownModel]:
    """The models of the manifest and all others in the homes, each with its state."""
    here = dict(_installed())
    here["embedded"] = embedded_model()
    found = []
    for name in dict.fromkeys([*manifest.models, *here]):
        folder, entry = here.get(name), manifest.models.get(name)
        if folder is None:
            found.append(KnownModel(name, None, "missing", "", entry))
            continue
        try:
            check_model(name, folder, manifest)
            found.append(KnownModel(name, folder, "present", "", entry))
        except ModelError as error:
            found.append(KnownModel(name, folder, "damaged", str(error), entry))
    return found


def _installed() -> Iterator[tuple[str, Path]]:
    """Model folders in the homes; of two with one name, the one that is found first is meant."""
    seen: set[str] = set()
    for home in model_homes():
        for folder in sorted(home.iterdir()) if home.is_dir() else []:
            if folder.is_dir() and not folder.name.startswith(".") and folder.name not in {"embedded", *seen}:
                seen.add(folder.name)
                yield folder.name, folder


def chosen_by_use() -> str | None:
    """What `bedside model use` wrote down, None if nothing."""
    for home in model_homes():
        try:
            text = (home / CURRENT).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if text:
            return text
    return None


def use_model(setting: str, *, manifest: Manifest | None = None) -> ChosenModel:
    """Let ``auto`` mean the model `setting` from now on; ``auto`` itself takes that back.

    The model is checked thoroughly first. Returns what runs now. Raises ModelError.
    """
    manifest = manifest or read_manifest()
    file = models_home() / CURRENT
    try:
        if setting == "auto":
            file.unlink(missing_ok=True)
        else:
            name, folder = find_model(setting, manifest)
            check_model(name, folder, manifest, thorough=True)
            by_name = name in manifest.models or folder.parent in model_homes()
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(".new")
            new.write_text(f"{name if by_name else folder}\n", encoding="utf-8")
            new.replace(file)
    except OSError as error:
        raise ModelError(f"{file}: cannot be written ({error.strerror}).") from None
    return choose_model(manifest=manifest)
