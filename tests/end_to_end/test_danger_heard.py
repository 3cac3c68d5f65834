"""Danger told in words that nobody wrote down beforehand is heard; other talk of the same words is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bedside.nlu.heard import load_heard
from tests.end_to_end.night import Bedroom

DANGER = {
    "my chest is really tight and i cannot get air": "emergency",
    "my waters have gone and there is something hanging out of me": "emergency",
    "she has gone limp and she won't answer me": "emergency",
    "there is blood running down my legs and it won't stop": "emergency",
    "my left calf is swollen and it feels hot": "urgent",
    "i have not felt the baby move since this morning": "urgent",
    "my head has been pounding all night and i see spots": "urgent",
}
HARMLESS = [
    "could you close the window please it is getting cold",
    "the baby is kicking a lot tonight and i can't sleep",
    "my mother had a blood clot twenty years ago",
    "turn off the television and come to bed",
]


def hear(bedroom: Bedroom, sentences: list[str], voice: str) -> dict[str, list[dict[str, Any]]]:
    files = {str(bedroom.clip(f"{sentence}/{voice}")): sentence for sentence in sentences}
    command = [sys.executable, "-m", "bedside", "hear", "--json", "--config", str(bedroom.config_file), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    heard: dict[str, list[dict[str, Any]]] = {sentence: [] for sentence in sentences}
    for line in map(json.loads, done.stdout.splitlines()):
        heard[files[line["file"]]].append(line)
    return heard


@pytest.fixture(scope="module")
def bedroom(tmp_path_factory: pytest.TempPathFactory) -> Bedroom:
    return Bedroom(Path(tmp_path_factory.mktemp("danger")))


def test_none_of_these_sentences_was_learnt() -> None:
    assert not load_heard().kinds.keys() & {*DANGER, *HARMLESS}


@pytest.mark.parametrize("voice", ["slt", "rms"])
def test_danger_in_free_words_is_heard(bedroom: Bedroom, voice: str) -> None:
    heard = hear(bedroom, list(DANGER), voice)
    found = {
        text: [line["slots"]["tier"] for line in lines if line["intent"] == "danger_sign"]
        for text, lines in heard.items()
    }
    assert found == {text: [tier] for text, tier in DANGER.items()}


@pytest.mark.parametrize("voice", ["slt", "rms"])
def test_other_talk_is_none(bedroom: Bedroom, voice: str) -> None:
    heard = hear(bedroom, HARMLESS, voice)
    assert [line["text"] for lines in heard.values() for line in lines if line["intent"] == "danger_sign"] == []
