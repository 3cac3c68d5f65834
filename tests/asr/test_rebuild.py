"""scripts/rebuild-model for real: OpenFst's programs build the graph, libvosk hears the new word."""

from __future__ import annotations

import json
import shutil
import subprocess
import wave
from pathlib import Path

import pytest

from bedside.asr.models import choose_model
from bedside.resources import CHECKOUT, embedded_model

SCRIPT = CHECKOUT / "scripts" / "rebuild-model"
LISTS = CHECKOUT / "scripts" / "model"
PHRASES = ["leg cramp", "stop", "my calf hurts", "help me"]

pytestmark = pytest.mark.skipif(
    not all(shutil.which(name) for name in ("fstconvert", "flite")), reason="scripts/test installs OpenFst and flite"
)


def rebuild(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rebuilt(out: Path, *arguments: object) -> Path:
    done = rebuild(*arguments, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def with_further_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rebuilt")
    (folder / "words.txt").write_text("# sweet things\nmarzipan\nZorptastic  Z AO1 R P T AE S T IH K\ncramp\n")
    return rebuilt(folder / "further", folder / "words.txt")


def say(text: str, file: Path) -> bytes:
    """Speech in flite's voice slt: 16-bit samples, 16 kHz, half a second of silence after it."""
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(file)], check=True, capture_output=True)
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (16000, 1)
        return sound.readframes(sound.getnframes()) + bytes(16000)


def hear(model: Path, sound: bytes, phrases: list[str]) -> dict[str, object]:
    import vosk

    vosk.SetLogLevel(-1)
    recognizer = vosk.KaldiRecognizer(vosk.Model(str(model)), 16000, json.dumps([*phrases, "[unk]"]))
    recognizer.SetWords(True)
    recognizer.AcceptWaveform(sound)
    heard: dict[str, object] = json.loads(recognizer.FinalResult())
    return heard


def words_of(model: Path) -> list[str]:
    return [line.split()[0] for line in (model / "graph" / "words.txt").read_text().splitlines()]


def test_without_further_words_it_is_the_same_model(tmp_path: Path) -> None:
    again = rebuilt(tmp_path / "again")
    for file in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt"):
        assert (again / file).read_bytes() == (embedded_model() / file).read_bytes(), file
    for phrase in PHRASES:
        sound = say(phrase, tmp_path / "say.wav")
        heard = hear(again, sound, PHRASES)
        assert heard["text"] == phrase
        assert heard == hear(embedded_model(), sound, PHRASES)


def test_further_words_are_heard(with_further_words: Path, tmp_path: Path) -> None:
    assert set(words_of(with_further_words)) == {*words_of(embedded_model()), "marzipan", "zorptastic"}
    phrases = [*PHRASES, "marzipan", "zorptastic marzipan"]
    for phrase in phrases:
        assert hear(with_further_words, say(phrase, tmp_path / "say.wav"), phrases)["text"] == phrase


def test_the_result_is_a_model_that_bedside_takes(with_further_words: Path) -> None:
    assert choose_model(str(with_further_words)).path == with_further_words


def test_a_rebuilt_model_keeps_its_words_when_it_is_rebuilt(with_further_words: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("lollipop\n")
    more = rebuilt(tmp_path / "more", tmp_path / "words.txt", "--model", with_further_words)
    assert set(words_of(more)) == {*words_of(with_further_words), "lollipop"}


def test_the_cost_of_unknown_speech_is_in_the_graph(tmp_path: Path) -> None:
    dear = rebuilt(tmp_path / "dear", "--unk", "9")
    sound = say("a bicycle for the postman", tmp_path / "say.wav")
    assert hear(embedded_model(), sound, PHRASES)["text"] == "[unk]"
    assert hear(dear, sound, PHRASES)["text"] != "[unk]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("leg\nblorpify\n", "words.txt:2: no pronunciation is known for 'blorpify'. Write its phones after it"),
        ("blorp  B L AO ZZ P\n", "words.txt:1: there is no phone 'ZZ'"),
        ("\n12\n", "words.txt:2: '12' is not one word"),
        ("\x00\n", "words.txt:1:"),
    ],
)
def test_a_wrong_list_is_one_line_and_makes_nothing(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "words.txt").write_text(text)
    done = rebuild(tmp_path / "words.txt", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["words.txt"]


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "diary.txt").write_text("mine")
    assert rebuild("--out", tmp_path / "out").returncode == 2
    assert (tmp_path / "out" / "diary.txt").read_text() == "mine"
    assert rebuild("--out", embedded_model()).returncode == 2
    assert "not a model of this kind" in rebuild("--model", tmp_path / "out", "--out", tmp_path / "new").stderr


@pytest.mark.parametrize("name", ["extra_words", "commands", "signs"])
def test_the_standing_lists_are_in_the_embedded_model(name: str) -> None:
    lines = (LISTS / f"{name}.txt").read_text().splitlines()
    words = {word for line in lines for word in (line.split()[:1] if name == "extra_words" else line.split())}
    assert words <= set(words_of(embedded_model()))
