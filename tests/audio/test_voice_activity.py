from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from bedside.audio.block import BLOCK, silence
from bedside.audio.voice_activity import VoiceActivity
from bedside.audio.wavfiles import read_clip


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """Blocks of a synthetic voice that says something, between half seconds of silence."""
    path: Path = tmp_path_factory.mktemp("voice") / "said.wav"
    subprocess.run(["espeak-ng", "-w", str(path), "my leg is cramping"], check=True)
    clip = read_clip(path)
    gap = np.zeros(8000, dtype=np.float32)
    whole = np.concatenate([gap, clip, np.zeros(-len(clip) % BLOCK, dtype=np.float32), gap])
    return np.split(whole, len(whole) // BLOCK)


def test_a_voice_is_told_from_silence(speech: list[np.ndarray]) -> None:
    detector = VoiceActivity()
    voiced = [detector(block) for block in speech]
    assert not any(voiced[:50])
    assert sum(voiced[50:-50]) > 0.6 * len(voiced[50:-50])
    assert not any(voiced[-20:])


def test_hangover_holds_on_for_as_long_as_told(speech: list[np.ndarray]) -> None:
    plain, holding = VoiceActivity(), VoiceActivity(hangover=0.1)
    without = [plain(block) for block in speech]
    with_hangover = [holding(block) for block in speech]
    last = len(without) - 1 - without[::-1].index(True)
    assert with_hangover[last + 1 : last + 11] == [True] * 10
    assert not any(with_hangover[last + 11 :])


def test_reset_ends_the_hangover(speech: list[np.ndarray]) -> None:
    detector = VoiceActivity(hangover=10.0)
    heard = [detector(block) for block in speech]
    assert any(heard)
    detector.reset()
    assert not detector(silence())


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="aggressiveness"):
        VoiceActivity(4)
    with pytest.raises(ValueError, match="samples"):
        VoiceActivity()(np.zeros(100, dtype=np.float32))
