"""`bedside start`: a routine, in the running bedside or else in this terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bedside.cli.control_commands import send, show, socket_option
from bedside.cli.opening import Opening
from bedside.cli.options import content_options
from bedside.cli.outlook import Terminal
from bedside.cli.output import errors, json_flag
from bedside.cli.run_command import listen
from bedside.config import load_config
from bedside.errors import ControlError, UsageError
from bedside.service.attendant import request_for
from bedside.service.control_client import NotRunningError
from bedside.service.protocol import RequestError, Start
from bedside.service.status import service_awake
from bedside.wiring import default_words_folder, load_content, load_model

Side = Literal["left", "right", "both"]


@click.command("start")
@click.argument("routine")
@click.option("--side", type=click.Choice(["left", "right", "both"]), help="Which leg.")
@socket_option
@content_options
@json_flag
def command(
    routine: str,
    side: Side | None,
    socket: Path | None,
    config_path: Path | None,
    intents: Path | None,
    routines: Path | None,
    as_json: bool,
) -> None:
    """Start ROUTINE, in the running bedside or else here.

    Here it goes on until it has ended, or Ctrl-C. It is as if somebody had asked for it aloud: the same questions
    come first. 'bedside routines' lists them.
    """
    try:
        request = Start(routine=routine, side=side)
    except ValueError:
        raise UsageError(f"there is no routine '{routine[:40]}'. 'bedside routines' lists them.") from None
    try:
        show(send(request, socket), as_json)
        return
    except NotRunningError:
        if socket is None and service_awake():
            # Here it would take the microphone away from the one that listens all night.
            raise ControlError(
                "the service takes no commands yet: it is starting. Try again in a moment; "
                "'bedside service status' tells how it is."
            ) from None
    config = load_config(config_path)
    content = load_content(config, intents, routines, default_words_folder())
    try:
        opening = Opening(request_for(content.library.routines, routine, side))
    except RequestError as error:
        raise UsageError(str(error)) from None
    model, chosen = load_model(config, content)
    errors.print("No bedside is running, so it begins here; Ctrl-C ends it.", markup=False)
    listen(config, content, model, chosen, Terminal(as_json), opening)
