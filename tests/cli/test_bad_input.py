"""What is wrong in the world is told in one line, with exit code 1 or 2, and never with a traceback."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

from bedside.resources import embedded_model

SENTENCE = "intents: {leg_cramp: {data: [{sentences: [leg cramp]}]}}"
ROUTINE = "id: mine\ntitle: Mine\nsteps:\n"


class Outcome(NamedTuple):
    code: int
    out: str
    complaints: list[str]
    """Lines on standard error, without the one that says which model runs."""


def bedside(*arguments: object, folder: Path, before: str = "", **env: str) -> Outcome:
    """Run the command in `folder`, with a voice cache of its own, without sound devices. before: shell words in
    front of it."""
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "xdg"), "XDG_CACHE_HOME": str(folder / "cache")}
    command = " ".join(shlex.quote(str(word)) for word in (sys.executable, "-m", "bedside", *arguments))
    done = subprocess.run(
        ["sh", "-c", f"{before} {command}"],
        cwd=folder,
        env={**os.environ, **home, "PULSE_SERVER": "unix:/nowhere", **env},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Outcome(
        done.returncode, done.stdout, [x for x in done.stderr.splitlines() if not x.startswith("Hearing with")]
    )


def fails(outcome: Outcome, *words: str, code: int = 1) -> None:
    """It failed with one line that holds these words."""
    assert outcome.code == code, outcome
    assert len(outcome.complaints) == 1, outcome
    line = outcome.complaints[0]
    assert line.startswith("bedside: ")
    assert all(word in line for word in words), line


# ---- sound files


def sound(folder: Path, kind: str) -> Path:
    file = folder / f"{kind}.wav"
    tone = np.sin(np.arange(44_100) / 20).astype(np.float32) / 3
    if kind == "stereo":
        soundfile.write(file, np.stack([tone, tone], axis=1), 44_100)
    elif kind == "truncated":
        soundfile.write(file, tone, 16_000)
        file.write_bytes(file.read_bytes()[:20_000])
    elif kind == "header":
        soundfile.write(file, tone, 16_000)
        file.write_bytes(file.read_bytes()[:30])
    elif kind == "text":
        file.write_text("This is no sound.\n")
    elif kind == "empty":
        file.write_bytes(b"")
    elif kind == "whole":
        soundfile.write(file, tone, 16_000)
    elif kind == "folder":
        file.mkdir()
    return file


SOUNDS = {
    "missing": "no such file",
    "empty": "empty",
    "truncated": "truncated",
    "header": "truncated",
    "stereo": "2 channels at 44100 Hz",
    "text": "not a sound file",
    "folder": "folder",
}


@pytest.mark.parametrize("kind", SOUNDS)
def test_hearing_a_bad_sound_file(tmp_path: Path, kind: str) -> None:
    outcome = bedside("hear", sound(tmp_path, kind), folder=tmp_path)
    fails(outcome, f"{kind}.wav", SOUNDS[kind])


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_scene_with_a_bad_sound_file_names_its_line(tmp_path: Path, kind: str) -> None:
    sound(tmp_path, kind)
    (tmp_path / "scene.yaml").write_text(f"duration: 5\nsays:\n  - {{at: 1.0, file: {kind}.wav}}\n")
    fails(bedside("simulate", "scene.yaml", folder=tmp_path), "scene.yaml:3", SOUNDS[kind])


# ---- YAML of every kind

SCENES = {
    "duration: [5": ("scene.yaml:",),
    "duration: 5\nsaid: []": ("scene.yaml:2", "said", "says"),
    "duration: 5\nduration: 6": ("scene.yaml:2", "duration"),
    "duration: long": ("scene.yaml:1", "duration"),
    "duration: 5\nsays:\n  - {file: a.wav}": ("scene.yaml:3", "at"),
    "duration: 5\nsays:\n  - {after: {event: say, match: '('}, file: a.wav}": ("scene.yaml:3", "regular expression"),
    "": ("scene.yaml",),
}


@pytest.mark.parametrize("text", SCENES)
def test_a_broken_scene(tmp_path: Path, text: str) -> None:
    (tmp_path / "scene.yaml").write_text(text)
    fails(bedside("simulate", "scene.yaml", folder=tmp_path), *SCENES[text])


INTENTS = {
    "language: en\nintents: {leg_cramp: [": ("own.yaml:",),
    f"language: en\n{SENTENCE}\nintent: {{}}": ("own.yaml:3", "intent", "intents"),
    f"language: en\nlanguage: en\n{SENTENCE}": ("own.yaml:2", "language"),
    "language: en\nintents:\n  leg_cramp:\n    data:\n      - sentences: ['{wich} cramp']": ("own.yaml:5", "wich"),
    "language: en\nintents:\n  leg_cramp:\n    data: []": ("own.yaml:4", "leg_cramp"),
    "language: en\nintents:\n  leg_cramp:\n    data:\n      - sentences: []": ("own.yaml:5",),
    "language: en\nintents:\n  leg_cramps:\n    data:\n      - sentences: [cramp]": ("own.yaml:3", "leg_cramp"),
    "language: en\nintents:\n  help:\n    data:\n      - sentences: [my leg]\n"
    "  leg_cramp:\n    data:\n      - sentences: [my leg]": ("own.yaml:8", "my leg", "help"),
    "language: en\nintents:\n  leg_cramp:\n    data:\n      - sentences: ['(leg|calf cramp']": ("own.yaml:5",),
    "language: en\nintents:\n  start_routine:\n    data:\n      - slots: {routine: recovry}\n"
    "        sentences: [relax]": ("own.yaml:6", "recovry", "recovery"),
    "language: en\nintents:\n  leg_cramp:\n    data:\n      - sentences: [xylophonist cramp]": (
        "own.yaml:5",
        "xylophonist",
        "leg_cramp",
    ),
}


@pytest.mark.parametrize("text", INTENTS)
def test_broken_intents(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yaml").write_text(text)
    wav = sound(tmp_path, "whole")
    fails(bedside("hear", wav, "--intents", "own.yaml", folder=tmp_path), *INTENTS[text])


ROUTINES = {
    ROUTINE + "  - id: a\n    say: [": ("mine.yaml:",),
    ROUTINE + "  - id: a\n    say: Hold.\n    wate: 3": ("mine.yaml:6", "wate", "wait"),
    ROUTINE + "  - id: a\n    say: Hold.\n    say: Hold on.": ("mine.yaml:6", "say"),
    ROUTINE + "  - id: a\n    hold: 900\n    say: Hold for {seconds} seconds.": ("mine.yaml:5", "900"),
    ROUTINE + "  - id: a\n    ask: Better?\n    answers: {yes: nowhere}\n    silence: next": (
        "mine.yaml:6",
        "nowhere",
    ),
    ROUTINE + "  - id: a\n    say: Straighten {lag}.": ("mine.yaml:5", "lag", "leg"),
    "id: mine\ntitle: Mine\nsteps: []": ("mine.yaml:3", "steps"),
}


@pytest.mark.parametrize("text", ROUTINES)
def test_broken_routines(tmp_path: Path, text: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.yaml").write_text(text)
    fails(bedside("rehearse", "recovery", "--routines", "own", folder=tmp_path), *ROUTINES[text])


CONFIGS = {
    "voice: {pitch: [": ("config.yaml:",),
    "voice:\n  pich: 30": ("config.yaml:2", "pich", "pitch"),
    "country: UK\ncountry: US": ("config.yaml:2", "country"),
    "voice:\n  pitch: 300": ("config.yaml:2", "pitch"),
    "country: Atlantis": ("config.yaml:1", "Atlantis"),
    "numbers:\n  emergency: 0112": ("config.yaml:2", "quotes"),
    "intents: nowhere.yaml": ("config.yaml:1", "nowhere.yaml"),
    "routines: nowhere": ("config.yaml:1", "nowhere"),
    "recognizer:\n  model: nothing/here": ("nothing/here",),
    "- a list": ("config.yaml:1",),
    "a\x00b": ("config.yaml",),
}


@pytest.mark.parametrize("text", CONFIGS)
def test_broken_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    fails(bedside("demo", "--config", "config.yaml", folder=tmp_path), *CONFIGS[text])


@pytest.mark.parametrize("option", ["--config", "--intents"])
@pytest.mark.parametrize("kind", ["missing", "folder", "bytes"])
def test_content_files_that_cannot_be_read(tmp_path: Path, option: str, kind: str) -> None:
    file = tmp_path / "own.yaml"
    if kind == "folder":
        file.mkdir()
    if kind == "bytes":
        file.write_bytes(bytes(range(128, 256)))
    fails(bedside("demo", option, file, folder=tmp_path), "own.yaml")


# ---- models


@pytest.mark.parametrize(
    ("part", "harm"),
    [("am/final.mdl", "truncate"), ("graph/HCLr.fst", "garbage"), ("graph/Gr.fst", "remove"), ("am", "remove")],
)
def test_a_corrupt_model(tmp_path: Path, part: str, harm: str) -> None:
    model = tmp_path / "model"
    shutil.copytree(embedded_model(), model)
    file = model / part
    if file.is_dir():
        shutil.rmtree(file)
    elif harm == "truncate":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif harm == "garbage":
        file.write_bytes(bytes(range(256)) * (file.stat().st_size // 256))
    else:
        file.unlink()
    (tmp_path / "config.yaml").write_text("recognizer: {model: ./model}\n")
    fails(bedside("demo", "--config", "config.yaml", folder=tmp_path), "/model")


def test_a_corrupt_chosen_model_gives_way_to_the_embedded_one(tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "mine" / "am").mkdir(parents=True)
    (models / "current").write_text("mine\n")
    outcome = bedside("check", folder=tmp_path, BEDSIDE_MODELS=str(models))
    assert outcome.code == 0
    assert "the chosen one cannot be used" in outcome.out


# ---- the voice


def test_without_espeak_ng(tmp_path: Path) -> None:
    (tmp_path / "libespeak-ng.so.1").write_text("no library")
    (tmp_path / "libespeak.so.1").write_text("no library")
    outcome = bedside("demo", folder=tmp_path, LD_LIBRARY_PATH=str(tmp_path))
    fails(outcome, "espeak-ng", "apt install")


def test_a_voice_cache_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    outcome = bedside("demo", "--json", folder=tmp_path)
    assert outcome.code == 0
    assert [line for line in outcome.complaints if "keeps them in memory" in line] == outcome.complaints[:1]
    assert len(outcome.complaints) == 2
    assert '"event": "say"' in outcome.out


# ---- disks


def small_disk(place: Path) -> str:
    """Shell words that put a disk of 64 kB at `place`, for the command behind them only."""
    inside = f"mount -t tmpfs -o size=64k none {shlex.quote(str(place))}"
    probe = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mkdir -p {shlex.quote(str(place))} && {inside}"], check=False
    )
    if probe.returncode:
        pytest.skip("mounting a small disk needs root")
    return f"unshare -m sh -c '{inside} && exec \"$@\"' sh"


def test_a_full_disk_while_recording(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    outcome = bedside("demo", "--json", "--record", disk / "demo.wav", folder=tmp_path, before=small_disk(disk))
    fails(outcome, "demo.wav", "No space left")


def test_a_full_disk_under_the_voice_cache_is_one_warning(tmp_path: Path) -> None:
    outcome = bedside("demo", "--json", folder=tmp_path, before=small_disk(tmp_path / "cache"))
    assert outcome.code == 0
    assert "No space left" in outcome.complaints[0]
    assert len(outcome.complaints) == 2


@pytest.mark.parametrize("place", ["nowhere/demo.wav", ".", "file/demo.wav", "pipe"])
def test_a_recording_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    fails(bedside("demo", "--json", "--record", place, folder=tmp_path), "cannot be written")
    # What is no file is not replaced by one either.
    assert (tmp_path / "pipe").is_fifo()


def test_a_full_disk_behind_the_output(tmp_path: Path) -> None:
    outcome = bedside("routines", "--json", folder=tmp_path, before="exec >/dev/full;")
    fails(outcome, "No space left")


# ---- devices


@pytest.fixture
def no_devices(tmp_path: Path) -> None:
    if bedside("devices", folder=tmp_path).code == 0:
        pytest.skip("this machine has a sound device")


@pytest.mark.usefixtures("no_devices")
def test_no_microphone_plays_the_demo(tmp_path: Path) -> None:
    outcome = bedside("run", "--json", folder=tmp_path)
    assert outcome.code == 0
    assert [line for line in outcome.complaints if "demo instead" in line]
    assert '"intent": "leg_cramp"' in outcome.out
    assert (tmp_path / "bedside-demo.wav").stat().st_size > 100_000


# ---- wrong use


@pytest.mark.parametrize(
    "words",
    [
        ("hurry",),
        ("run", "--loud"),
        ("hear",),
        ("simulate",),
        ("rehearse", "no-such-routine"),
        ("hear", "a.wav", "--state", "asleep"),
        ("match",),
    ],
)
def test_wrong_use_is_exit_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    fails(bedside(*words, folder=tmp_path), code=2)


def test_an_unknown_routine_gets_a_suggestion(tmp_path: Path) -> None:
    fails(bedside("rehearse", "recovry", folder=tmp_path), "recovry", "recovery", code=2)


# ---- terminals


def test_a_terminal_without_curly_quotes(tmp_path: Path) -> None:
    outcome = bedside("check", folder=tmp_path, before="exec 2>/dev/null;", PYTHONIOENCODING="ascii")
    assert outcome.code == 0
    outcome = bedside("demo", folder=tmp_path, PYTHONIOENCODING="ascii")
    assert outcome.code == 0
    assert "?my left leg is cramping?" in outcome.out


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_closed_stream(tmp_path: Path, closed: str) -> None:
    assert bedside("check", folder=tmp_path, before=f"exec {closed};").code == 0


@pytest.mark.parametrize("group", [(), ("model",)])
def test_a_group_of_commands_by_itself_is_its_help(tmp_path: Path, group: tuple[str, ...]) -> None:
    outcome = bedside(*group, folder=tmp_path)
    assert outcome.code == 2
    assert outcome.complaints[0].startswith("Usage: bedside")
    assert len(outcome.complaints) > 5


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    words = shlex.join([sys.executable, "-m", "bedside", "routines"])
    done = subprocess.run(["sh", "-c", f"{words} | head -1"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_ctrl_c_while_everything_is_being_loaded_is_quiet(tmp_path: Path) -> None:
    program = (
        "import runpy, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'bedside.cli.main': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "runpy.run_module('bedside', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
