"""The automatic gain: quiet rooms are brought up, loud sound is not cut off, nothing moves while somebody speaks."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.block import BLOCK, Block
from bedside.audio.gain import MOST, NOISE, PEAK, AutomaticGain
from bedside.audio.levels import amplitude, rms_dbfs


def noise(dbfs: float, blocks: int, seed: int = 1) -> list[Block]:
    chance = np.random.default_rng(seed)
    return [(chance.standard_normal(BLOCK) * amplitude(dbfs)).astype(np.float32) for _ in range(blocks)]


def tone(dbfs: float, blocks: int) -> list[Block]:
    t = np.arange(blocks * BLOCK) / 16000
    return list((np.sqrt(2) * amplitude(dbfs) * np.sin(2 * np.pi * 200 * t)).astype(np.float32).reshape(-1, BLOCK))


def after(gain: AutomaticGain, blocks: list[Block]) -> list[Block]:
    return [gain(block) for block in blocks]


@pytest.mark.parametrize(("room", "factor"), [(-74.0, 10 ** (6 / 20)), (-90.0, MOST), (-60.0, 1.0)])
def test_a_room_is_brought_up_to_the_same_noise(room: float, factor: float) -> None:
    gain = AutomaticGain()
    after(gain, noise(room, 300))
    assert gain.factor == pytest.approx(factor, rel=0.25)


def test_it_stands_still_while_somebody_speaks_quietly() -> None:
    gain = AutomaticGain()
    after(gain, noise(-76.0, 300))
    before = gain.factor
    spoken = after(gain, tone(-50.0, 200))
    assert gain.factor == pytest.approx(before, rel=0.25)
    assert rms_dbfs(np.concatenate(spoken)) > -50.0 + 4.0


def test_nobody_loud_is_cut_off() -> None:
    gain = AutomaticGain()
    after(gain, noise(-90.0, 300))
    spoken = np.concatenate(after(gain, tone(-6.0, 50)))
    assert float(np.abs(spoken).max()) <= PEAK + 1e-3
    assert gain.factor < 1.2


def test_after_somebody_loud_it_comes_back_slowly() -> None:
    gain = AutomaticGain()
    after(gain, noise(-90.0, 300))
    after(gain, tone(-6.0, 50))
    after(gain, noise(-90.0, 99))
    assert gain.factor < 1.2
    after(gain, noise(-90.0, 100))
    assert gain.factor == pytest.approx(MOST, rel=0.05)


def test_a_microphone_that_is_off_is_not_amplified_for_ever() -> None:
    gain = AutomaticGain()
    after(gain, [np.zeros(BLOCK, dtype=np.float32)] * 300)
    assert gain.factor == 1.0
    after(gain, noise(-50.0, 100))
    assert amplitude(-50.0) > NOISE
    assert gain.factor == 1.0


def test_nothing_jumps() -> None:
    gain = AutomaticGain()
    spoken = np.concatenate(after(gain, [*noise(-90.0, 300), *tone(-10.0, 30), *noise(-90.0, 50), *tone(-50.0, 50)]))
    assert float(np.abs(np.diff(spoken)).max()) < 0.066  # a full tone of 200 Hz has 0.063
