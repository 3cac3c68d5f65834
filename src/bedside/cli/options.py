"""Options that many commands share, and the content and settings they lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)

config_option = click.option(
    "--config", "config_path", type=FILE, metavar="FILE", help="Settings file (see 'bedside config')."
)
intents_option = click.option(
    "--intents", type=FILE, metavar="FILE", help="Your own words instead of the shipped intents.yaml."
)
routines_option = click.option(
    "--routines", type=FILE, metavar="DIR", help="A folder of your own routines, beside the shipped ones."
)


def content_options(command: F) -> F:
    """--config, --intents and --routines; the command gets config_path, intents and routines."""
    return config_option(intents_option(routines_option(command)))
