"""`bedside about`: what bedside is not, whose numbers it says, its version."""

from __future__ import annotations

from pathlib import Path

import click

from bedside import __version__
from bedside.cli.disclaimer import full_disclaimer
from bedside.cli.options import config_option
from bedside.cli.output import console, json_flag, print_json
from bedside.config import load_config, load_countries


@click.command("about")
@config_option
@json_flag
def command(config_path: Path | None, as_json: bool) -> None:
    """What bedside is not, and whose numbers it says."""
    config = load_config(config_path)
    country = load_countries().get(config.country or "")
    if as_json:
        print_json(
            {
                "version": __version__,
                "disclaimer": full_disclaimer(config),
                "accepted": config.disclaimer_accepted,
                "country": config.country,
                "numbers_confirmed": country.confirmed if country else False,
                "clinical_review": None,
            }
        )
        return
    console.print(f"bedside {__version__}\n", markup=False)
    for paragraph in full_disclaimer(config):
        console.print(paragraph + "\n", markup=False)
    console.print(f"accepted: {config.disclaimer_accepted or '-'}", markup=False)
