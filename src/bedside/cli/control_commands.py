"""Commands to a running bedside, from a keyboard, a button, a script: stop, pause, resume, status, mute.

`start` is in `start_command.py`, as it can do without one; `say` in `say.py`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click
from rich.table import Table

from bedside.cli.durations import seconds_of
from bedside.cli.output import console, json_flag, print_json
from bedside.errors import UsageError
from bedside.service.control_client import RefusedError, ask
from bedside.service.control_socket import VARIABLE, known_places
from bedside.service.protocol import LONGEST_MUTE, SHORTEST_MUTE, Mute, Reply, Request, Simple, Status, UsedDevice

socket_option = click.option(
    "--socket",
    type=click.Path(path_type=Path, readable=False),
    envvar=VARIABLE,
    metavar="PATH",
    help="The running bedside's control socket, where it is not at one of its usual places.",
)


def send(request: Request, socket: Path | None) -> Reply:
    """Give a request to the running bedside. Raises ControlError; UsageError for what it can never do."""
    try:
        return ask(request, [socket] if socket else known_places())
    except RefusedError as error:
        if error.reply.reason in ("unknown_routine", "bad_request", "too_long"):
            raise UsageError(str(error)) from None
        raise


def show(reply: Reply, as_json: bool) -> None:
    """Print what was done."""
    if as_json:
        print_json(reply.model_dump(mode="json", exclude_none=True))
    else:
        console.print(reply.told or "", markup=False)


def _simple(command: Literal["stop", "pause", "resume"], help_text: str) -> click.Command:
    @click.command(command, help=help_text)
    @socket_option
    @json_flag
    def simple(socket: Path | None, as_json: bool) -> None:
        show(send(Simple(command=command), socket), as_json)

    return simple


stop = _simple("stop", "End what the running bedside does. That is speech, routine, alert: as if somebody said “stop”.")
pause = _simple("pause", "Pause the routine of the running bedside.")
resume = _simple("resume", "Go on with a paused routine.")


@click.command("status")
@socket_option
@json_flag
def status(socket: Path | None, as_json: bool) -> None:
    """What the running bedside does; nothing of what was said."""
    told = send(Simple(command="status"), socket).status
    assert told is not None
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(told):
        table.add_row(name, value)
    console.print(table)


def _rows(told: Status) -> list[tuple[str, str]]:
    doing = told.state + (f": {told.routine}, step {told.step}" if told.routine and told.step else "")
    rows = [("state", doing), ("listening since", _clock(told.listening_since))]
    rows.append(("microphone", _device(told.microphone, told.microphone_device)))
    if told.speaker is not None:
        rows.append(("speaker", _device(told.speaker, told.speaker_device)))
    if told.muted_until is not None:
        rows.append(("hears nothing until", _clock(told.muted_until)))
    return [*rows, ("bedside", told.program), ("model", told.model)]


def _device(state: str, device: UsedDevice | None) -> str:
    return state if device is None else f"{state}: {device.name}, {device.rate} Hz"


def _clock(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


@click.command("mute")
@click.argument("duration", metavar="TIME")
@socket_option
@json_flag
def mute(duration: str, socket: Path | None, as_json: bool) -> None:
    """Let the running bedside hear nothing for TIME.

    TIME is such as 30m, 2h or 1h30m; "off" ends it. In that time calls for help and "stop" are not heard either. It
    ends by itself, as soon as a routine is started, and with a restart.
    """
    seconds = 0.0 if duration.lower() == "off" else seconds_of(duration)
    if seconds is None or (duration.lower() != "off" and not SHORTEST_MUTE <= seconds <= LONGEST_MUTE):
        raise UsageError(f"'{duration}' is no time for this: write 30m, 2h or 1h30m, from 1m to 24h, or off.")
    show(send(Mute(seconds=seconds), socket), as_json)
