"""`bedside match`: what a text would mean to bedside."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bedside.cli.options import config_option, intents_option
from bedside.cli.output import console, json_flag, print_json
from bedside.config import load_config
from bedside.nlu.match import Match, Scope
from bedside.nlu.matcher import match
from bedside.wiring import load_words


@click.command("match")
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--state",
    type=click.Choice(["idle", "session"]),
    default="idle",
    show_default=True,
    help="idle: nobody has asked for anything yet; session: a conversation is open.",
)
@config_option
@intents_option
@json_flag
def match_text(
    text: tuple[str, ...], state: Scope, config_path: Path | None, intents: Path | None, as_json: bool
) -> None:
    """Say what TEXT means. With '-', read lines from standard input and print one JSON line for each."""
    words = load_words(load_config(config_path), intents)
    if text == ("-",):
        for line in sys.stdin.buffer:
            said = line.decode("utf-8", errors="replace").rstrip("\r\n")
            print_json(match(said, words, state).as_json())
        return
    said = " ".join(text)
    result = match(said, words, state)
    if as_json:
        print_json(result.as_json())
        return
    _show(result)
    if result.intent is None and state == "idle" and (later := match(said, words, "session").intent):
        console.print(f"(in a session: {later}; try --state session)", markup=False)


def _show(result: Match) -> None:
    slots = "".join(f"  {name}={value}" for name, value in sorted(result.slots.items()))
    console.print(f"[bold]{result.intent or 'nothing'}[/bold]{slots}  ({result.decision})")
    if result.phrase is not None:
        console.print(f"nearest: {result.phrase}   likeness {result.score:.0f}, lead {result.margin:.0f}", markup=False)
