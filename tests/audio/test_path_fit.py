"""The way from the speaker to the microphone is found from half a second of sound, and people do not spoil it."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.block import BLOCK, RATE, Samples, silence
from bedside.audio.path_fit import SIZES, PathFit
from tests.audio.sounds import speech_like

REACH = 3200
WORK = 80000


def way(seed: int) -> Samples:
    """A short room: the direct sound after 20 ms, and what follows it."""
    tail = np.random.default_rng(seed).standard_normal(REACH) * np.exp(-np.arange(REACH) / 400)
    response = np.concatenate((np.zeros(320), 0.1 * tail))[:REACH]
    response[320] = 1.0
    return response.astype(np.float32)


def fed(fit: PathFit, voice: Samples, microphone: Samples, usable: bool = True) -> PathFit:
    for start in range(0, len(voice) - BLOCK + 1, BLOCK):
        part = slice(start, start + BLOCK)
        fit.note(microphone[part], voice[part], usable)
        fit.work(WORK)
    return fit


def heard(voice: Samples, response: Samples) -> Samples:
    return np.convolve(voice, response)[: len(voice)].astype(np.float32)


def left_db(fit: PathFit, response: Samples) -> float:
    """How much of another sound's echo would be left."""
    voice = speech_like(2.0, 9)
    echo = heard(voice, response)
    return 10.0 * float(np.log10(np.sum((echo - heard(voice, fit.path)) ** 2) / np.sum(echo**2)))


@pytest.mark.parametrize(("seconds", "at_most"), [(0.5, -8.0), (2.0, -25.0)])
def test_the_path_is_found_soon(seconds: float, at_most: float) -> None:
    voice = speech_like(seconds, 1)
    assert left_db(fed(PathFit(REACH), voice, heard(voice, way(1))), way(1)) < at_most


def test_a_person_over_the_voice_does_not_spoil_it() -> None:
    voice = speech_like(2.5, 1)
    microphone = heard(voice, way(1))
    word = slice(RATE, round(1.5 * RATE))
    microphone[word] += speech_like(0.5, 2) * np.float32(2.0)
    assert left_db(fed(PathFit(REACH), voice, microphone), way(1)) < -16.0


def test_what_was_overloaded_is_not_gone_by() -> None:
    voice = speech_like(2.0, 1)
    fit = fed(PathFit(REACH), voice, heard(voice, way(1)))
    fed(fit, voice, np.ones_like(voice), usable=False)
    assert left_db(fit, way(1)) < -20.0


def test_after_forgetting_another_path_is_found() -> None:
    voice = speech_like(2.0, 1)
    fit = fed(PathFit(REACH), voice, heard(voice, way(1)))
    fit.forget()
    fed(fit, voice, heard(voice, -way(2)))
    assert left_db(fit, -way(2)) < -20.0


def test_silence_is_no_echo() -> None:
    fit = fed(PathFit(REACH), silence(), silence())
    assert np.isfinite(fit.path).all()
    voice = speech_like(1.0, 1)
    fed(fit, voice, np.zeros_like(voice))
    assert float(np.abs(fit.path).max()) == 0.0


def test_work_is_spread_evenly() -> None:
    """A block costs what it was allowed, not a whole solution at once."""
    voice = speech_like(4.0, 1)
    fit = fed(PathFit(REACH), voice, heard(voice, way(1)))
    news = [fit.work(SIZES[-1] // 4) for _ in range(200)]
    assert 1 <= sum(news) <= 3
