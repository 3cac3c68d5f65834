"""The listener with the real recogniser and the real voice activity detector."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.asr.endpoint import EndpointSettings
from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.asr.vosk_recognizer import VoskModel
from bedside.audio.block import BLOCK_SECONDS, RATE, Samples
from bedside.audio.levels import active_span
from bedside.audio.voice_activity import VoiceActivity
from bedside.resources import embedded_model

from .speech import blocks, quiet, spoken

IDLE = ["leg cramp", "my leg is cramping", "help me", "good night"]
SESSION = ["stop", "slower", "say that again", "it's better", "yes", "no"]


@pytest.fixture(scope="module")
def model() -> VoskModel:
    return VoskModel(embedded_model())


class Ear:
    def __init__(self, model: VoskModel, settings: EndpointSettings | None = None) -> None:
        self.listener = Listener(model, {"idle": IDLE, "session": SESSION}, settings)
        self.activity = VoiceActivity(2)
        self.now = 0.0

    def hear(self, *sounds: Samples) -> list[tuple[float, Hypothesis]]:
        came = []
        for block in blocks(*sounds):
            heard = self.listener.hear(block, self.activity(block), self.now)
            self.now += BLOCK_SECONDS
            came += [(self.now, hypothesis) for hypothesis in heard]
        return came


def finals(came: list[tuple[float, Hypothesis]]) -> list[str]:
    return [hypothesis.text for _, hypothesis in came if hypothesis.final]


@pytest.mark.parametrize("voice", ["slt", "rms"])
def test_hears_when_somebody_spoke_and_what(model: VoskModel, voice: str) -> None:
    speech = spoken("my leg is cramping", voice)
    begin, end = (1.5 + sample / RATE for sample in active_span(speech))
    came = Ear(model).hear(quiet(1.5), speech, quiet(1.5))
    assert finals(came) == ["my leg is cramping"]
    known, final = came[-1]
    assert final.speech_start == pytest.approx(begin, abs=0.15)
    assert final.speech_end == pytest.approx(end, abs=0.25)
    assert known - final.speech_end < 0.4
    assert final.confidence is not None
    assert 0.0 < final.confidence <= 1.0
    assert ("my leg is cramping", False) in [(h.text, h.final) for _, h in came]


def test_a_conversation_with_changing_grammars(model: VoskModel) -> None:
    ear = Ear(model)
    assert finals(ear.hear(quiet(2.0), spoken("leg cramp"), quiet(1.0))) == ["leg cramp"]
    ear.listener.use("session")
    assert finals(ear.hear(quiet(5.0), spoken("say that again"), quiet(1.0))) == ["say that again"]
    assert finals(ear.hear(quiet(0.5), spoken("stop"), quiet(1.0))) == ["stop"]
    ear.listener.use("idle")
    assert finals(ear.hear(quiet(0.2), spoken("good night"), quiet(1.0))) == ["good night"]


def test_an_utterance_keeps_the_grammar_it_began_with(model: VoskModel) -> None:
    ear = Ear(model)
    speech = spoken("my leg is cramping")
    middle = len(speech) // 320 * 160
    ear.hear(quiet(1.0), speech[:middle])
    ear.listener.use("session")
    assert finals(ear.hear(speech[middle:], quiet(1.0))) == ["my leg is cramping"]
    assert ear.listener.grammar == "session"


def test_a_word_in_loud_steady_noise(model: VoskModel) -> None:
    chance = np.random.default_rng(11)
    speech = np.concatenate((quiet(2.0), spoken("leg cramp"), quiet(3.0)))
    noise = np.cumsum(chance.standard_normal(len(speech)))
    noise = noise - np.convolve(noise, np.ones(400) / 400, "same")
    noisy = speech + (0.004 * noise / noise.std()).astype(np.float32)
    assert "leg cramp" in " | ".join(finals(Ear(model).hear(noisy)))


def test_other_speech_is_told_as_unknown(model: VoskModel) -> None:
    ear = Ear(model)
    came = ear.hear(quiet(1.0), spoken("elephants balance porcelain umbrellas"), quiet(1.5))
    assert finals(came)
    assert not set(finals(came)) & set(IDLE)


def test_silence_says_nothing(model: VoskModel) -> None:
    assert Ear(model).hear(quiet(20.0)) == []


def test_the_same_sound_gives_the_same_result_after_hours(model: VoskModel) -> None:
    ear = Ear(model, EndpointSettings())
    first = ear.hear(quiet(2.0), spoken("leg cramp"), quiet(2.0))
    ear.now += 3 * 3600.0
    again = ear.hear(quiet(2.0), spoken("leg cramp"), quiet(2.0))
    assert [(h.text, h.final) for _, h in first] == [(h.text, h.final) for _, h in again]
