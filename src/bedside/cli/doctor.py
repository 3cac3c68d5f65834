"""`bedside doctor`: looks at everything that must be right for a night, and says what to do where it is not."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from bedside.cli.options import config_option
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.doctor.examination import Examination
from bedside.doctor.finding import Finding, State
from bedside.doctor.patient import Patient
from bedside.service.places import Places
from bedside.service.settings import settings_in_use

STYLES: dict[State, str] = {"fine": "green", "warning": "yellow", "wrong": "bold red", "skipped": "dim"}


@click.command("doctor")
@click.option("--no-sound", is_flag=True, help="Play no tone, so that nobody is woken.")
@config_option
@json_flag
def command(no_sound: bool, config_path: Path | None, as_json: bool) -> None:
    """Look at everything that must be right for a night.

    That is sound, hearing, voice, disk, service, settings. A short rising tone is played from the speaker to the
    microphone, unless --no-sound. Each line is fine, warning, wrong, or skipped where it could not be looked at;
    exit code 1 if anything is wrong.
    """
    examination = Examination(Patient(settings_in_use(config_path, Places()), not no_sound))
    found: list[Finding] = []
    for finding in examination.findings():
        found.append(finding)
        if not as_json:
            _show(finding)
    wrong = any(finding.state == "wrong" for finding in found)
    if as_json:
        print_json({"well": not wrong, "findings": [asdict(finding) for finding in found]})
    else:
        counts = Counter(finding.state for finding in found)
        console.print(", ".join(f"{counts[state]} {state}" for state in STYLES if counts[state]) + ".")
    if examination.hangs:
        # A thread that a device holds would hold the end of the program as well.
        sys.stdout.flush()
        errors.file.flush()
        os._exit(int(wrong))
    if wrong:
        raise click.exceptions.Exit(1)


def _show(finding: Finding) -> None:
    state, name = Text(finding.state, style=STYLES[finding.state]), Text(finding.name, style="bold")
    what = Text(finding.what, style="dim" if finding.state == "skipped" else "")
    if not console.is_terminal:
        console.print(f"{finding.state:<8} {finding.name:<10} {finding.what} {finding.advice}".rstrip(), markup=False)
        return
    table = Table.grid(padding=(0, 1))
    table.add_column(width=8)
    table.add_column(width=10)
    table.add_column(overflow="fold")
    table.add_row(state, name, what)
    if finding.advice:
        table.add_row("", "", Text(f"> {finding.advice}", style="italic"))
    console.print(table)
