#!/usr/bin/env python3
"""How many danger signs are still found when they are spoken, not typed, and how much harmless talk alarms.

    python bench/danger_heard.py [--voices N] [--show]

Synthetic voices (flite and espeak-ng must be there) say every row of section C of the guidance, as kept in
tests/nlu/guidance.yaml; the embedded model and the whole path behind it hear them, in an idle room and in a session.
Synthetic voices are not the voices of people: the figures compare versions, not bedrooms.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROWS = Path(__file__).resolve().parent.parent / "tests" / "nlu" / "guidance.yaml"
VOICES = ("flite slt", "flite rms", "flite awb", "espeak-ng en-us+f3", "espeak-ng en-gb")
SETTINGS = "recognizer: {model: embedded}\n"
KINDS = {"E": "emergency rows", "U": "urgent rows", "N": "harmless rows"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=int, default=len(VOICES), help="only the first N voices")
    parser.add_argument("--show", action="store_true", help="name every sentence that went wrong")
    given = parser.parse_args()
    rows = {row: entry for row, entry in _rows().items() if row[0] in KINDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.yaml").write_text(SETTINGS, encoding="utf-8")
        for voice in VOICES[: given.voices]:
            for row, entry in rows.items():
                _speak(entry["say"], voice, folder / f"{row}.wav")
            for state in ("idle", "session"):
                heard = _hear(folder, [folder / f"{row}.wav" for row in rows], state)
                _report(f"{voice}, {state}", rows, state, heard, given.show)


def _rows() -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = yaml.safe_load(ROWS.read_text(encoding="utf-8"))
    return rows


def _speak(text: str, voice: str, file: Path) -> None:
    engine, name = voice.split()
    command = (
        ["flite", "-voice", name, "-t", text, "-o", str(file)]
        if engine == "flite"
        else ["espeak-ng", "-v", name, "-w", str(file), text]
    )
    subprocess.run(command, check=True, timeout=60)


def _hear(folder: Path, files: list[Path], state: str) -> dict[str, list[dict[str, Any]]]:
    """By row, what was heard."""
    command = [sys.executable, "-m", "bedside", "hear", "--json", "--state", state]
    command += ["--config", str(folder / "config.yaml"), *map(str, files)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    heard: dict[str, list[dict[str, Any]]] = {}
    for line in map(json.loads, out.splitlines()):
        heard.setdefault(Path(line["file"]).stem, []).append(line)
    return heard


def _report(
    name: str, rows: dict[str, dict[str, str]], state: str, heard: dict[str, list[dict[str, Any]]], show: bool
) -> None:
    cells = []
    faults = []
    for kind, title in KINDS.items():
        of = [row for row, entry in rows.items() if row[0] == kind and (kind != "N" or entry[state] not in TIERS)]
        wrong = [row for row in of if _alarms(heard[row]) == (kind == "N")]
        what = "alarm" if kind == "N" else "missed"
        cells.append(f"{title} {what} {len(wrong)} of {len(of)}")
        faults += [f"    {rows[row]['say']!r} was heard as {_texts(heard[row])}" for row in wrong]
    print(f"{name:28}" + ", ".join(cells), flush=True)
    for fault in faults if show else []:
        print(fault)


TIERS = ("emergency", "urgent")


def _alarms(lines: list[dict[str, Any]]) -> bool:
    return any(line["intent"] == "danger_sign" for line in lines)


def _texts(lines: list[dict[str, Any]]) -> str:
    return " / ".join(f"{line['text']!r} ({line['intent']})" for line in lines)


if __name__ == "__main__":
    main()
