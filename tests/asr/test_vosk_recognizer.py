"""The real libvosk with the embedded model."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bedside.asr.recognizer import UNKNOWN
from bedside.asr.vosk_recognizer import VoskModel, VoskRecognizer
from bedside.errors import ModelError
from bedside.resources import embedded_model

from .speech import blocks, quiet, spoken

PHRASES = ["leg cramp", "stop", "my leg is cramping", "slower", "good night"]


@pytest.fixture(scope="module")
def model() -> VoskModel:
    return VoskModel(embedded_model())


def feed(recognizer: VoskRecognizer, text: str) -> None:
    for block in blocks(quiet(0.5), spoken(text), quiet(0.3)):
        recognizer.accept(block)


@pytest.mark.parametrize("text", PHRASES)
def test_hears_a_phrase_with_times(model: VoskModel, text: str) -> None:
    recognizer = model.recognizer(PHRASES)
    feed(recognizer, text)
    words = recognizer.finish()
    assert words.text == text
    assert words.words[0].start > 0.4
    assert words.words[-1].end < 0.5 + len(spoken(text)) / 16_000 + 0.1
    assert all(word.start < word.end for word in words.words)
    assert 0.0 < words.confidence <= 1.0


def test_partial_grows_while_somebody_speaks(model: VoskModel) -> None:
    recognizer = model.recognizer(PHRASES)
    partials = []
    for block in blocks(quiet(0.3), spoken("my leg is cramping"), quiet(0.3)):
        recognizer.accept(block)
        partials.append(recognizer.partial())
    assert partials[0] == ""
    assert "my leg" in partials
    assert partials[-1] == "my leg is cramping"


def test_times_count_from_each_utterance_anew(model: VoskModel) -> None:
    recognizer = model.recognizer(PHRASES)
    ends = []
    for _ in range(3):
        feed(recognizer, "leg cramp")
        ends.append(recognizer.finish().words[-1].end)
    assert max(ends) - min(ends) < 0.1


def test_what_is_no_phrase_is_unknown(model: VoskModel) -> None:
    recognizer = model.recognizer(["stop", "good night"])
    feed(recognizer, "elephants balance porcelain umbrellas")
    words = recognizer.finish()
    assert UNKNOWN in words.text
    assert words.known == ()
    assert words.confidence == 0.0


def test_reset_forgets(model: VoskModel) -> None:
    recognizer = model.recognizer(PHRASES)
    feed(recognizer, "leg cramp")
    recognizer.reset()
    assert recognizer.finish().words == ()
    feed(recognizer, "stop")
    assert recognizer.finish().text == "stop"


def test_recognisers_of_one_model_do_not_disturb_each_other(model: VoskModel) -> None:
    first, second = model.recognizer(["leg cramp"]), model.recognizer(["stop"])
    for one in blocks(quiet(0.5), spoken("leg cramp"), quiet(0.3)):
        first.accept(one)
        second.accept(one[::-1].copy())
    feed(second, "stop")
    assert first.finish().text == "leg cramp"
    assert second.finish().text.endswith("stop")


def test_silence_says_nothing(model: VoskModel) -> None:
    recognizer = model.recognizer(PHRASES)
    for block in blocks(quiet(2.0)):
        recognizer.accept(block)
    assert recognizer.partial() == ""
    assert recognizer.finish().words == ()


def test_knows_its_words(model: VoskModel) -> None:
    assert model.has_word("cramp")
    assert model.has_word("can't")
    assert not model.has_word("hippopotamuses")


def test_a_grammar_needs_phrases(model: VoskModel) -> None:
    with pytest.raises(ValueError, match="phrase"):
        model.recognizer([])


def test_libvosk_keeps_off_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    loaded = VoskModel(embedded_model())
    feed(loaded.recognizer(["leg cramp", "hippopotamuses"]), "leg cramp")
    assert capfd.readouterr() == ("", "")


def test_a_relative_folder_works_whatever_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").symlink_to(embedded_model())
    monkeypatch.chdir(tmp_path)
    assert VoskModel(Path("here")).folder == embedded_model().resolve()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder here"):
        VoskModel(tmp_path / "nowhere")


def test_an_empty_folder_is_an_error_and_silent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError, match="cannot read this model") as caught:
        VoskModel(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_loads_with_standard_error_closed(tmp_path: Path) -> None:
    kept = os.dup(2)
    os.close(2)
    try:
        assert VoskModel(embedded_model()).has_word("stop")
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def test_a_model_may_be_moved_while_it_is_loaded(tmp_path: Path) -> None:
    shutil.copytree(embedded_model(), tmp_path / "model")
    loaded = VoskModel(tmp_path / "model")
    shutil.rmtree(tmp_path / "model")
    recognizer = loaded.recognizer(["stop"])
    feed(recognizer, "stop")
    assert recognizer.finish().text == "stop"
