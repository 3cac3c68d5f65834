from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.audio.block import BLOCK, RATE, Samples
from bedside.audio.levels import active_level_dbfs, rms_dbfs
from bedside.audio.scene import Echo, Noise, Say, Scene, Trigger
from bedside.audio.simulated_room import SimulatedRoom, Spoken
from tests.audio.sounds import chirp, tone


def hear(room: SimulatedRoom, speaker: Samples | None = None) -> Samples:
    """What the microphone hears while `speaker` is played from the start on."""
    heard = []
    with room:
        while (block := room.read()) is not None:
            heard.append(block)
            if speaker is not None:
                start = (len(heard) - 1) * BLOCK
                played = np.zeros(BLOCK, dtype=np.float32)
                piece = speaker[start : start + BLOCK]
                played[: len(piece)] = piece
                room.write(played)
    return np.concatenate(heard)


def voice(level: float, seconds: float = 1.0, seed: int = 0) -> Samples:
    """Noise in the place of speech: its level is the same in every frame."""
    random = np.random.default_rng(seed)
    return (level * random.standard_normal(round(seconds * RATE))).astype(np.float32)


def test_clips_sound_at_their_time_and_overlap() -> None:
    first, second = tone(0.5, level=0.2), chirp(0.5, level=0.2)
    room = SimulatedRoom(Scene(2.005, (Say("a", first, at=0.5003), Say("b", second, at=0.7, gain_db=-6.0))))
    heard = hear(room)
    expected = np.zeros(len(heard), dtype=np.float32)
    expected[8005 : 8005 + 8000] += first
    expected[11200 : 11200 + 8000] += second * np.float32(10 ** (-6 / 20))
    np.testing.assert_allclose(heard, expected, atol=1e-6)
    assert len(heard) == 201 * BLOCK
    assert room.spoken == [Spoken("a", 8005 / RATE, 16005 / RATE), Spoken("b", 0.7, 1.2)]


def test_the_clock_counts_blocks() -> None:
    with SimulatedRoom(Scene(1.0)) as room:
        assert room.now == 0.0
        times = []
        while room.read() is not None:
            times.append(room.now)
    assert times == [index / 100 for index in range(100)]
    assert not room.realtime


def test_an_answer_waits_for_the_first_matching_event_after_the_clip_before_it() -> None:
    clip = tone(0.5)
    heel = Trigger(event="say", match="heel")
    room = SimulatedRoom(
        Scene(5.0, (Say("a", clip, at=0.0), Say("b", clip, after=heel, wait=0.3), Say("c", clip, after=heel)))
    )
    log = {
        0.2: {"event": "say", "text": "heel, while the first clip sounds"},
        1.0: {"event": "say", "text": "toes"},
        1.2: {"event": "hold", "text": "heel"},
        1.5: {"event": "say", "text": "x", "step": "heel/2"},
        2.0: {"event": "say", "text": "heel, while the answer sounds"},
        3.0: {"event": "say", "text": "heel"},
    }
    while room.read() is not None:
        if room.now in log:
            room.observe({"t": room.now, **log[room.now]})
    assert [(spoken.file, spoken.start) for spoken in room.spoken] == [("a", 0.0), ("b", 1.8), ("c", 3.01)]


def test_an_answer_never_begins_in_the_past() -> None:
    room = SimulatedRoom(Scene(2.0, (Say("a", tone(0.5), after=Trigger(event="say")),)))
    for _ in range(100):
        room.read()
    room.observe({"t": 0.25, "event": "say"})
    assert hear(room)[:BLOCK].any()
    assert room.spoken[0].start == 1.0


@pytest.mark.parametrize("rt60", [0.0, 0.3])
@pytest.mark.parametrize("gain_db", [-6.0, 10.0])
def test_the_echo_has_its_level_relative_to_the_loudest_clip(gain_db: float, rt60: float) -> None:
    says = (Say("soft", voice(0.01), at=9.0), Say("loud", voice(0.02), at=9.0, gain_db=-3.0))
    person = active_level_dbfs(voice(0.02)) - 3.0
    speaker = voice(0.1, 2.0, seed=1)
    scene = Scene(4.0, says, Echo(gain_db=gain_db, delay_ms=45, rt60=rt60))
    echo = hear(SimulatedRoom(scene, speaker_level_dbfs=active_level_dbfs(speaker)), speaker)
    assert rms_dbfs(echo[8000:32000]) == pytest.approx(person + gain_db, abs=1.0)
    # The path is fixed: a louder assistant is a louder echo.
    louder = hear(SimulatedRoom(scene, speaker_level_dbfs=active_level_dbfs(speaker)), speaker * 2)
    np.testing.assert_allclose(louder, np.clip(2 * echo, -1, 1), atol=1e-4)


