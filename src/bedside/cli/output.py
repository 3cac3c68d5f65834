"""How commands print: for people by default, JSON for programs, colour only on a terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
"""Standard output, for people."""

errors = Console(stderr=True, highlight=False, soft_wrap=True)
"""Standard error: warnings, progress, what went wrong."""

json_flag = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""The decorator of every command that prints facts; the command gets ``as_json: bool``."""


def print_json(value: Any) -> None:
    """One JSON value on one line of standard output, flushed, so that a reading program sees it at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
