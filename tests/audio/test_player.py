from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.audio.block import BLOCK, RATE, Samples
from bedside.audio.levels import amplitude
from bedside.audio.player import AUDIBLE_DB, DUCK_DB, EDGE_FADE, Finished, Player, PlayerEvent, Silenced, Started
from tests.audio.sounds import tone


def play(player: Player, blocks: int, first: int = 0) -> tuple[Samples, list[PlayerEvent]]:
    """Run the player for `blocks` blocks, the first of which begins at `first` blocks on the clock."""
    made = [player.next_block((first + index) * BLOCK / RATE) for index in range(blocks)]
    return np.concatenate(made), player.take_events()


def test_a_clip_is_played_whole_and_reported_to_the_sample() -> None:
    player = Player()
    silence = np.zeros(100, dtype=np.float32)
    clip = np.concatenate([silence, tone(0.5, level=0.5)])
    player.start(clip, "a")
    sound, events = play(player, 60, first=200)
    assert [type(event) for event in events] == [Started, Finished]
    first = np.flatnonzero(np.abs(sound) >= np.abs(sound).max() * amplitude(AUDIBLE_DB))[0]
    assert events[0].t == pytest.approx(2.0 + first / RATE, abs=1e-9)
    assert events[1].t == pytest.approx(2.0 + len(clip) / RATE, abs=1e-9)
    middle = slice(BLOCK, len(clip) - BLOCK)
    np.testing.assert_allclose(sound[middle], clip[middle], atol=1e-6)
    assert not player.busy


def test_a_cut_clip_fades_within_30_ms_and_says_when_it_was_last_heard() -> None:
    player = Player()
    player.start(tone(2.0), "a")
    play(player, 50)
    assert player.cut()
    sound, events = play(player, 10, first=50)
    assert [type(event) for event in events] == [Silenced]
    assert not sound[480:].any()
    last = np.flatnonzero(np.abs(sound) >= 0.3 * amplitude(AUDIBLE_DB))[-1]
    assert events[0].t == pytest.approx(0.5 + last / RATE, abs=1e-9)
    assert not player.busy


def test_what_was_not_heard_yet_is_dropped_without_a_word() -> None:
    player = Player()
    player.start(tone(1.0), "a")
    assert not player.cut()
    sound, events = play(player, 5)
    assert not sound.any()
    assert events == []


def test_a_new_clip_follows_the_fade_of_the_one_it_replaces() -> None:
    player = Player()
    player.start(tone(2.0), "a")
    play(player, 20)
    player.start(tone(0.1), "b")
    player.start(tone(0.1), "c")
    _, events = play(player, 30, first=20)
    assert [(type(event), event.ident) for event in events] == [
        (Silenced, "a"),
        (Started, "c"),
        (Finished, "c"),
    ]
    assert events[0].t < events[1].t


def test_a_silent_and_an_empty_clip_still_begin_and_end() -> None:
    player = Player()
    for length in (0, 1, 777):
        player.start(np.zeros(length, dtype=np.float32), "s")
        _, events = play(player, 10)
        assert [type(event) for event in events] == [Started, Finished]
        assert events[0].t <= events[1].t


def test_gain_is_capped_and_followed_while_playing() -> None:
    player = Player(gain_db=-6.0, max_gain_db=6.0, ceiling_dbfs=0.0)
    player.start(tone(2.0, level=0.1), "a")
    before, _ = play(player, 40)
    player.gain_db = 40.0
    assert player.gain_db == 6.0
    after, _ = play(player, 40, first=40)
    assert np.abs(before[3200:]).max() == pytest.approx(0.1 * amplitude(-6.0), rel=0.01)
    assert np.abs(after[3200:]).max() == pytest.approx(0.1 * amplitude(6.0), rel=0.01)


def test_the_voice_ducks_at_once_and_comes_back_slowly() -> None:
    player = Player(ceiling_dbfs=0.0)
    player.start(tone(3.0, level=0.1), "a")
    play(player, 20)
    player.ducked = True
    down, _ = play(player, 20, first=20)
    player.ducked = False
    up, _ = play(player, 100, first=40)
    ducked = 0.1 * amplitude(DUCK_DB)
    assert np.abs(down[8 * BLOCK :]).max() == pytest.approx(ducked, rel=0.1)
    assert np.abs(up[: 4 * BLOCK]).max() < 2 * ducked
    assert np.abs(up[-10 * BLOCK :]).max() == pytest.approx(0.1, rel=0.01)


def test_only_mono_sound_is_played() -> None:
    with pytest.raises(ValueError, match="one-dimensional"):
        Player().start(np.zeros((10, 2), dtype=np.float32), "a")
    with pytest.raises(ValueError, match="finite"):
        Player().start(np.array([np.nan], dtype=np.float32), "a")


commands = st.one_of(
    st.tuples(st.just("start"), st.integers(2 * EDGE_FADE, 6000), st.floats(0.001, 2.0)),
    st.tuples(st.just("cut"), st.just(0), st.just(0.0)),
    st.tuples(st.just("gain"), st.just(0), st.floats(-60, 60)),
    st.tuples(st.just("wait"), st.integers(1, 30), st.just(0.0)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(commands, max_size=25), st.floats(-30, 0), st.integers(50, 1500))
def test_whatever_happens_the_output_is_bounded_smooth_and_accounted_for(
    script: list[tuple[str, int, float]], ceiling_dbfs: float, frequency: int
) -> None:
    player = Player(ceiling_dbfs=ceiling_dbfs)
    pieces: list[Samples] = []
    events: list[PlayerEvent] = []
    started = 0
    cuts: list[int] = []

    def run(blocks: int) -> None:
        sound, happened = play(player, blocks, first=len(pieces))
        pieces.extend(np.split(sound, blocks))
        events.extend(happened)

    for command, number, value in script:
        if command == "start":
            started += 1
            player.start(tone(number / RATE, frequency, level=value), str(started))
        elif command == "cut":
            if player.cut():
                cuts.append(len(pieces))
        elif command == "gain":
            player.gain_db = value
        else:
            run(number)
    run(50)
    sound = np.concatenate(pieces)
    ceiling = amplitude(ceiling_dbfs)

    assert np.abs(sound).max() <= ceiling * (1 + 1e-6)
    # A tone at the ceiling moves by at most 2 pi f / rate of it per sample; fades and gain add little.
    steepest = ceiling * (2 * np.pi * frequency / RATE + np.pi / 2 / 80 + 1 / BLOCK)
    assert np.abs(np.diff(sound, prepend=0.0)).max() <= steepest * 1.01

    # Every clip that was heard ended exactly once, in order, one after the other.
    assert not player.busy
    begun = [event.ident for event in events if isinstance(event, Started)]
    ended = [event.ident for event in events if not isinstance(event, Started)]
    assert begun == ended
    assert [event.t for event in events] == sorted(event.t for event in events)
    for block in cuts:
        silenced = [e for e in events if isinstance(e, Silenced) and abs(e.t - block * 0.01) < 0.1]
        assert silenced, "no clip was silent within 100 ms of the cut"
