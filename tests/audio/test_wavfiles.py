from __future__ import annotations

import resource
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bedside.audio.block import BLOCK
from bedside.audio.wavfiles import FileEnd, WavWriter, read_clip, write_wav
from bedside.errors import SoundError
from tests.audio.sounds import chirp, likeness, tone


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", chirp(0.5))
    np.testing.assert_allclose(read_clip(tmp_path / "a.wav"), chirp(0.5), atol=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_any_rate_becomes_16_khz(tmp_path: Path, rate: int, name: str) -> None:
    time = np.arange(rate) / rate
    soundfile.write(tmp_path / name, 0.3 * np.sin(2 * np.pi * 440 * time), rate)
    clip = read_clip(tmp_path / name)
    assert len(clip) == 16_000
    assert clip.dtype == np.float32
    assert likeness(clip, tone(0.9, 440.0)) > 0.99


@pytest.mark.parametrize("promised", [0, 0x7FFF_F000, 0x8000_0000, 0xFFFF_FFFF])
def test_a_header_from_a_pipe_may_not_know_the_length(tmp_path: Path, promised: int) -> None:
    write_wav(tmp_path / "a.wav", chirp(0.5))
    whole = bytearray((tmp_path / "a.wav").read_bytes())
    whole[40:44] = struct.pack("<I", promised)
    whole[4:8] = struct.pack("<I", min(promised + 36, 0xFFFF_FFFF) if promised else 0)
    (tmp_path / "a.wav").write_bytes(whole)
    assert len(read_clip(tmp_path / "a.wav")) == 8_000


def _broken(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.wav"
    write_wav(path, tone(1.0))
    whole = path.read_bytes()
    if kind == "missing":
        path.unlink()
    elif kind == "folder":
        path.unlink()
        path.mkdir()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "no-samples":
        write_wav(path, tone(0.0))
    elif kind == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "only-header":
        path.write_bytes(whole[:30])
    elif kind == "text":
        path.write_text("these are words, not sounds")
    elif kind == "not-a-number":
        soundfile.write(path, np.full(100, np.nan, dtype=np.float32), 16_000, subtype="FLOAT")
    elif kind == "long":
        soundfile.write(path, np.zeros(3601 * 10, dtype=np.int16), 10)
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "there is no such file"),
        ("folder", "is a folder"),
        ("empty", "is empty (0 bytes)"),
        ("no-samples", "holds no sound"),
        ("truncated", "is truncated: its header promises 32000 bytes of sound, the file holds 15978"),
        ("only-header", "is truncated"),
        ("text", "is not a sound file"),
        ("not-a-number", "NaN"),
        ("long", "longer than an hour"),
    ],
)
def test_a_bad_file_is_one_line_that_names_it(tmp_path: Path, kind: str, words: str) -> None:
    path = _broken(tmp_path, kind)
    with pytest.raises(SoundError) as caught:
        read_clip(path)
    message = str(caught.value)
    assert str(path) in message
    assert words in message
    assert "\n" not in message


def test_a_truncated_flac_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, chirp(2.0), 16_000)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SoundError, match=r"a\.flac"):
        read_clip(path)


def test_stereo_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "two ears.wav"
    soundfile.write(path, np.zeros((441, 2)), 44_100)
    with pytest.raises(SoundError) as caught:
        read_clip(path)
    message = str(caught.value)
    assert "2 channels at 44100 Hz" in message
    command = message.split("Convert it: ")[1]
    subprocess.run(command, shell=True, check=True)
    assert len(read_clip(tmp_path / "two ears-mono.wav")) == 160


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "folder" / "a.wav", tmp_path):
        with pytest.raises(SoundError, match="cannot be written"):
            write_wav(path, tone(0.1))


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    # A limit on the size of files fails a write just as a full disk does.
    write_wav(tmp_path / "a.wav", tone(0.1))
    before = (tmp_path / "a.wav").read_bytes()
    code = (
        "import resource, numpy as np; from pathlib import Path\n"
        "from bedside.audio.wavfiles import write_wav\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))\n"
        f"write_wav(Path({str(tmp_path / 'a.wav')!r}), np.zeros(160_000, dtype=np.float32))"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "SoundError" in done.stderr
    assert "cannot be written (File too large)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == before


def test_what_was_recorded_before_an_error_is_kept(tmp_path: Path) -> None:
    def fail() -> None:
        with WavWriter(tmp_path / "a.wav") as writer:
            writer.write(tone(0.5))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(read_clip(tmp_path / "a.wav")) == 8_000


def test_a_file_end_reads_blocks_and_writes_the_answer(tmp_path: Path) -> None:
    sound = chirp(0.333)
    write_wav(tmp_path / "in.wav", sound)
    heard, times = [], []
    with FileEnd(tmp_path / "in.wav", tmp_path / "out.wav", tail=0.1) as end:
        assert end.now == 0.0
        while (block := end.read()) is not None:
            heard.append(block)
            times.append(end.now)
            end.write(-block)
    whole = np.concatenate(heard)
    assert all(block.shape == (BLOCK,) for block in heard)
    np.testing.assert_allclose(whole[: len(sound)], sound, atol=1e-4)
    assert len(whole) >= len(sound) + 1600
    assert not whole[len(sound) :].any()
    assert times == [index / 100 for index in range(len(times))]
    np.testing.assert_allclose(read_clip(tmp_path / "out.wav"), -whole, atol=1e-4)
