from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.audio.block import Samples
from bedside.tts.cache import ClipCache, cache_key

KEY = cache_key("Hold.", "en-us", 135, 40, "espeak-ng 1.51")


def sound(length: int = 1000, seed: int = 1) -> Samples:
    pcm = np.random.default_rng(seed).integers(-20000, 20000, length)
    return (pcm / np.float32(32767.0)).astype(np.float32)


def test_what_is_put_can_be_got_by_another_process(tmp_path: Path) -> None:
    ClipCache(tmp_path / "deep" / "er").put(KEY, sound())
    got = ClipCache(tmp_path / "deep" / "er").get(KEY)
    assert got is not None
    assert np.array_equal(got, sound())


def test_an_empty_clip_can_be_kept(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(KEY, sound(0))
    got = ClipCache(tmp_path).get(KEY)
    assert got is not None
    assert got.shape == (0,)


def test_what_was_never_put_is_not_there(tmp_path: Path) -> None:
    assert ClipCache(tmp_path).get(KEY) is None


def test_everything_that_changes_the_sound_changes_the_key() -> None:
    keys = {
        KEY,
        cache_key("Hold!", "en-us", 135, 40, "espeak-ng 1.51"),
        cache_key("Hold.", "en-gb", 135, 40, "espeak-ng 1.51"),
        cache_key("Hold.", "en-us", 136, 40, "espeak-ng 1.51"),
        cache_key("Hold.", "en-us", 135, 41, "espeak-ng 1.51"),
        cache_key("Hold.", "en-us", 135, 40, "espeak-ng 1.52"),
    }
    assert len(keys) == 6


@given(place=st.integers(0, 2046), cut=st.booleans())
def test_a_damaged_entry_counts_as_none(tmp_path_factory: pytest.TempPathFactory, place: int, cut: bool) -> None:
    folder = tmp_path_factory.mktemp("cache")
    ClipCache(folder).put(KEY, sound())
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    assert len(content) == 2047
    content[place] ^= 0x40
    file.write_bytes(content[:place] if cut else content)
    cache = ClipCache(folder)
    assert cache.get(KEY) is None
    cache.put(KEY, sound())
    assert cache.get(KEY) is not None


@pytest.fixture
def warnings() -> list[str]:
    return []


def test_a_folder_that_cannot_be_made_is_told_once_and_memory_serves(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").write_text("")
    cache = ClipCache(tmp_path / "file" / "cache", warn=warnings.append)
    for seed in range(3):
        cache.put(f"{seed}", sound(seed=seed))
    for seed in range(3):
        got = cache.get(f"{seed}")
        assert got is not None
        assert np.array_equal(got, sound(seed=seed))
    assert len(warnings) == 1
    assert str(tmp_path / "file" / "cache") in warnings[0]
    assert "\n" not in warnings[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_leaves_no_half_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warnings: list[str]) -> None:
    real = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        os.close(descriptor)
        return real(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr("bedside.tts.cache.os.fdopen", full)
    cache = ClipCache(tmp_path, warn=warnings.append)
    cache.put(KEY, sound(100_000))
    assert cache.get(KEY) is not None
    assert list(tmp_path.iterdir()) == []
    assert os.strerror(errno.ENOSPC) in warnings[0]


def test_the_oldest_go_when_it_grows_too_large(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, limit=10_000)
    for number in range(4):
        cache.put(f"{number}", sound(1000, number))
        os.utime(tmp_path / f"{number}.speech", (1000 + number, 1000 + number))
    assert cache.get("0") is not None  # and has now been used last
    cache.put("4", sound(1000, 4))
    kept = {number for number in range(5) if ClipCache(tmp_path).get(f"{number}") is not None}
    assert kept == {0, 2, 3, 4}
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 10_000


def test_entries_of_earlier_runs_count_towards_the_limit(tmp_path: Path) -> None:
    for number in range(4):
        ClipCache(tmp_path, limit=10_000).put(f"{number}", sound(1000, number))
    ClipCache(tmp_path, limit=5_000).put("new", sound(1000, 9))
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 5_000
    assert ClipCache(tmp_path).get("new") is not None


def test_without_a_folder_memory_serves() -> None:
    cache = ClipCache(None)
    cache.put(KEY, sound())
    assert cache.get(KEY) is not None
