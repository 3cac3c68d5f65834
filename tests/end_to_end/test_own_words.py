"""A person's own intents file: other words start a routine, in any voice; what was not asked for starts nothing."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.log import check_shapes, meant, of, read_log
from tests.end_to_end.night import Bedroom, after, at

RECORDINGS = "BEDSIDE_RECORDINGS"

OWN = {"acute-calf-bed": ["smart mirror", "computer"], "recovery": ["view glass"], "acute-calf-standing": ["snowboy"]}


@pytest.fixture
def intents(tmp_path: Path) -> Path:
    data = [{"slots": {"routine": routine}, "sentences": words} for routine, words in OWN.items()]
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump({"language": "en", "intents": {"start_routine": {"data": data}}}))
    return file


def bedside(bedroom: Bedroom, *arguments: object) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bedside", *map(str, arguments), "--json", "--config", str(bedroom.config_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    return read_log(done.stdout)


@pytest.mark.parametrize("voice", ["slt", "rms", "awb"])
@pytest.mark.parametrize(("words", "routine"), [(words[0], routine) for routine, words in OWN.items()])
def test_own_words_start_their_routine(bedroom: Bedroom, intents: Path, words: str, routine: str, voice: str) -> None:
    heard = bedside(bedroom, "hear", bedroom.clip(f"{words}/{voice}"), "--intents", intents)
    assert [(line["intent"], line["slots"]) for line in heard] == [("start_routine", {"routine": routine})]


def test_a_night_with_own_words_still_knows_stop_and_danger(bedroom: Bedroom, intents: Path) -> None:
    scene = bedroom.scene(
        40, at(1.0, "view glass"), after("say", "stop", wait=1.0), at(12.0, "leg cramp"), at(16.0, "i can't breathe")
    )
    log = bedside(bedroom, "simulate", scene, "--intents", intents)
    check_shapes(log)
    assert of(log, "session", state="started")[0]["routine"] == "recovery"
    assert of(log, "silenced", by="stop")
    assert "leg_cramp" not in meant(log)
    assert of(log, "alert", sign="breathing")


def test_people_say_their_own_words(bedroom: Bedroom, intents: Path) -> None:
    if RECORDINGS not in os.environ:
        pytest.skip(f"set {RECORDINGS} to a folder with manifest.csv (file, label) and recordings in phrases/")
    audio = Path(os.environ[RECORDINGS])
    meanings = {words: routine for routine, phrases in OWN.items() for words in phrases}
    with (audio / "manifest.csv").open(encoding="utf-8") as manifest:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(manifest) if row["file"].startswith("phrases/")]
    labels = {str(audio / file): label for file, label in rows if label in meanings}
    assert labels, "no recording of these words"
    outcomes = Counter[bool | None]()
    for line in bedside(bedroom, "hear", *labels, "--intents", intents):
        right = line["slots"] == {"routine": meanings[labels[line["file"]]]} if line["intent"] else None
        outcomes[right] += 1
    assert outcomes[True] >= 0.85 * len(labels), outcomes
    assert outcomes[False] <= 0.03 * len(labels), outcomes
