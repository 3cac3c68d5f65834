"""YAML by hand: strict, with the line of every part."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

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
    "open quote": (b'a: 1\nb: "x\n', 3, "is not valid YAML"),
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
    "unknown key, far off": ("songs: []\nxyz: 1\n", 2, "Known here: best, by_name, songs."),
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
    "out of range": ("songs:\n  - title: a\n    seconds: 0\n", 3, "songs.0.seconds: input should be greater"),
    "not a mapping": ("- a\n", 1, "the file: "),
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
