"""`bedside config`: the settings in force, where they come from, and an example to start from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic.fields import FieldInfo
from rich.table import Table

from bedside.cli.options import config_option
from bedside.cli.output import console, json_flag, print_json
from bedside.cli.setup_texts import setup_texts
from bedside.config import SYSTEM_FILE, Config, find_config, settings_in_force, user_file
from bedside.config_sections import Section


@click.command("config")
@config_option
@click.option("--path", "only_path", is_flag=True, help="Print only where the settings file is, or would be.")
@click.option("--example", is_flag=True, help="Print an example file with every key explained.")
@json_flag
def config_command(config_path: Path | None, only_path: bool, example: bool, as_json: bool) -> None:
    """Show the settings in force and where each comes from."""
    if example:
        click.echo(example_file(), nl=False)
        return
    file = find_config(config_path)
    if only_path:
        place = str(file or user_file())
        if as_json:
            print_json({"path": place, "exists": file is not None and file.exists()})
        else:
            click.echo(place)
        return
    settings = settings_in_force(config_path)
    if as_json:
        print_json(
            {
                "path": str(file) if file else None,
                "settings": {s.name: {"value": _plain(s.value), "from": s.origin} for s in settings},
            }
        )
        return
    if file:
        console.print(f"settings file: {file}", markup=False)
    else:
        console.print(f"no settings file; looked for {user_file()} and {SYSTEM_FILE}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("setting", "value", "from"):
        table.add_column(title, overflow="fold")
    for setting in settings:
        value = "-" if setting.value is None else str(setting.value)
        table.add_row(setting.name, value, setting.origin)
    console.print(table, markup=False)


def example_file() -> str:
    """A settings file with every key: the usual values stand, what has none is commented out."""
    lines = [
        "# Settings of bedside. Every key may be left out.",
        f"# The user's own file is {_home_relative(user_file())}, the system's {SYSTEM_FILE}.",
        "# Relative paths start at the folder of this file.",
        "",
        *_example_lines(Config, ""),
    ]
    return "\n".join(lines) + "\n"


def _example_lines(section: type[Section], indent: str) -> Iterator[str]:
    for key, field in section.model_fields.items():
        default = field.default
        if isinstance(default, Section):
            yield ""
            yield f"# {field.description}"
            # A key with nothing behind it is fine, so all keys of a section may be commented out.
            yield f"{key}:"
            yield from _example_lines(type(default), indent + "  ")
        else:
            yield f"{indent}{_example_entry(key, field)}"


def _example_entry(key: str, field: FieldInfo) -> str:
    mark, value = ("", field.default) if field.default is not None else ("# ", (field.examples or [None])[0])
    # JSON's strings and numbers are YAML's too, and its quotes keep the zeros of telephone numbers.
    return f"{mark}{key}: {json.dumps(value)}  # {field.description or setup_texts().risks[key]}"


def _home_relative(path: Path) -> str:
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value
