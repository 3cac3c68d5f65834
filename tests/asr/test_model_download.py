"""Downloads from a real server on this machine that misbehaves in every way that we could think of."""

from __future__ import annotations

import random
import resource
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bedside.asr.model_download import Archive, Patience, download
from bedside.asr.model_http import _Redirects
from bedside.errors import ModelError
from tests.asr import model_server as tricks
from tests.asr.model_server import Server

CONTENT = random.Random(3).randbytes(700_000)
QUICK = Patience(connect=5.0, stall=0.3, tries=3, pause=1.0)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(CONTENT) as server:
        yield server


class Log:
    """What a download did: its notices, its pauses (s), and the last progress."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pauses: list[float] = []
        self.progress: list[tuple[int, int | None]] = []

    def get(self, archive: Archive, part: Path, patience: Patience = QUICK) -> None:
        download(
            archive,
            part,
            patience=patience,
            progress=lambda done, total: self.progress.append((done, total)),
            notice=self.lines.append,
            sleep=self.pauses.append,
        )


def test_a_good_server(server: Server, tmp_path: Path) -> None:
    log = Log()
    log.get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert log.progress[-1] == (len(CONTENT), len(CONTENT))
    assert log.lines == []
    assert len(server.asked) == 1
    assert server.asked[0]["accept-encoding"] == "identity"


def test_cut_off_in_the_middle_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.cut_off(300_000), tricks.cut_off(200_000)]
    log = Log()
    log.get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert [asked.get("range") for asked in server.asked] == [None, "bytes=300000-", "bytes=500000-"]
    assert server.asked[1]["if-range"] == '"one"'
    assert "cut the transfer off after 300000 of 700000 bytes" in log.lines[0]


def test_progress_earns_further_tries(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.cut_off(100_000)] * 6
    Log().get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_without_progress_it_gives_up_and_keeps_what_is_there(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.cut_off(100_000), *[tricks.hang_up] * 9]
    log = Log()
    with pytest.raises(ModelError, match=r"broke the connection off.*0\.1 MB are kept"):
        log.get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT[:100_000]
    assert log.pauses == [1.0, 2.0]
    server.tricks = []
    log.get(server.archive, tmp_path / "part")
    assert server.asked[-1]["range"] == "bytes=100000-"
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_stall_is_noticed_and_resumed(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.stall(150_000)]
    log = Log()
    log.get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert "sent nothing for 0.3 s, after 150000 bytes" in log.lines[0]
    assert server.asked[1]["range"] == "bytes=150000-"


def test_a_server_that_never_answers(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.say_nothing] * 9
    with pytest.raises(ModelError, match="accepted the connection and then said nothing"):
        Log().get(server.archive, tmp_path / "part")
    assert len(server.asked) == QUICK.tries


@pytest.mark.parametrize("trick", [tricks.without_ranges, tricks.wrong_range])
def test_a_server_that_cannot_resume_starts_anew(server: Server, tmp_path: Path, trick: tricks.Trick) -> None:
    server.tricks = [tricks.cut_off(300_000), trick]
    Log().get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_no_ranges_and_always_cut_off_comes_to_an_end(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.cut_off_without_ranges(300_000)] * 50
    with pytest.raises(ModelError, match="cut the transfer off"):
        Log().get(server.archive, tmp_path / "part")
    assert len(server.asked) <= 4


def test_a_file_that_changed_meanwhile_is_not_glued_together(server: Server, tmp_path: Path) -> None:
    def new_file(handler: tricks.Handler) -> None:
        server.tag = '"two"'
        handler.good()

    server.tricks = [tricks.cut_off(300_000), new_file]
    Log().get(server.archive, tmp_path / "part")
    assert server.asked[1]["if-range"] == '"one"'
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_piece_of_another_model_is_thrown_away(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.cut_off(300_000), *[tricks.status(404)]]
    with pytest.raises(ModelError, match="404"):
        Log().get(server.archive, tmp_path / "part")
    server.content = CONTENT[::-1]
    server.tag = '"two"'
    Log().get(server.archive, tmp_path / "part")
    assert "range" not in server.asked[-1]
    assert (tmp_path / "part").read_bytes() == CONTENT[::-1]


def test_corrupt_once_is_fetched_again(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.corrupt]
    log = Log()
    log.get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert "wrong SHA-256" in log.lines[0]


def test_corrupt_always_leaves_nothing(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.corrupt] * 9
    with pytest.raises(ModelError, match=r"not the expected file \(wrong SHA-256\)"):
        Log().get(server.archive, tmp_path / "part")
    assert list(tmp_path.iterdir()) == []
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("trick", "said", "requests"),
    [
        (tricks.status(404), "404", 1),
        (tricks.status(403), "403", 1),
        (tricks.other_length, "44 bytes .text/html. instead of 700000", 1),
        (tricks.endless, "sends more than the 700000 bytes", 1),
        (tricks.status(500), "500", 3),
        (tricks.status(503), "503", 3),
        (tricks.redirect("/model.zip"), "redirects too often", 5),
        (tricks.redirect("ftp://127.0.0.1/model.zip"), "redirects to ftp", 1),
    ],
)
def test_refusals_name_their_cause(
    server: Server, tmp_path: Path, trick: tricks.Trick, said: str, requests: int
) -> None:
    server.tricks = [trick] * 20
    with pytest.raises(ModelError, match=said) as caught:
        Log().get(server.archive, tmp_path / "part")
    assert "\n" not in str(caught.value)
    assert len(server.asked) == requests


def test_passing_refusals_are_waited_for(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.status(500), tricks.status(503, Retry_After="7")]
    log = Log()
    log.get(server.archive, tmp_path / "part")
    assert log.pauses == [1.0, 7.0]


def test_redirects_are_followed_also_when_resuming(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.redirect("/there.zip"), tricks.cut_off(400_000), tricks.redirect("/there.zip")]
    Log().get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert server.asked[-1]["range"] == "bytes=400000-"


def test_no_content_length(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.without_length]
    Log().get(replace(server.archive, bytes=None), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_piece_that_is_already_whole_needs_no_request(server: Server, tmp_path: Path) -> None:
    log = Log()
    log.get(server.archive, tmp_path / "part")
    log.get(server.archive, tmp_path / "part")
    assert len(server.asked) == 1


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        archive = Archive(f"http://127.0.0.1:{taken.getsockname()[1]}/m.zip", 10, "0" * 64)
        with pytest.raises(ModelError, match=r"127\.0\.0\.1 refuses the connection"):
            Log().get(archive, tmp_path / "part")


def test_no_such_host(tmp_path: Path) -> None:
    # The top-level domain "invalid" is reserved: no name server knows it, with or without a network.
    archive = Archive("http://models.invalid/m.zip", 10, "0" * 64)
    with pytest.raises(ModelError, match=r"no network, or no host named models\.invalid"):
        Log().get(archive, tmp_path / "part")


def test_a_disk_that_takes_no_more(server: Server, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(ModelError, match=r"part: cannot be written \(File too large\)"):
            Log().get(server.archive, tmp_path / "part")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    Log().get(server.archive, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_protected_address_is_not_left() -> None:
    request = urllib.request.Request("https://models.example/m.zip")
    with pytest.raises(ModelError, match="unprotected address"):
        _Redirects().redirect_request(request, None, 302, "Found", {}, "http://models.example/m.zip")
    followed = _Redirects().redirect_request(request, None, 302, "Found", {}, "https://cdn.example/m.zip")
    assert followed is not None
    assert followed.full_url == "https://cdn.example/m.zip"
