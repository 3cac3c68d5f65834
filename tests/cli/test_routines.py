"""`bedside routines`, and what stands beside each command in the help."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from bedside.cli.main import app, run

OWN = """
id: ankle-circles
title: Ankle circles
steps:
  - id: "1"
    say: "Lift one foot a little."
"""


def listed(capfd: pytest.CaptureFixture[str], *options: str) -> set[str]:
    assert run(["routines", "--json", *options]) == 0
    return {routine["id"] for routine in json.loads(capfd.readouterr().out)}


def test_what_people_ask_for_is_listed_and_all_on_request(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    asked_for = listed(capfd, "--routines", str(tmp_path))
    inner = {"q-13", "hands-away", "let-go"}
    assert {"acute-calf-bed", "massage-calf", "magnesium", "ankle-circles"} <= asked_for
    assert not inner & asked_for
    assert inner | asked_for <= listed(capfd, "--all", "--routines", str(tmp_path))


def test_a_name_that_there_is_not_takes_one_short_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rehearse", "nix"]) == 2
    assert capfd.readouterr().err == "bedside: there is no routine 'nix'. 'bedside routines' lists them.\n"


def test_no_summary_in_the_help_is_cut() -> None:
    groups: list[click.Command] = [app]
    for group in groups:
        assert isinstance(group, click.Group)
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            # What an 80 columns wide page, the widest that click makes, leaves beside the names.
            assert not command.get_short_help_str(60).endswith("..."), name
            groups += [command] if isinstance(command, click.Group) else []
