"""`bedside service`: installs, shows and removes the service that listens from boot on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click

from bedside.cli.options import FILE
from bedside.cli.output import console, errors, json_flag, print_json
from bedside.errors import ServiceError
from bedside.resources import CHECKOUT
from bedside.service.install import Installer
from bedside.service.install import install as install_service
from bedside.service.places import UNIT, Places
from bedside.service.status import ServiceStatus, ask
from bedside.service.system import need_root, need_systemd
from bedside.service.uninstall import uninstall as uninstall_service

NOT_INSTALLED = "the service is not installed; in a clone of the repository run scripts/install-service"


@click.group("service")
def service() -> None:
    """The service that listens from boot on."""


@service.command("install")
@click.option("--models", type=FILE, metavar="DIR", help="Speech models to go along.")
def install(models: Path | None) -> None:
    """Install the service and start it, or upgrade it. Needs root.

    Settings are in /etc/bedside; at first those of the person who installs are copied to there.
    """
    need_systemd()
    need_root("bedside service install")
    places = Places()
    script = CHECKOUT / "scripts" / "install-service"
    if places.this_release() is None and script.is_file():
        # From a clone the release is to be made first.
        raise click.exceptions.Exit(subprocess.call([str(script)]))
    install_service(places, Installer.from_environment(), models, _tell)
    status = ask()
    click.echo(f"The service runs, now and from every boot on. {status.status}".rstrip())
    click.echo("'bedside service status' and 'bedside service logs' tell how it is.")


@service.command("status")
@json_flag
def show_status(as_json: bool) -> None:
    """Whether the service runs, and how it is."""
    need_systemd()
    status = ask()
    if as_json:
        print_json(status.as_json())
    elif status.installed:
        for line in lines_of(status):
            console.print(line, markup=False)
    else:
        errors.print(f"bedside: {NOT_INSTALLED}", markup=False)
    if not status.active:
        raise click.exceptions.Exit(1)


@service.command("logs")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--since", metavar="TIME", help='From then on, such as "yesterday", "2 hours ago", "23:00".')
@click.option("--lines", "-n", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@json_flag
def show_logs(follow: bool, since: str | None, lines: int, as_json: bool) -> None:
    """What the service wrote to the journal. It never writes what was said or heard."""
    need_systemd()
    command = ["journalctl", "--unit", UNIT, "--no-pager", "--lines", str(lines)]
    command += ["--output", "json" if as_json else "short"]
    command += ["--since", since] if since else []
    command += ["--follow"] if follow else []
    try:
        os.execvp(command[0], command)
    except FileNotFoundError:
        raise ServiceError("there is no program 'journalctl' on this machine.") from None


@service.command("uninstall")
@click.option("--keep-diary", is_flag=True, help=f"Leave the diary in {Places().state}.")
def uninstall(keep_diary: bool) -> None:
    """Stop the service and remove all of it, settings included. Needs root."""
    need_systemd()
    need_root("bedside service uninstall")
    places = Places()
    uninstall_service(places, keep_diary)
    click.echo("The service and all it kept are gone" + (f", but the diary in {places.state}." if keep_diary else "."))


def lines_of(status: ServiceStatus) -> list[str]:
    """What a person wants to know."""
    running = f"bedside runs since {status.since}." if status.active else f"bedside does not run: {status.state}."
    lines = [running]
    if status.status:
        lines.append(status.status)
    boot = "Starts at boot." if status.at_boot else "Does not start at boot: sudo systemctl enable bedside"
    memory = f", {status.memory / 2**20:.0f} MB" if status.memory is not None else ""
    watched = "watched" if status.watched else "not watched"
    lines.append(f"{boot} Restarted {status.restarts} times, {watched}{memory}.")
    if not status.active:
        lines.append("'bedside service logs' tells more.")
    return lines


def _tell(line: str) -> None:
    errors.print(f"bedside: {line}", markup=False)
