"""`bedside match` as a program reads it: one JSON line for each line, at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BEDSIDE = [sys.executable, "-m", "bedside"]
KEYS = ["text", "intent", "slots", "score", "margin", "phrase", "decision"]


def match(*arguments: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*BEDSIDE, "match", *arguments], input=said, capture_output=True, timeout=120, check=False)


def test_json_of_one_text() -> None:
    done = match("my left calf is cramping", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert list(found) == KEYS
    assert (found["intent"], found["decision"]) == ("leg_cramp", "act")
    assert found["slots"] == {"side": "left", "part": "calf"}


def test_text_for_people_names_intent_and_decision() -> None:
    done = match("my chest hurts")
    assert b"danger_sign" in done.stdout
    assert b"emergency" in done.stdout
    assert b"act" in done.stdout
    assert b"{" not in done.stdout


def test_several_words_need_no_quotes() -> None:
    found = json.loads(match("my", "left", "calf", "is", "cramping", "--json").stdout)
    assert (found["text"], found["intent"]) == ("my left calf is cramping", "leg_cramp")


def test_what_only_means_something_in_a_session_says_so_to_people() -> None:
    hint = b"(in a session: easing; try --state session)"
    done = match("it's easing")
    assert done.stdout.startswith(b"nothing")
    assert hint in done.stdout
    assert hint not in match("it's easing", "--state", "session").stdout
    assert b"in a session" not in match("purple elephants dance").stdout
    assert json.loads(match("it's easing", "--json").stdout)["intent"] is None


def test_the_settings_say_which_words_and_how_sure(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "language: en\nintents:\n  help:\n    data:\n      - sentences: [purple banana]\n"
    )
    config = tmp_path / "config.yaml"
    config.write_text("intents: mine.yaml\n")
    said = ("purple bananas", "--json", "--config", str(config))
    assert json.loads(match(*said).stdout)["decision"] == "act"
    config.write_text("intents: mine.yaml\nmatching: {act: 100, confirm: 50}\n")
    assert json.loads(match(*said).stdout)["decision"] == "confirm"


def test_every_line_has_its_answer() -> None:
    """Blank lines, bytes that are no UTF-8, accents, a carriage return, a very long line, no last line end."""
    lines = [
        b"leg cramp",
        b"",
        b"   ",
        b"\xff\xfe\x80",
        "caf\u00e9 stop".encode(),
        b"stop\r",
        b"leg " * 50_000,
        b"louder",
    ]
    done = match("-", "--state", "session", said=b"\n".join(lines))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines)
    assert [list(each) for each in found] == [KEYS] * len(lines)
    assert [each["intent"] for each in found[:4]] == ["leg_cramp", None, None, None]
    assert found[5]["intent"] == "stop"
    assert found[7]["intent"] == "louder"


def test_each_answer_comes_before_the_next_question() -> None:
    with subprocess.Popen([*BEDSIDE, "match", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for said, intent in ((b"leg cramp\n", "leg_cramp"), (b"\n", None), (b"stop\n", "stop")):
            program.stdin.write(said)
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["intent"] == intent
        program.stdin.close()
        assert program.wait(timeout=60) == 0


@pytest.mark.parametrize(
    "text", ["nonsense: [", "language: en\nintents:\n  stpo:\n    data:\n      - sentences: [halt]\n"]
)
def test_a_mistake_in_the_file_is_one_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    done = match("halt", "--intents", str(file))
    assert done.returncode != 0
    assert done.stdout == b""
    assert b"mine.yaml:" in done.stderr
    assert b"Traceback" not in done.stderr
