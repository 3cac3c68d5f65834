"""`bedside check`: is everything that people wrote in order?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from bedside.cli.options import content_options
from bedside.cli.output import console, json_flag, print_json
from bedside.config import Config, find_config, load_config
from bedside.dialogue.library import load_library
from bedside.errors import BedsideError
from bedside.resources import content_folder
from bedside.wiring import cannot_be_heard, load_content, load_model, load_words


@click.command("check")
@content_options
@json_flag
def command(config_path: Path | None, intents: Path | None, routines: Path | None, as_json: bool) -> None:
    """Check the settings, the words and the routines.

    Also whether the recogniser knows every word. Every fault is one line with its file, its line and what to write
    instead; exit code 1 if there is one.
    """
    results = _check(config_path, intents, routines)
    faults = [fault for _, fault in results if fault]
    if as_json:
        print_json([{"what": what, "ok": fault is None, "fault": fault} for what, fault in results])
    else:
        for what, fault in results:
            console.print(f"[green]ok[/]     {what}" if fault is None else f"[red]fault[/]  {what}: ", end="")
            console.print("" if fault is None else fault, markup=False)
    if faults:
        raise click.exceptions.Exit(1)


def _check(config_path: Path | None, intents: Path | None, routines: Path | None) -> list[tuple[str, str | None]]:
    """(what, fault or None) for each part. A part that rests on a faulty one is left out."""
    results: list[tuple[str, str | None]] = []
    config = Config()
    try:
        config = load_config(config_path)
        results.append((f"settings ({find_config(config_path) or 'no file, all as shipped'})", None))
    except BedsideError as error:
        results.append(("settings", str(error)))
    parts: list[tuple[str, Callable[[], object]]] = [
        ("intents", lambda: load_words(config, intents)),
        ("routines", lambda: load_library(content_folder(), routines or config.routines)),
        ("what starts which routine", lambda: load_content(config, intents, routines)),
    ]
    for what, load in parts:
        if what.startswith("what") and any(fault for _, fault in results):
            return results
        try:
            load()
            results.append((what, None))
        except BedsideError as error:
            results.append((what, str(error)))
    if results[-1][1] is not None:
        return results
    try:
        content = load_content(config, intents, routines)
        if unheard := cannot_be_heard(content.intents):
            results.append((f"note: nothing means {', '.join(unheard)}; these cannot be heard", None))
        _, chosen = load_model(config, content)
        results.append((f"words of the recogniser ({chosen.reason})", None))
    except BedsideError as error:
        results.append(("words of the recogniser", str(error)))
    return results
