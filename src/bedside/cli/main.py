"""The `bedside` command: one sub-command a file in this folder, and one place for errors and exit codes."""

from __future__ import annotations

import contextlib
import io
import os
import sys

import click

from bedside import __version__
from bedside.cli import about, check, demo, hear, routines, run_command, setup_command, simulate
from bedside.cli.config import config_command
from bedside.cli.devices import devices
from bedside.cli.match import match_text
from bedside.cli.model import model
from bedside.cli.output import errors
from bedside.cli.say import say
from bedside.errors import BedsideError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bedside")
def app() -> None:
    """An offline voice assistant for the bed in the dark."""


for command in (
    setup_command.command,
    run_command.command,
    demo.command,
    simulate.command,
    hear.command,
    routines.list_command,
    routines.rehearse_command,
    say,
    devices,
    match_text,
    model,
    check.command,
    config_command,
    about.command,
):
    app.add_command(command)


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 something is wrong with the world, 2 wrong use."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started us (>&-).
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets a question mark instead of no answer.
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors are printed as one line."""
    try:
        code = app.main(args=arguments, prog_name="bedside", standalone_mode=False)
        sys.stdout.flush()
        # click returns the code of an Exit here instead of raising it.
        return code if isinstance(code, int) else 0
    except BedsideError as error:
        return _fail(str(error), error.exit_code)
    except click.UsageError as error:
        if not error.message.startswith("Usage:"):
            return _fail(f"{error.format_message()} Try 'bedside --help'.", 2)
        # A group of commands by itself: its help.
        click.echo(error.message, err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        return _fail(f"{error.filename or 'the output'}: {error.strerror or error}.", 1)


def _drop_output() -> None:
    """What is left of standard output cannot be written (its reader has gone, the disk is full): keep Python from
    trying again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: int) -> int:
    errors.print(f"bedside: {' '.join(message.split())}", markup=False)
    return code
