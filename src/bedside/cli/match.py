"""`bedside match`: what a text would mean to bedside."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bedside.cli.output import console, json_flag, print_json
from bedside.nlu.intents import load_intents
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match


@click.command("match")
@click.argument("text")
@click.option(
    "--state",
    type=click.Choice(["idle", "session"]),
    default="idle",
    show_default=True,
    help="idle: nobody has asked for anything yet; session: a conversation is open.",
)
@click.option(
    "--intents", "file", type=click.Path(path_type=Path), help="Your own intents file instead of the shipped one."
)
@json_flag
def match_text(text: str, state: Scope, file: Path | None, as_json: bool) -> None:
    """Say what TEXT means. With '-', read lines from standard input and print one JSON line for each."""
    intents = load_intents(file)
    if text == "-":
        for line in sys.stdin.buffer:
            said = line.decode("utf-8", errors="replace").rstrip("\r\n")
            print_json(match(said, intents, state).as_json())
        return
    result = match(text, intents, state)
    if as_json:
        print_json(result.as_json())
    else:
        _show(result)


def _show(result: Match) -> None:
    slots = "".join(f"  {name}={value}" for name, value in sorted(result.slots.items()))
    console.print(f"[bold]{result.intent or 'nothing'}[/bold]{slots}  ({result.decision})")
    if result.phrase is not None:
        console.print(f"nearest: {result.phrase}   likeness {result.score:.0f}, lead {result.margin:.0f}", markup=False)
