"""The `bedside` command: one sub-command a file in this folder, and one place for errors and exit codes."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from importlib import import_module

import click

from bedside import __version__
from bedside.cli.output import errors
from bedside.errors import BedsideError

COMMANDS = {
    "about": "about:command",
    "check": "check:command",
    "config": "config:config_command",
    "demo": "demo:command",
    "devices": "devices:devices",
    "doctor": "doctor:command",
    "hear": "hear:command",
    "match": "match:match_text",
    "model": "model:model",
    "mute": "control_commands:mute",
    "pause": "control_commands:pause",
    "rehearse": "routines:rehearse_command",
    "resume": "control_commands:resume",
    "routines": "routines:list_command",
    "run": "run_command:command",
    "say": "say:say",
    "service": "service_command:service",
    "setup": "setup_command:command",
    "simulate": "simulate:command",
    "start": "start_command:command",
    "status": "control_commands:status",
    "stop": "control_commands:stop",
}
"""Name of each command: its module in this folder, and what it is called there."""


class _Commands(click.Group):
    """Loads a command when it is asked for: what the others need would be in memory all night."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"bedside.cli.{module}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bedside")
def app() -> None:
    """An offline voice assistant for the bed in the dark."""


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
