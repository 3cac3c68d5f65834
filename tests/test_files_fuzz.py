"""Whatever stands in a file that people write by hand: an error that names the file, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.audio.scene import read_scene
from bedside.audio.wavfiles import write_wav
from bedside.config import load_config
from bedside.dialogue.library import load_library
from bedside.errors import ContentError
from bedside.nlu.intents import load_intents
from bedside.resources import content_folder

CONFIG = """\
microphone: USB
country: UK
numbers: {maternity: "01234 567 890", emergency: "999"}
voice: {words_per_minute: 120, cache: voice}
recognizer: {model: embedded}
risks: {blood_thinners: true}
quiet_hours: {start: "22:00", end: "7:00"}
matching: {act: 90}
"""
SCENE = """\
duration: 8
seed: 3
echo: {gain_db: -6, delay_ms: 40, rt60: 0.3}
noise: {file: noise.wav, gain_db: -20}
says:
  - {file: noise.wav, at: 1.0}
  - file: noise.wav
    after: {event: say, match: "calf"}
    wait: 0.5
"""
INTENTS = """\
language: en
intents:
  start_routine:
    data:
      - sentences: ["ankle circles", "circle my (foot|ankle)"]
        slots: {routine: ankle-circles}
  leg_cramp:
    data:
      - sentences: ["[my] {side} leg cramp[s]"]
lists:
  side: {values: [left, {in: (right|rite), out: right}]}
expansion_rules: {leg: (leg|calf)}
"""
ROUTINE = """\
id: ankle-circles
title: Ankle circles
steps:
  - id: "1"
    say: "Lift one foot a little."
    wait: 2
  - id: "2"
    hold: 20
    say: "Draw slow circles with it, for {seconds} seconds."
  - repeat: 2
    steps:
      - {id: "3", ask: "Is that enough?", answers: {yes: end, no: next}, silence: end}
"""

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.dates(),
    st.sampled_from(
        ["{seconds}", "{", "[a", "(a|", "a" * 3000, "\x85", "\u2028", "1e999", 10**400, "../..", "/dev/null", "\0"]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=10,
)
PIECES = [
    *("- ", ": ", "{", "}", "[", "]", '"', "'", "|", ">", "#", "?", "~", "=", "\t", "\n", "\r", "---\n", "...\n"),
    *(
        "&a ",
        "*a",
        "<<: *a",
        "!!python/object:os.system ",
        "!!binary ",
        "!!set ",
        "!!float x",
        "!!int ",
        "!!timestamp x",
    ),
    *("%YAML 9.9\n", "0x1F", "0b", "1_0", "1:2:3", ".inf", ".nan", "2026-99-99", "2026-01-01", "9" * 5000),
    *("\ufeff", "\x00", "\x07", "\x85", "\u2028", "é", "\U0001f9b5"),
]


@st.composite
def bent(draw: st.DrawFn, text: str) -> str:
    """The text with a few pieces of YAML put in, or taken out."""
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(PIECES)) + text[place + draw(st.integers(0, 8)) :]
    return text


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """The file with other values in a few places."""
    data: Any = yaml.safe_load(text)
    for _ in range(draw(st.integers(1, 3))):
        place: Any = data
        while isinstance(place, dict | list) and place:
            key = (
                draw(st.sampled_from(sorted(place, key=str)))
                if isinstance(place, dict)
                else draw(st.integers(0, len(place) - 1))
            )
            if not isinstance(place[key], dict | list) or draw(st.booleans()):
                place[key] = draw(values)
                break
            place = place[key]
    return str(yaml.safe_dump(data, allow_unicode=True))


def contents(text: str) -> st.SearchStrategy[bytes]:
    texts = st.one_of(bent(text), changed(text), st.text(max_size=60), values.map(lambda v: str(yaml.safe_dump(v))))
    return st.one_of(texts.map(lambda t: t.encode("utf-8", "surrogatepass")), st.binary(max_size=40))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("files"))
    write_wav(folder / "noise.wav", np.zeros(1600, dtype=np.float32))
    (folder / "routines").mkdir()
    return folder


def only_named_errors(file: Path, content: bytes, load: Callable[[Path], object]) -> None:
    """Loads, or says in one line what is wrong in the file."""
    file.write_bytes(content)
    complaint = f"{file}:"
    try:
        load(file)
    except ContentError as error:
        complaint = str(error)
    assert re.match(rf"{re.escape(str(file))}(:\d+)?:", complaint), complaint


LOADERS: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "config": (CONFIG, "config.yaml", load_config),
    "scene": (SCENE, "scene.yaml", read_scene),
    "intents": (INTENTS, "intents.yaml", load_intents),
    "routine": (ROUTINE, "routines/ankle-circles.yaml", lambda file: load_library(content_folder(), file.parent)),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_the_files_as_they_are_can_be_read(folder: Path, kind: str) -> None:
    text, name, load = LOADERS[kind]
    (folder / name).write_text(text, encoding="utf-8")
    load(folder / name)


def check(folder: Path, kind: str, data: st.DataObject) -> None:
    text, name, load = LOADERS[kind]
    only_named_errors(folder / name, data.draw(contents(text)), load)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["config", "scene"])
def test_settings_and_scenes(folder: Path, kind: str, data: st.DataObject) -> None:
    check(folder, kind, data)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["intents", "routine"])
def test_words_and_routines(folder: Path, kind: str, data: st.DataObject) -> None:
    check(folder, kind, data)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=4000, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", LOADERS)
def test_every_kind_for_long(folder: Path, kind: str, data: st.DataObject) -> None:
    check(folder, kind, data)
