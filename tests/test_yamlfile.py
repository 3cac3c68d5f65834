"""YAML by hand: strict, with the line of every part."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, RootModel

from bedside.errors import ContentError
from bedside.yamlfile import check_model, read_document, read_model, suggest


class Song(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    seconds: int = Field(gt=0)


class Album(BaseModel):
    model_config = ConfigDict(extra="forbid")

    songs: list[Song]
    by_name: dict[str, Song] = {}
    best: Song | None = None
    label: str | None = Field(default=None, min_length=1)
    tags: list[Literal["slow", "fast"]] = Field(default=["slow"], min_length=1, max_length=2)
    volume: float = Field(default=5, ge=0, le=10, allow_inf_nan=False)
    loop: bool = False
    cover: Path | None = None
    extra: list[str | Song] = []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "album.yaml"


def test_plain_data_and_the_line_of_every_part(file: Path) -> None:
    file.write_text("# first\nsongs:\n  - title: a\n    seconds: 3\n  - {title: b,\n     seconds: 4}\n")
    document = read_document(file)
    assert document.data == {"songs": [{"title": "a", "seconds": 3}, {"title": "b", "seconds": 4}]}
    assert document.line() == 2
    assert document.line("songs") == 2
    assert document.line("songs", 0, "seconds") == 4
    assert document.line("songs", 1) == 5
    assert document.line("songs", 1, "seconds") == 6


def test_a_part_that_is_not_there_has_the_line_of_what_is_around_it(file: Path) -> None:
    file.write_text("a: 1\nb:\n  c: 2\n")
    assert read_document(file).line("b", "nothing", 7) == 2
    assert read_document(file).line("nothing") == 1


def test_yes_and_no_are_words_and_so_is_every_key(file: Path) -> None:
    file.write_text("yes: [yes]\nno: 1\n3: x\n")
    assert read_document(file).data == {"yes": ["yes"], "no": 1, "3": "x"}


def test_an_anchor_is_written_out_everywhere(file: Path) -> None:
    file.write_text("a: &song {title: x, seconds: 1}\nb: *song\n")
    assert read_document(file).data["b"] == {"title": "x", "seconds": 1}


BROKEN = {
    "empty": (b"", 1, "the file is empty"),
    "only a comment": (b"# nothing\n", 1, "the file is empty"),
    "tab": (b"a: 1\nb:\n\tc: 2\n", 3, "is not valid YAML"),
    "open quote": (b'a: 1\nb: "x\nc: 2\n', 2, 'is not valid YAML: the " opened in line 2 is never closed. Close it.'),
    "open bracket": (b"a: 1\nb: [x,\n  [y]\n\n", 2, "the [ opened in line 2 is never closed"),
    "open bracket, more below": (b"a: [x, y\nb: [z]\nc: 3\n", 1, "the [ opened in line 1 is never closed"),
    "open brace": (b"a: 1\nb: {x: [y]\nc: 3\n", 2, "the { opened in line 2 is never closed"),
    "open brace in a bracket": (b"a:\n  - [x,\n    {y: 1]\n", 3, "the { opened in line 3 is never closed"),
    "open bracket behind a mark of byte order": (b"\xef\xbb\xbfa: [x\n", 1, "the [ opened in line 1"),
    "missing comma": (b"a: 1\nb: ['x' 'y']\n", 2, "is not valid YAML: expected ','"),
    "impossible letter in a bracket": (b"a: 1\nb: [x, @y]\n", 2, "is not valid YAML: found character"),
    "two documents": (b"a: 1\n---\nb: 2\n", 2, "is not valid YAML"),
    "twice": (b"a: 1\nb: 2\na: 3\n", 3, "'a' is written twice here. Keep one of the two."),
    "unknown alias": (b"a: 1\nb: *gone\n", 2, "is not valid YAML"),
    "alias to itself": (b"a: 1\nb: &x [*x]\n", 2, "an alias refers to itself"),
    "list as a key": (b"a: 1\n? [x, y]\n: 2\n", 2, "a key must be a plain word"),
    "a python object": (b"a: 1\nb: !!python/name:os.system x\n", 2, "cannot be read"),
    "impossible date": (b"a: 1\nb: 2026-13-45\n", 2, "cannot be read"),
}


@pytest.mark.parametrize(("content", "line", "problem"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_good_yaml_is_one_line_with_its_place(file: Path, content: bytes, line: int, problem: str) -> None:
    file.write_bytes(content)
    with pytest.raises(ContentError) as caught:
        read_document(file)
    assert (caught.value.line, caught.value.file) == (line, str(file))
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_names_itself(file: Path) -> None:
    with pytest.raises(ContentError, match=r"album\.yaml: there is no such file"):
        read_document(file)
    file.write_bytes(b"a: \xff\n")
    with pytest.raises(ContentError, match="is not a UTF-8 text file"):
        read_document(file)
    with pytest.raises(ContentError, match="cannot be read"):
        read_document(file.parent)
    file.write_bytes(b"a: \x00\n")
    with pytest.raises(ContentError, match="is not valid YAML"):
        read_document(file)


@given(st.binary(max_size=200))
def test_any_bytes_are_data_or_one_named_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    with suppress(ContentError):
        read_document(file)  # Any other error fails the test.


WRONG = {
    "unknown key": (
        "songs:\n  - title: a\n    secnds: 3\n    seconds: 3\n",
        3,
        "unknown key 'secnds'. Did you mean 'seconds'?",
    ),
    "unknown key, far off": ("songs: []\nxyz: 1\n", 2, "Known here: best, by_name, cover, "),
    "unknown key in a mapping of models": (
        "songs: []\nby_name:\n  a:\n    titel: x\n    seconds: 1\n    title: x\n",
        4,
        "Did you mean 'title'?",
    ),
    "unknown key in an optional model": (
        "songs: []\nbest: {title: a, seconds: 1,\n  secondz: 2}\n",
        3,
        "Did you mean 'seconds'?",
    ),
    "missing": ("songs:\n  - seconds: 3\n", 2, "the key 'title' is missing"),
    "wrong kind": ("songs:\n  - title: a\n    seconds: long\n", 3, "It says 'long'."),
    "out of range": (
        "songs:\n  - title: a\n    seconds: 0\n",
        3,
        "songs, entry 1, seconds: must be more than 0. It says 0.",
    ),
    "not a mapping": ("- a\n", 1, "the file: here stand 'key: value' lines."),
    "a number for a text": ("songs:\n  - title: 010\n    seconds: 1\n", 2, 'Put it in quotes: "010".'),
    "a boolean for a text": ("songs:\n  - title: true\n    seconds: 1\n", 2, 'Put it in quotes: "true".'),
    "a date for a text": ("songs:\n  - title: 2026-01-02\n    seconds: 1\n", 2, 'Put it in quotes: "2026-01-02".'),
    "nothing for a text": ("songs:\n  - title:\n    seconds: 1\n", 2, "nothing stands here; it needs a text"),
    "a list for a text": ("songs:\n  - title: [a]\n    seconds: 1\n", 2, "title: needs a text, not a list."),
    "lines for a text": ("songs:\n  - seconds: 1\n    title: {a: b}\n", 3, "a text, not 'key: value' lines."),
    "lines for a list": ("songs:\n  a: b\n", 1, "songs: a list stands here."),
    "a word for a list": ("songs: a\n", 1, "songs: a list stands here. It says 'a'. Write each entry"),
    "a word for lines": ("songs: [a]\n", 1, "songs, entry 1: here stand 'key: value' lines. It says 'a'."),
    "a list for lines": ("songs: []\nby_name: [a]\n", 2, "by_name: here stand 'key: value' lines."),
    "a piece of a number": ("songs: [{title: a, seconds: 1.5}]\n", 1, "seconds: needs a whole number. It says 1.5."),
    "more than one line": ('songs: [{title: a, seconds: "1\n\n  x"}]\n', 1, "It says '1\\nx'."),
    "too few": ("songs: []\ntags: []\n", 2, "tags: needs at least 1 entry."),
    "too many": ("songs: []\ntags: [slow, slow, slow]\n", 2, "tags: takes at most 2 entries."),
    "none of a few words": (
        "songs: []\ntags:\n  - slow\n  - fats\n",
        4,
        "tags, entry 2: must be one of slow, fast. It says 'fats'. Did you mean 'fast'?",
    ),
    "far from a few words": ("songs: []\ntags: [3]\n", 2, "tags, entry 1: must be one of slow, fast. It says 3."),
    "empty": ('songs: []\nlabel: ""\n', 2, "label: is empty. Write something there"),
    "too loud": ("songs: []\nvolume: 11\n", 2, "volume: must be at most 10. It says 11."),
    "too soft": ("songs: []\nvolume: -1\n", 2, "volume: must be at least 0. It says -1."),
    "endless": ("songs: []\nvolume: .inf\n", 2, "volume: must be a number that is not endless. It says .inf."),
    "no number": ("songs: []\nvolume: [1]\n", 2, "volume: needs a number, not a list."),
    "neither true nor false": ("songs: []\nloop: maybe\n", 2, "loop: needs true or false. It says 'maybe'."),
    "a number for a file": ("songs: []\ncover: 12\n", 2, 'Put it in quotes: "12".'),
    "unknown key in one of two kinds": (
        "songs: []\nextra:\n  - b-side\n  - title: a\n    secnds: 1\n",
        5,
        "unknown key 'secnds'. Did you mean 'seconds'?",
    ),
    "missing in one of two kinds": ("songs: []\nextra:\n  - b-side\n  - title: a\n", 4, "the key 'seconds' is missing"),
    "wrong in one of two kinds": (
        "songs: []\nextra:\n  - title: a\n    seconds: 0\n",
        4,
        "extra, entry 1, seconds: must be more than 0.",
    ),
    "none of two kinds": ("songs: []\nextra: [a, 3]\n", 2, 'Put it in quotes: "3".'),
}


@pytest.mark.parametrize(("text", "line", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_the_model_is_one_line_with_its_place(file: Path, text: str, line: int, problem: str) -> None:
    file.write_text(text)
    with pytest.raises(ContentError) as caught:
        read_model(file, Album)
    assert caught.value.line == line
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_fits_comes_back_with_its_document(file: Path) -> None:
    file.write_text("songs:\n  - {title: a, seconds: 3}\n")
    album, document = read_model(file, Album)
    assert album.songs == [Song(title="a", seconds=3)]
    assert document.error(("songs", 0), "too short.").line == 2


def test_a_part_can_be_checked_alone_and_keeps_its_lines(file: Path) -> None:
    file.write_text("x:\n  y:\n    title: a\n    seconds: -1\n")
    document = read_document(file)
    with pytest.raises(ContentError) as caught:
        check_model(document, Song, ("x", "y"), document.data["x"]["y"])
    assert caught.value.line == 4


def test_a_suggestion_is_the_near_word_or_all_words() -> None:
    assert suggest("stpo", ["stop", "pause"]) == "Did you mean 'stop'?"
    assert suggest("qqq", ["stop", "pause"]) == "Known here: pause, stop."
    assert suggest("x", []) == ""


def test_the_keys_of_a_mapping_at_the_top_are_known_too(file: Path) -> None:
    file.write_text("a: {title: x, seconds: 1}\nb: {title: x,\n  secs: 1}\n")
    with pytest.raises(ContentError, match=r":3: unknown key 'secs'\. Did you mean 'seconds'\?"):
        read_model(file, RootModel[dict[str, Song]])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: " + "[" * 5000, "nested far too deeply"),
        ("a: " + "[" * 300 + "]" * 300, ":1: it is nested far too deeply"),
        ("".join(" " * level + "a:\n" for level in range(3000)), "nested far too deeply"),
        ("a: !!int ''", ":1: this value cannot be read as int"),
        ("a: !!float ''", ":1: this value cannot be read as float"),
        ("a: !!timestamp x", ":1: this value cannot be read as timestamp"),
        ("a: 2026-99-99", ":1: this value cannot be read"),
        (
            "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)),
            "with its aliases the file has more than",
        ),
    ],
)
def test_a_file_that_would_be_too_much_is_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text)
    with pytest.raises(ContentError) as raised:
        read_document(file)
    assert complaint in str(raised.value)
