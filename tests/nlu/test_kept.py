"""Sentences that are kept are those that are made, and never out of date."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.nlu.intents import IntentSet, load_intents
from bedside.nlu.kept import FILE

OWN = """language: en
intents:
  easing:
    data:
      - sentences: ["it is (better|{side} now)", "[much] easier"]
lists:
  side: {values: [left, {in: right hand, out: right}]}
decoys: ["i am (asleep|awake)"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(OWN)
    return file


def fresh(file: Path | None, kept: Path | None) -> IntentSet:
    """As at another start."""
    load_intents.cache_clear()
    return load_intents(file, kept)


def everything(intents: IntentSet) -> object:
    return intents.everything, intents.slot_words, intents.scope_thresholds, intents.unheard


@pytest.mark.parametrize("shipped", [True, False])
def test_kept_sentences_are_those_that_are_made(own: Path, tmp_path: Path, shipped: bool) -> None:
    file = None if shipped else own
    made, first, again = fresh(file, None), fresh(file, tmp_path), fresh(file, tmp_path)
    assert everything(first) == everything(made)
    assert everything(again) == everything(made)
    assert type(again.everything[0].file) is type(made.everything[0].file)


def test_they_are_taken_from_the_file(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(own, tmp_path)
    monkeypatch.setattr("bedside.nlu.reading.read_sentences", lambda *_: pytest.fail("made anew"))
    assert fresh(own, tmp_path).everything


def test_another_word_is_in_force_at_once(own: Path, tmp_path: Path) -> None:
    fresh(own, tmp_path)
    own.write_text(OWN.replace("easier", "lighter"))
    texts = {sentence.text for sentence in fresh(own, tmp_path).everything}
    assert "much lighter" in texts
    assert "much easier" not in texts


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "no text", "a folder"])
def test_what_is_damaged_is_made_anew(own: Path, tmp_path: Path, damage: str) -> None:
    made = fresh(own, tmp_path)
    file = tmp_path / FILE
    content = file.read_bytes()
    assert b"much easier" in content
    damaged = {
        "cut": content[:-10],
        "changed": content.replace(b"much easier", b"much harder"),
        "empty": b"",
        "no text": b"\xff\xfe\n\x00",
    }
    if damage == "a folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(damaged[damage])
    assert everything(fresh(own, tmp_path)) == everything(made)
    if damage != "a folder":
        assert file.read_bytes() == content


def test_where_nothing_can_be_kept_they_are_made(own: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    assert everything(fresh(own, blocked)) == everything(fresh(own, None))
    assert list(tmp_path.glob("*.part")) == []
