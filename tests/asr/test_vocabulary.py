from __future__ import annotations

from pathlib import Path

import pytest

from bedside.asr.vocabulary import Origin, check_vocabulary
from bedside.asr.vosk_recognizer import VoskModel
from bedside.errors import ContentError
from bedside.resources import embedded_model

FILE = Path("mine.yaml")


@pytest.fixture(scope="module")
def model() -> VoskModel:
    return VoskModel(embedded_model())


def at(line: int, intent: str = "leg_cramp") -> Origin:
    return intent, FILE, line


def test_known_words_pass(model: VoskModel) -> None:
    check_vocabulary(model, {"leg": at(3), "cramp": at(3), "[unk]": at(4)})


def test_a_missing_word_is_named_with_its_place(model: VoskModel) -> None:
    with pytest.raises(ContentError) as caught:
        check_vocabulary(model, {"leg": at(3), "zzyzx": at(7, "stop")})
    assert caught.value.line == 7
    message = str(caught.value)
    assert message.startswith("mine.yaml:7: ")
    assert "'zzyzx' (intent stop, line 7)" in message
    assert "rebuild-model" in message
    assert "\n" not in message


def test_of_many_missing_words_the_first_five_are_named(model: VoskModel) -> None:
    words = {f"zzyzx{number}": at(10 + number) for number in range(8)}
    with pytest.raises(ContentError) as caught:
        check_vocabulary(model, {"leg": at(3), **words})
    message = str(caught.value)
    assert all(f"'zzyzx{number}'" in message for number in range(5))
    assert "'zzyzx5'" not in message
    assert "and 3 more" in message
    assert caught.value.line == 10
