"""`bedside devices`: the microphones and speakers that can be named in the settings."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from bedside.audio.devices import Device, NoSoundDevice, list_devices
from bedside.cli.output import console, json_flag, print_json


@click.command()
@json_flag
def devices(as_json: bool) -> None:
    """List the sound devices of this machine. Exit code 1 if there are none."""
    found = list_devices()
    if as_json:
        print_json([asdict(device) for device in found])
    if not found:
        raise NoSoundDevice("no sound device found. Plug in a microphone and a speaker.")
    if not as_json:
        console.print(_table(found))


def _table(found: list[Device]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("name", "system", "in", "out", "Hz", "default"):
        table.add_column(column, justify="right" if column in ("in", "out", "Hz") else "left")
    for device in found:
        defaults = [
            word
            for word, is_default in (("microphone", device.default_input), ("speaker", device.default_output))
            if is_default
        ]
        table.add_row(
            device.name,
            device.host_api,
            str(device.input_channels),
            str(device.output_channels),
            str(device.rate),
            ", ".join(defaults),
        )
    return table
