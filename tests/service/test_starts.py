"""Starts that come to nothing wait longer and longer; one that went well is counted no more."""

from __future__ import annotations

from pathlib import Path

from bedside.service.starts import LASTING, LONGEST, Starts


def test_what_never_listens_waits_longer_and_longer(tmp_path: Path) -> None:
    waits = [Starts(tmp_path / "starts").begin()[1] for _ in range(12)]
    assert waits[:7] == [0.0, 0.0, 0.0, 1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST


def test_a_start_that_listened_counts_no_more(tmp_path: Path) -> None:
    for _ in range(5):
        starts = Starts(tmp_path / "starts")
        starts.begin()
    starts.attend(0.0)
    starts.attend(LASTING - 1)
    assert Starts(tmp_path / "starts").begin()[0] == 5
    starts.attend(LASTING)
    assert Starts(tmp_path / "starts").begin() == (0, 0.0)


def test_nonsense_counts_as_nothing(tmp_path: Path) -> None:
    for nonsense in (b"\xff\xfe", b"many", b"-3", b""):
        (tmp_path / "starts").write_bytes(nonsense)
        assert Starts(tmp_path / "starts").begin() == (0, 0.0)
    assert Starts(tmp_path / "no folder" / "starts").begin() == (0, 0.0)
