from __future__ import annotations

from pathlib import Path

import pytest

from bedside.audio.scene import read_scene
from bedside.audio.wavfiles import write_wav
from bedside.errors import ContentError
from tests.audio.sounds import tone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_wav(tmp_path / "stop.wav", tone(0.5))
    (tmp_path / "noises").mkdir()
    write_wav(tmp_path / "noises" / "fan.wav", tone(0.7))
    (tmp_path / "broken.wav").write_text("no sound")
    return tmp_path


def scene(folder: Path, text: str) -> Path:
    path = folder / "scene.yaml"
    path.write_text(text)
    return path


def test_a_whole_scene_is_read(folder: Path) -> None:
    read = read_scene(
        scene(
            folder,
            "duration: 60\n"
            "echo: {gain_db: -6, delay_ms: 45, rt60: 0.3}\n"
            "noise: {file: noises/fan.wav, gain_db: -20}\n"
            "seed: 7\n"
            "says:\n"
            "  - {at: 2.0, file: stop.wav}\n"
            '  - {after: {event: say, match: "heel"}, wait: 0.8, file: stop.wav, gain_db: -3}\n',
        )
    )
    assert read.duration == 60
    assert read.seed == 7
    assert read.echo is not None
    assert (read.echo.gain_db, read.echo.delay_ms, read.echo.rt60) == (-6, 45, 0.3)
    assert read.noise is not None
    assert (len(read.noise.samples), read.noise.gain_db) == (11_200, -20)
    first, second = read.says
    assert (first.at, first.after, first.gain_db, len(first.samples)) == (2.0, None, 0.0, 8_000)
    assert (second.at, second.wait, second.gain_db) == (None, 0.8, -3)
    assert second.after is not None
    assert second.after.fits({"event": "say", "text": "Push the heel away"})
    assert second.after.fits({"event": "say", "text": "x", "step": "heel/1"})
    assert not second.after.fits({"event": "said", "step": "heel/1"})
    assert not second.after.fits({"event": "say", "text": "the foot", "by": "heel"})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("says: []\n", 1, "'duration' is missing"),
        ("duration: 0\n", 1, "duration"),
        ("duration: 5\nechoes: {gain_db: 1}\n", 2, "Did you mean 'echo'?"),
        ("duration: 5\necho:\n  gain_db: 1\n  delay: 3\n", 4, "Did you mean 'delay_ms'?"),
        ("duration: 5\necho:\n  gain_db: .nan\n", 3, "echo.gain_db"),
        ("duration: 5\nsays:\n  - {file: stop.wav}\n", 3, "either 'at'"),
        ("duration: 5\nsays:\n  - {at: 1, after: {event: say}, file: stop.wav}\n", 3, "either 'at'"),
        (
            "duration: 5\nsays:\n  - file: stop.wav\n    after:\n      event: haerd\n",
            5,
            "after.event: must be one of heard, intent, say, said, hold, release, silenced, session, alert. "
            "It says 'haerd'. Did you mean 'heard'?",
        ),
        ("duration: 5\nsays:\n  - {at: 1, wait: 1, file: stop.wav}\n", 3, "'wait' goes with 'after'"),
        ("duration: 5\nsays:\n  - at: 1\n    file: stopp.wav\n", 4, "there is no such file"),
        ("duration: 5\nsays:\n  - {at: 1, file: broken.wav}\n", 3, "is not a sound file"),
        ("duration: 5\nnoise:\n  gain_db: 0\n  file: hum.wav\n", 4, "there is no such file"),
        (
            "duration: 5\nsays:\n  - file: stop.wav\n    after: {event: say, match: '('}\n",
            4,
            "regular expression",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(folder: Path, text: str, line: int, words: str) -> None:
    path = scene(folder, text)
    with pytest.raises(ContentError) as caught:
        read_scene(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert words in str(caught.value)
