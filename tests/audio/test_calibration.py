"""How the microphone hears the speaker, measured over the simulated room: what was put in comes out."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.block import BLOCK_SECONDS, RATE, Samples
from bedside.audio.calibration import Echo, listen_to_itself, measure, probe_sound, recommend
from bedside.audio.levels import active_level_dbfs, amplitude
from bedside.audio.scene import Echo as Way
from bedside.audio.scene import Noise, Scene
from bedside.audio.simulated_room import NOBODY_DBFS, SimulatedRoom
from tests.audio.sounds import speech_like

SPEAKER_DBFS = -23.0


def room(delay: float, gain_db: float, rt60: float, noise_db: float | None, seed: int = 1) -> SimulatedRoom:
    """gain_db: echo above the level of a person (-26 dBFS), noise_db: the noise too."""
    white = np.random.default_rng(seed).standard_normal(20 * RATE).astype(np.float32) * np.float32(0.05)
    noise = None if noise_db is None else Noise(white, noise_db)
    way = Way(gain_db=gain_db, delay_ms=1000 * delay, rt60=rt60)
    return SimulatedRoom(Scene(duration=15.0, says=(), noise=noise, echo=way, seed=seed), None, SPEAKER_DBFS)


def sound() -> Samples:
    return probe_sound(speech_like(2.5, 3, amplitude(SPEAKER_DBFS)))


def measured(end: SimulatedRoom) -> Echo:
    with end:
        return measure(*listen_to_itself(end, sound()))


@pytest.mark.parametrize("delay", [0.01, 0.085, 0.237, 0.62, 1.0])
@pytest.mark.parametrize(("gain_db", "rt60", "noise_db"), [(-20, 0.0, None), (-10, 0.5, -30), (-40, 0.3, -45)])
def test_the_delay_is_found_to_the_block(delay: float, gain_db: float, rt60: float, noise_db: float | None) -> None:
    echo = measured(room(delay, gain_db, rt60, noise_db))
    assert echo.delay == pytest.approx(delay, abs=BLOCK_SECONDS)
    assert not echo.clipped


@pytest.mark.parametrize(("gain_db", "noise_db"), [(-10.0, -30.0), (-30.0, -40.0), (-30.0, -32.0)])
def test_the_levels_are_those_of_the_room(gain_db: float, noise_db: float) -> None:
    echo = measured(room(0.1, gain_db, 0.3, noise_db))
    # Of white noise 1.4 dB lie outside the band.
    assert echo.noise_dbfs == pytest.approx(NOBODY_DBFS + noise_db - 1.4, abs=0.5)
    path_db = NOBODY_DBFS + gain_db - SPEAKER_DBFS
    assert echo.level_dbfs == pytest.approx(active_level_dbfs(sound()) + path_db, abs=1.5)


@pytest.mark.parametrize("seed", range(10))
def test_noise_alone_is_no_echo(seed: int) -> None:
    echo = measured(room(0.1, -120.0, 0.0, 0.0, seed))
    assert echo.delay is None
    assert echo.level_dbfs == -120.0


def test_nothing_at_all_is_no_echo() -> None:
    assert measure(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)).delay is None
    assert measured(room(0.1, -120.0, 0.0, None)) == Echo(None, -120.0, -120.0, False)


def test_somebody_who_speaks_meanwhile_is_no_echo() -> None:
    played, heard = np.zeros(6 * RATE, dtype=np.float32), speech_like(6.0, 8, 0.1)
    played[RATE : RATE + len(sound())] = sound()[: 5 * RATE]
    assert measure(played, heard).delay is None


def test_an_overloaded_microphone_is_told() -> None:
    assert measured(room(0.05, 30.0, 0.0, None)).clipped


def test_a_device_with_an_offset_and_hum_is_not_noisy() -> None:
    time = np.arange(4 * RATE) / RATE
    heard = (0.1 + 0.1 * np.sin(2 * np.pi * 50 * time)).astype(np.float32)
    assert measure(np.zeros_like(heard), heard).noise_dbfs < -90


@pytest.mark.parametrize(
    ("level", "noise", "gain_db", "wanted", "enough"),
    [
        (-40, -60, 0, (0, 0), True),
        (-34.5, -60, 0, (0, -5), True),
        (-30, -80, 0, (0, -12), True),
        (-45, -60, 0, (5, 0), True),
        (-50, -60, 0, (6, 0), False),
        (-50, -60, 8, (8, 0), False),
    ],
)
def test_the_night_is_as_soft_as_it_is_clear(
    level: float, noise: float, gain_db: float, wanted: tuple[float, float], enough: bool
) -> None:
    volume = recommend(Echo(0.1, level, noise, False), gain_db, 6.0)
    assert (volume.gain_db, volume.night_db) == wanted
    assert volume.enough is enough


def test_an_overloaded_microphone_gets_nothing_louder() -> None:
    assert recommend(Echo(0.1, -50, -60, True), 0.0, 6.0).gain_db == 0.0
