"""Settings reach what they are for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bedside.config import Config, MatchingConfig, NumbersConfig, RecognizerConfig
from bedside.errors import ContentError
from bedside.nlu.matcher import match
from bedside.resources import embedded_model
from bedside.wiring import every_fixed_text, load_content, load_model, load_words


def test_the_thresholds_of_the_settings_are_in_force() -> None:
    slip = "like cramp"
    assert match(slip, load_words(Config()), "idle").decision == "act"
    strict = load_words(Config(matching=MatchingConfig(act=99.0)))
    assert match(slip, strict, "idle").decision == "confirm"
    assert match("leg cramp", strict, "idle").decision == "act"


def test_the_numbers_of_the_settings_are_spoken() -> None:
    config = Config(numbers=NumbersConfig(emergency="999", maternity="020 111"))
    texts = every_fixed_text(config, load_content(config))
    assert any("9 9 9. Again: 9 9 9" in text for text in texts)
    assert any("0 2 0, 1 1 1" in text for text in texts)


def test_a_sentence_that_starts_no_routine_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "language: en\nintents:\n  start_routine:\n    data:\n"
        "      - sentences: [smart mirror]\n        slots: {routine: acute-calf-bet}\n"
    )
    with pytest.raises(ContentError, match=r"own\.yaml:\d+: .*'acute-calf-bet'.* Did you mean 'acute-calf-bed'"):
        load_content(Config(), intents=own)


def test_a_model_that_lacks_words_gives_way_to_the_embedded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poorer = tmp_path / "poorer"
    shutil.copytree(embedded_model(), poorer)
    words = poorer / "graph" / "words.txt"
    words.write_text(words.read_text().replace("\ncramp ", "\ncrampx "))
    monkeypatch.setenv("BEDSIDE_MODELS", str(tmp_path))
    (tmp_path / "current").write_text(f"{poorer}\n")
    content = load_content(Config())
    model, chosen = load_model(Config(), content)
    assert model.has_word("cramp")
    assert chosen.path == embedded_model()
    assert "does not know" in chosen.reason
    with pytest.raises(ContentError, match=r"intents\.yaml:\d+: .*'cramp'"):
        load_model(Config(recognizer=RecognizerConfig(model=str(poorer))), content)