@pytest.mark.parametrize(("delay_ms", "samples"), [(0, 160), (10, 160), (45, 720), (300, 4800)])
def test_the_echo_comes_after_its_delay(delay_ms: int, samples: int) -> None:
    click = np.zeros(BLOCK, dtype=np.float32)
    click[3] = 0.5
    echo = hear(SimulatedRoom(Scene(1.0, echo=Echo(gain_db=0, delay_ms=delay_ms)), speaker_level_dbfs=-26), click)
    assert np.flatnonzero(np.abs(echo) > 1e-6).tolist() == [3 + samples]


def test_reverberation_dies_away_by_60_db_in_its_time() -> None:
    click = np.array([0.9], dtype=np.float32)
    scene = Scene(2.0, echo=Echo(gain_db=0, delay_ms=10, rt60=0.5), seed=3)
    echo = hear(SimulatedRoom(scene, speaker_level_dbfs=-26.0), click)[BLOCK + 1 :]
    early, late = rms_dbfs(echo[:800]), rms_dbfs(echo[6400:7200])
    assert early - late == pytest.approx(60 * 6400 / 8000, abs=3.0)
    assert not echo[8000:].round(7).any()


def test_blockwise_reverberation_is_the_plain_convolution() -> None:
    scene = Scene(1.5, echo=Echo(gain_db=0, delay_ms=30, rt60=0.1), seed=5)
    click = np.array([1.0], dtype=np.float32)
    response = hear(SimulatedRoom(scene), click)[:3000]
    sound = chirp(1.0, level=0.1)
    expected = np.convolve(sound, response)[:24_000]
    np.testing.assert_allclose(hear(SimulatedRoom(scene), sound)[: len(expected)], expected, atol=1e-5)


def test_noise_is_repeated_to_the_end_at_its_level() -> None:
    person, noise = voice(0.1), voice(0.7, 0.333, seed=2)
    scene = Scene(3.0, (Say("p", person, at=9.0),), noise=Noise(noise, -20.0))
    heard = hear(SimulatedRoom(scene))
    assert rms_dbfs(heard) == pytest.approx(active_level_dbfs(person) - 20.0, abs=0.1)
    np.testing.assert_allclose(heard[len(noise) : 2 * len(noise)], heard[: len(noise)])


def test_without_echo_and_noise_there_is_none() -> None:
    assert not hear(SimulatedRoom(Scene(1.0)), tone(1.0)).any()


def test_the_recording_has_the_microphone_left_and_the_speaker_right(tmp_path: Path) -> None:
    speaker = tone(0.7, level=0.4)
    scene = Scene(1.0, (Say("a", chirp(0.5), at=0.2),), Echo(gain_db=-10, delay_ms=20))
    heard = hear(SimulatedRoom(scene, tmp_path / "night.wav"), speaker)
    recording, rate = soundfile.read(tmp_path / "night.wav", dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(recording[:, 0], heard, atol=1e-4)
    np.testing.assert_allclose(recording[: len(speaker), 1], speaker, atol=1e-4)
    assert not recording[len(speaker) :, 1].any()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 3), st.floats(-20, 10), st.floats(0, 200), st.floats(0, 0.5), st.lists(st.floats(0, 1), max_size=3)
)
def test_the_same_scene_twice_sounds_the_same(
    seed: int, gain_db: float, delay_ms: float, rt60: float, times: list[float]
) -> None:
    scene = Scene(
        1.2,
        tuple(Say("a", chirp(0.3), at=time) for time in times),
        Echo(gain_db=gain_db, delay_ms=delay_ms, rt60=rt60),
        Noise(voice(0.1, 0.2), -15.0),
        seed,
    )
    speaker = tone(1.0)
    first, second = hear(SimulatedRoom(scene), speaker), hear(SimulatedRoom(scene), speaker)
    assert np.array_equal(first, second)
    assert np.abs(first).max() <= 1.0
