"""Every mistake in danger.yaml, everyday.yaml and speech.yaml is told with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bedside.errors import ContentError
from bedside.nlu.meaning import load_meanings
from bedside.nlu.sound import sound_key
from bedside.nlu.text import load_speech
from bedside.resources import content_folder

DANGER = """\
concepts:
  leg: [leg, calf]
findings: [red]
clauses: ["but"]
shadows:
  - kind: negation
    when: ["not"]
    reach: 3
corrections: ["wait"]
signs:
  - sign: leg_redness
    tier: urgent
    when:
      - "<leg> & red"
      - "(my|her) <leg> .. (hot|too warm)"
"""
EVERYDAY = """\
concepts:
  cramp_word: [cramp]
meanings:
  - intent: leg_cramp
    when: ["<leg> & <cramp_word>"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "danger.yaml").write_text(DANGER)
    (tmp_path / "everyday.yaml").write_text(EVERYDAY)
    shutil.copy(content_folder() / "speech.yaml", tmp_path)
    return tmp_path


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_the_small_files_are_sound(folder: Path) -> None:
    meanings = load_meanings(folder)
    found = meanings.danger("her calf is too warm")
    assert found is not None
    assert found.sign == "leg_redness"
    assert meanings.danger("her calf is cool") is None
    assert meanings.danger("not red my leg") is None
    assert meanings.everyday("a cramp in the leg", "idle") is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "word"),
    [
        ("danger.yaml", "signs:\n", "sings:\n", 10, "did you mean 'signs'"),
        ("danger.yaml", "tier: urgent", "tier: bad", 12, "one of emergency, urgent"),
        ("danger.yaml", "sign: leg_redness", "sign: Leg Redness", 11, "pattern"),
        ("danger.yaml", "kind: negation", "kind: no", 6, "negation"),
        ("danger.yaml", "reach: 3", "reach: far", 8, "whole number"),
        ("danger.yaml", "leg: [leg, calf]", "leg: []", 2, "empty"),
        ("danger.yaml", "leg: [leg, calf]", "leg: [leg, <clf>]", 2, "unknown concept <clf>"),
        ("danger.yaml", "<leg> & red", "<lge> & red", 14, "did you mean 'leg'"),
        ("danger.yaml", "<leg> & red", "<leg> & ..", 14, "empty part"),
        ("danger.yaml", "(my|her) <leg>", "my|her <leg>", 15, "brackets round the alternatives: (my|her)"),
        ("danger.yaml", "(hot|too warm)", "(hot|too warm", 15, "do not match"),
        ("danger.yaml", "(my|her)", "(my?|her)", 15, "behind the whole item"),
        ("danger.yaml", 'when: ["not"]', 'when: ["<nto>"]', 7, "unknown concept <nto>"),
        ("danger.yaml", 'clauses: ["but"]', 'clauses: ["<buut>"]', 4, "unknown concept <buut>"),
        ("everyday.yaml", "<cramp_word>", "<cramp_wrod>", 5, "did you mean 'cramp_word'"),
        ("everyday.yaml", "intent: leg_cramp", "intent: leg_crmap", 4, "did you mean 'leg_cramp'"),
        ("everyday.yaml", "when:", "wehn:", 5, "did you mean 'when'"),
        ("everyday.yaml", "meanings:\n", "meanings: []\nx:\n", 4, "unknown key 'x'"),
        ("speech.yaml", "fillers:", "filers:", None, "did you mean 'fillers'"),
        ("speech.yaml", "  - um\n", "  - [um]\n", None, "needs a text"),
    ],
)
def test_mistakes_name_file_and_line(file: str, old: str, new: str, line: int | None, word: str, folder: Path) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(ContentError) as caught:
        load_meanings(folder)
    assert caught.value.file == str(folder / file)
    if line is None:  # speech.yaml is the shipped one, which grows
        text = (folder / file).read_text().splitlines()
        line = text.index(new.rstrip()) + 1
    assert caught.value.line == line
    assert word.lower() in str(caught.value).lower()


def test_how_words_sound_is_content_too(tmp_path: Path) -> None:
    shutil.copy(content_folder() / "speech.yaml", tmp_path)
    spoil(tmp_path / "speech.yaml", '"augh|ough": "of"', '"augh|(ough": "of"')
    with pytest.raises(ContentError, match=r"speech\.yaml:\d+: .*no regular expression"):
        load_speech(tmp_path / "speech.yaml")


def test_a_slip_sounds_like_what_was_meant() -> None:
    assert sound_key("lake cramp") == sound_key("leg cramp") == "lk krmp"
