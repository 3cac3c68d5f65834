from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bedside.asr.vosk_recognizer import VoskModel
from bedside.audio.block import BLOCK, RATE
from bedside.errors import VoiceError
from bedside.resources import embedded_model
from bedside.tts.voice import FASTEST, SLOWEST, Voice, VoiceSettings


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[Voice]:
    with Voice(VoiceSettings(cache_folder=tmp_path)) as voice:
        yield voice


def test_a_clip_has_its_text_and_sound(voice: Voice) -> None:
    clip = voice.clip("Bring your toes up.")
    assert clip.text == "Bring your toes up."
    assert 0.5 < clip.seconds < 4.0


def test_a_text_is_rendered_once_and_sounds_the_same_from_the_cache(voice: Voice, tmp_path: Path) -> None:
    first = voice.clip("Hold it there.")
    entries = {file: file.stat().st_ino for file in tmp_path.iterdir()}
    assert len(entries) == 1
    again = voice.clip("Hold it there.")
    with Voice(voice.settings) as other:
        from_disk = other.clip("Hold it there.")
    assert np.array_equal(first.samples, again.samples)
    assert np.array_equal(first.samples, from_disk.samples)
    assert {file: file.stat().st_ino for file in tmp_path.iterdir()} == entries


def test_a_damaged_entry_is_rendered_anew(voice: Voice, tmp_path: Path) -> None:
    first = voice.clip("Hold it there.")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert np.array_equal(voice.clip("Hold it there.").samples, first.samples)
    assert len(file.read_bytes()) % 2 == (15 + 32) % 2


def test_slower_and_faster(voice: Voice) -> None:
    slow, usual, fast = (voice.clip("Bring your toes up.", factor).seconds for factor in (0.75, 1.0, 1.3))
    assert slow > usual > fast


def test_the_rate_stays_within_what_can_be_spoken(voice: Voice) -> None:
    assert voice.words_per_minute(0.01) == SLOWEST
    assert voice.words_per_minute(100.0) == FASTEST
    assert voice.words_per_minute(0.8) == 108


def test_request_gives_the_same_clip_later(voice: Voice) -> None:
    futures = [voice.request(text) for text in ("One.", "Two.", "One.")]
    clips = [future.result(timeout=60) for future in futures]
    assert [clip.text for clip in clips] == ["One.", "Two.", "One."]
    assert np.array_equal(clips[0].samples, clips[2].samples)


def test_a_failure_is_in_the_future(tmp_path: Path) -> None:
    with Voice(VoiceSettings(name="nonsense", cache_folder=tmp_path)) as voice:
        assert isinstance(voice.request("Hold.").exception(timeout=60), VoiceError)


def test_prepare_renders_each_text_once_and_tells_how_far_it_is(voice: Voice, tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    voice.prepare(["One.", "Two.", "One.", "Three."], lambda done, total: progress.append((done, total)))
    assert progress == [(1, 3), (2, 3), (3, 3)]
    assert len(list(tmp_path.iterdir())) == 3


def test_behind_everything_else_only_what_is_missing_is_rendered(voice: Voice, tmp_path: Path) -> None:
    usual = voice.clip("Two.")
    done = threading.Event()
    progress: list[tuple[int, int]] = []

    def tell(number: int, total: int) -> None:
        progress.append((number, total))
        if number == total:
            done.set()

    voice.prepare_behind(["One.", "Two.", "One.", "Three."], tell)
    assert done.wait(60)
    assert progress == [(1, 2), (2, 2)]
    assert len(list(tmp_path.iterdir())) == 3
    with Voice(VoiceSettings(cache_folder=None)) as other:
        assert np.array_equal(other.clip("Three.").samples, voice.clip("Three.").samples)
    assert np.array_equal(voice.clip("Two.").samples, usual.samples)


def test_what_is_requested_does_not_wait_for_what_is_prepared(voice: Voice) -> None:
    texts = [f"Sentence number {number}." for number in range(200)]
    prepared: list[int] = []
    voice.prepare_behind(texts, lambda done, total: prepared.append(done))
    for text in reversed(texts[-5:]):
        voice.request(text).result(timeout=60)
    assert len(prepared) < len(texts) / 2


def test_preparing_ends_with_the_voice(tmp_path: Path) -> None:
    troubles: list[str] = []
    begun = threading.Event()
    with Voice(VoiceSettings(cache_folder=tmp_path)) as voice:
        voice.prepare_behind(
            [f"Sentence number {number}." for number in range(2000)], lambda done, total: begun.set(), troubles.append
        )
        assert begun.wait(60)
    assert not [thread for thread in threading.enumerate() if thread.name == "preparing"]
    assert 0 < len(list(tmp_path.glob("*.speech"))) < 2000
    assert not list(tmp_path.glob("*.part"))
    assert troubles == []


def test_what_cannot_be_prepared_is_told_once(tmp_path: Path) -> None:
    troubles: list[str] = []
    done = threading.Event()
    with Voice(VoiceSettings(name="nonsense", cache_folder=tmp_path)) as voice:
        voice.prepare_behind(["One.", "Two."], lambda at, total: done.set() if at == total else None, troubles.append)
        assert done.wait(60)
    assert len(troubles) == 1
    assert "nonsense" in troubles[0]


def test_an_unwritable_cache_does_not_silence_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    with Voice(VoiceSettings(cache_folder=tmp_path / "file"), warn=warnings.append) as voice:
        assert voice.clip("One.").seconds > 0
        assert voice.clip("Two.").seconds > 0
    assert len(warnings) == 1


def test_close_fails_what_is_requested_and_returns(tmp_path: Path) -> None:
    voice = Voice(VoiceSettings(cache_folder=tmp_path))
    futures = [voice.request(f"Sentence number {number}.") for number in range(50)]
    voice.close()
    assert all(future.done() for future in futures)
    with pytest.raises(VoiceError, match="closed"):
        voice.clip("One.")


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_the_default_voice_can_be_understood(voice: Voice, factor: float) -> None:
    phrases = ["my leg is cramping", "bring your toes up", "say that again", "good night", "hold for thirty seconds"]
    recognizer = VoskModel(embedded_model()).recognizer(phrases)
    heard = []
    for phrase in phrases:
        sound = np.concatenate((np.zeros(RATE // 2), voice.clip(phrase, factor).samples, np.zeros(RATE // 2)))
        for block in sound[: len(sound) // BLOCK * BLOCK].astype(np.float32).reshape(-1, BLOCK):
            recognizer.accept(block)
        heard.append(recognizer.finish().text)
    assert heard == phrases
