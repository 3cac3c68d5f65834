from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.levels import (
    SILENCE_DBFS,
    active_level_dbfs,
    active_span,
    amplitude,
    decibels,
    rms_dbfs,
)
from tests.audio.sounds import tone


def test_a_full_scale_sine_has_minus_three() -> None:
    assert rms_dbfs(tone(1.0, level=1.0)) == pytest.approx(-3.01, abs=0.01)
    assert decibels(amplitude(-17.0)) == pytest.approx(-17.0)


def test_pauses_do_not_make_a_speaker_quieter() -> None:
    pause = np.zeros(16_000, dtype=np.float32)
    speech = tone(1.0, level=0.2)
    hiss = (np.random.default_rng(1).standard_normal(48_000) * 0.002).astype(np.float32)
    recording = np.concatenate([pause, speech, pause]) + hiss
    assert rms_dbfs(recording) < rms_dbfs(speech) - 4
    assert active_level_dbfs(recording) == pytest.approx(rms_dbfs(speech), abs=0.1)
    assert active_span(recording) == (16_000, 32_000)


def test_silence_has_no_speech() -> None:
    nothing = np.zeros(1000, dtype=np.float32)
    for sound in (nothing, nothing[:0]):
        assert active_level_dbfs(sound) == SILENCE_DBFS
        assert rms_dbfs(sound) == SILENCE_DBFS
        assert active_span(sound) == (0, 0)
