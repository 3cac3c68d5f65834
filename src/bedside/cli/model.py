"""`bedside model`: fetch, list, verify and choose recogniser models."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bedside.asr.model_check import folder_bytes
from bedside.asr.model_download import Archive, Patience
from bedside.asr.model_install import fetch, install_file
from bedside.asr.model_manifest import Manifest, read_manifest
from bedside.asr.models import (
    ChosenModel,
    KnownModel,
    check_model,
    choose_model,
    find_model,
    known_models,
    models_home,
    use_model,
)
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.errors import ModelError, UsageError


@click.group("model")
def model() -> None:
    """Recogniser models: fetch, list, verify, use."""


@model.command("fetch")
@click.argument("name", default="official")
@click.option("--from", "source", metavar="URL|FILE.zip", help="Another address, or a zip carried here on a stick.")
@click.option("--sha256", metavar="HEX", help="The SHA-256 it must have, if not that of the known model.")
@click.option("--bytes", "size", type=click.IntRange(min=1), help="The size it must have.")
@click.option("--force", is_flag=True, help="Fetch again even if the model is here and whole.")
@click.option("--tries", type=click.IntRange(min=1), default=5, show_default=True, help="Tries without progress.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Seconds without a byte until it counts as stalled.",
)
@json_flag
def fetch_command(
    name: str,
    source: str | None,
    sha256: str | None,
    size: int | None,
    force: bool,
    tries: int,
    timeout: float,
    as_json: bool,
) -> None:
    """Download and install a model, resuming what was cut off. Default: the official English one."""
    manifest = read_manifest()
    name, archive = _wanted(manifest, name, source, sha256, size)
    if not force and _is_whole(name, manifest):
        _tell_fetched(name, find_model(name, manifest)[1], as_json, "is already here")
        return
    if source and not _is_address(source):
        folder = install_file(name, Path(source).expanduser(), archive.sha256, models_home())
    else:
        patience = Patience(connect=min(10.0, timeout), stall=timeout, tries=tries)
        with _progress(name) as progress:
            folder = fetch(name, archive, models_home(), patience=patience, progress=progress, notice=_notice)
    _tell_fetched(name, folder, as_json, "is installed")


def _wanted(
    manifest: Manifest, name: str, source: str | None, sha256: str | None, size: int | None
) -> tuple[str, Archive]:
    """Name and archive to fetch. Raises UsageError where something must be said and was not."""
    name = manifest.official if name == "official" else name
    if PurePosixPath(name).name != name or name.startswith(".") or name in ("embedded", "current"):
        raise UsageError(f"'{name}' cannot be fetched. Name a model: a plain word, not a folder.")
    entry = manifest.models.get(name)
    url = source or (entry.url if entry else None)
    expected = (sha256 or (entry.sha256 if entry else None) or "").lower()
    if url is None:
        raise UsageError(f"nobody knows where the model '{name}' is. Say --from URL and --sha256 HEX.")
    if len(expected) != 64 or not set(expected) <= set("0123456789abcdef"):
        raise UsageError("a SHA-256 has 64 hexadecimal digits. Say --sha256 HEX.")
    if size is None and entry is not None and sha256 is None:
        size = entry.bytes
    return name, Archive(url, size, expected)


def _is_address(source: str) -> bool:
    scheme = urlsplit(source).scheme
    if scheme in ("http", "https"):
        return True
    if "://" in source:
        raise UsageError(f"'{source}' is neither an http or https address nor a file.")
    return False


def _is_whole(name: str, manifest: Manifest) -> bool:
    try:
        check_model(name, find_model(name, manifest)[1], manifest)
    except ModelError:
        return False
    return True


def _tell_fetched(name: str, folder: Path, as_json: bool, what: str) -> None:
    if as_json:
        print_json({"name": name, "path": str(folder), "bytes": folder_bytes(folder)})
    else:
        console.print(f"{name} {what}: {folder}", markup=False)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error, if that is a terminal; otherwise nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _notice(line: str) -> None:
    errors.print(f"bedside: {line}", markup=False)


@model.command("list")
@json_flag
def list_command(as_json: bool) -> None:
    """The models that are known and here, and which one runs."""
    manifest = read_manifest()
    found = known_models(manifest)
    try:
        chosen, runs = choose_model(manifest=manifest), ""
    except ModelError as error:
        chosen, runs = None, f"nothing can run: {error}"
    if as_json:
        path = chosen.path if chosen else None
        choice = _choice(chosen) if chosen else None
        print_json({"models": [_facts(each, path) for each in found], "chosen": choice})
        return
    for each in found:
        mark = "*" if chosen and each.folder == chosen.path else " "
        size = f"{folder_bytes(each.folder) / 1e6:.1f} MB" if each.folder else ""
        console.print(f"{mark} {each.name:30} {each.state:8} {size:>9}  {each.folder or ''}".rstrip(), markup=False)
        about = each.problem or (each.entry.note if each.entry else "")
        if about:
            console.print(f"    {about}", markup=False)
    console.print(f"Runs: {chosen.reason if chosen else runs}", markup=False)


def _facts(each: KnownModel, chosen: Path | None) -> dict[str, Any]:
    return {
        "name": each.name,
        "path": str(each.folder) if each.folder else None,
        "bytes": folder_bytes(each.folder) if each.folder else None,
        "state": each.state,
        "problem": each.problem or None,
        "url": each.entry.url if each.entry else None,
        "licence": each.entry.licence if each.entry else None,
        "languages": list(each.entry.languages) if each.entry else None,
        "chosen": chosen is not None and each.folder == chosen,
    }


def _choice(chosen: ChosenModel) -> dict[str, str]:
    return {"name": chosen.name, "path": str(chosen.path), "reason": chosen.reason}


@model.command("verify")
@click.argument("models", nargs=-1, metavar="[NAME|FOLDER]...")
@json_flag
def verify_command(models: tuple[str, ...], as_json: bool) -> None:
    """Check models that are here, by default all. Every file is read, sums are compared, and libvosk tries them."""
    manifest = read_manifest()
    wanted = models or tuple(each.name for each in known_models(manifest) if each.folder)
    results: list[dict[str, Any]] = []
    for setting in wanted:
        try:
            name, folder = find_model(setting, manifest)
            check_model(name, folder, manifest, thorough=True)
            results.append({"name": name, "path": str(folder), "whole": True, "problem": None})
        except ModelError as error:
            results.append({"name": setting, "path": None, "whole": False, "problem": str(error)})
    if as_json:
        print_json(results)
    else:
        for result in results:
            console.print(f"{result['name']}: {result['problem'] or 'whole, and it works'}", markup=False)
    wrong = [result["name"] for result in results if not result["whole"]]
    if wrong:
        raise ModelError(f"not whole: {', '.join(wrong)}.")


@model.command("use")
@click.argument("wanted", metavar="NAME|FOLDER|auto")
@json_flag
def use_command(wanted: str, as_json: bool) -> None:
    """Choose the model that runs from now on. 'auto' leaves the choice to bedside again."""
    chosen = use_model(wanted)
    if as_json:
        print_json(_choice(chosen))
    else:
        console.print(f"Runs: {chosen.reason}", markup=False)
