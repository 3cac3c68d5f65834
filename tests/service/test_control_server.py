"""The socket itself, and clients that do not behave."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bedside.errors import ControlError
from bedside.service import control_socket
from bedside.service.control_client import NotRunningError, RefusedError, ask
from bedside.service.control_server import MOST, ControlServer
from bedside.service.control_socket import known_places, own_place
from bedside.service.protocol import LONGEST_LINE, Say, Simple, Start, done

STATUS = b'{"version": 1, "command": "stop"}\n'
LONG, SHORT = 30.0, 0.5
"""Patience in tests: never used up, and used up at once."""


@contextmanager
def answering(place: Path, patience: float = LONG) -> Iterator[list[Any]]:
    """A server whose requests are answered by a thread; the requests, as they came."""
    over, requests = threading.Event(), []
    with ControlServer(place, patience) as server:

        def answer() -> None:
            while not over.wait(0.001):
                while (pending := server.take()) is not None:
                    requests.append(pending.request)
                    pending.answer(done("Done."))

        loop = threading.Thread(target=answer)
        loop.start()
        try:
            yield requests
        finally:
            over.set()
            loop.join()


@contextmanager
def client(place: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(LONG)
        sock.connect(str(place))
        yield sock


def replies(sock: socket.socket) -> list[dict[str, Any]]:
    """All that comes until the other side closes."""
    return [json.loads(line) for line in sock.makefile("rb")]


def reply(sock: socket.socket) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(sock.makefile("rb", buffering=0).readline())
    return told


def send_until_hung_up(sock: socket.socket, piece: bytes, every: float = 0.0) -> bool:
    """Send the piece again and again; True once the other side has hung up."""
    for _ in range(10_000):
        try:
            sock.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return True
        time.sleep(every)
    return False


def test_only_the_group_of_the_folder_may_speak_to_it(place: Path) -> None:
    with answering(place):
        facts = place.stat()
        assert stat.S_IMODE(facts.st_mode) == 0o660
        assert facts.st_gid == place.parent.stat().st_gid
    assert not place.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another group")
def test_it_belongs_to_the_group_that_the_folder_was_given_to(place: Path) -> None:
    os.chown(place.parent, -1, 12345)
    with answering(place):
        assert (place.stat().st_gid, stat.S_IMODE(place.stat().st_mode)) == (12345, 0o660)


def test_two_clients_at_once_and_several_requests_on_one_line_each(place: Path) -> None:
    with answering(place) as requests, client(place) as one, client(place) as other:
        one.sendall(STATUS)
        other.sendall(STATUS + STATUS)
        other.shutdown(socket.SHUT_WR)
        assert reply(one) == {"version": 1, "ok": True, "told": "Done."}
        assert [each["ok"] for each in replies(other)] == [True, True]
        one.sendall(STATUS)
        assert reply(one)["ok"]
        assert len(requests) == 4


def test_a_last_line_without_its_end_counts(place: Path) -> None:
    with answering(place), client(place) as sock:
        sock.sendall(STATUS.strip())
        sock.shutdown(socket.SHUT_WR)
        assert [each["ok"] for each in replies(sock)] == [True]


def test_half_a_line_is_waited_for_only_so_long(place: Path) -> None:
    with answering(place, patience=SHORT) as requests, client(place) as sock:
        sock.sendall(STATUS[:10])
        assert replies(sock) == []
        assert requests == []


def test_who_dribbles_gains_no_time(place: Path) -> None:
    with answering(place, patience=SHORT), client(place) as sock:
        assert send_until_hung_up(sock, b" ", SHORT / 10)


@pytest.mark.parametrize("end", [b"\n", b""])
def test_too_long_a_line_is_refused(place: Path, end: bytes) -> None:
    with answering(place) as requests, client(place) as sock:
        sock.sendall(b'{"version": 1, "command": "say", "text": "' + b"x" * LONGEST_LINE + b'"}' + end)
        assert [each["reason"] for each in replies(sock)] == ["too_long"]
        assert requests == []


def test_binary_junk_is_refused_and_the_next_line_counts(place: Path) -> None:
    with answering(place), client(place) as sock:
        sock.sendall(b"\x00\xff\xfe{[\n\n" + b"[" * 3000 + b"\n" + b"9" * 4000 + b"\n" + STATUS)
        sock.shutdown(socket.SHUT_WR)
        assert [each.get("reason") for each in replies(sock)] == ["bad_request"] * 3 + [None]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"version": 2, "command": "stop"}', "version 1"),
        (b'{"command": "stop"}', "version 1"),
        (b'{"version": true, "command": "stop"}', "version 1"),
        (b'{"version": 1, "command": "stopp"}', "'stop'"),
        (b'{"version": 1, "command": ["stop"]}', "missing"),
        (b'{"version": 1, "command": "stop", "now": true}', "no 'now'"),
        (b'{"version": 1, "command": "start"}', "needs 'routine'"),
        (b'{"version": 1, "command": "start", "routine": "a", "side": "top"}', "'side'"),
        (b'{"version": 1, "command": "start", "routine": "' + b"a" * 101 + b'"}', "'routine' has at most 100"),
        (b'{"version": 1, "command": "say", "text": "' + b"a" * 301 + b'"}', "'text' has at most 300"),
        (b'{"version": 1, "command": "say", "text": "\\u0000 . \\ud800"}', "not JSON"),
        (b'{"version": 1, "command": "say", "text": "\\u0000 . "}', "nothing to say"),
        (b'{"version": 1, "command": "mute", "seconds": 1e999}', "'seconds'"),
        (b'{"version": 1, "command": "mute", "seconds": 90000}', "86400"),
        (b'{"version": 1, "command": "mute", "seconds": 5}', "60 seconds"),
        (b'{"version": 1, "command": "mute", "seconds": "60"}', "'seconds'"),
        (b'["stop"]', "JSON object"),
    ],
)
def test_what_is_wrong_is_said(place: Path, line: bytes, error: str) -> None:
    with answering(place) as requests, client(place) as sock:
        sock.sendall(line + b"\n")
        told = reply(sock)
        assert (told["ok"], told["reason"], requests) == (False, "bad_request", [])
        assert error in told["error"]


def test_too_many_at_once_are_told_so_and_a_place_becomes_free(place: Path) -> None:
    with answering(place):
        clients = []
        for _ in range(MOST):
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.settimeout(LONG)
            sock.connect(str(place))
            sock.sendall(STATUS)
            reply(sock)
            clients.append(sock)
        with client(place) as sock:
            assert [each["reason"] for each in replies(sock)] == ["busy"]
        for sock in clients:
            sock.close()
        # The server may see who comes before it sees who went.
        for _ in range(100):
            with contextlib.suppress(ControlError):
                assert ask(Simple(command="stop"), [place]).ok
                break
            time.sleep(0.05)
        else:
            raise AssertionError("no place becomes free")


def test_who_never_reads_is_dropped(place: Path) -> None:
    with answering(place), client(place) as sock:
        assert send_until_hung_up(sock, b"{}\n" * 300)
        assert ask(Simple(command="stop"), [place]).ok


def test_what_the_loop_does_not_take_up_is_never_carried_out(place: Path) -> None:
    with ControlServer(place, SHORT) as server:
        with pytest.raises(RefusedError, match="stands still"):
            ask(Start(routine="wall-stretch"), [place])
        assert server.take() is None
        with client(place) as sock:
            sock.sendall(STATUS)
            pending = None
            while pending is None:
                pending = server.take()
            assert [each["reason"] for each in replies(sock)] == ["not_answering"]
            # Too late, and it harms nobody.
            pending.answer(done("Done."))
        with pytest.raises(RefusedError, match="stands still"):
            ask(Simple(command="stop"), [place])


def test_who_locks_the_folder_does_not_hold_up_the_start(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_socket, "PATIENCE", SHORT)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(ControlError, match="keeps this folder locked"):
            ControlServer(place)
        assert not place.exists()
    finally:
        os.close(folder)
    with answering(place):
        assert place.exists()


def test_a_socket_that_nobody_listens_at_is_replaced(place: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(place))
    with pytest.raises(NotRunningError):
        ask(Simple(command="stop"), [place])
    with answering(place):
        assert ask(Simple(command="stop"), [place]).ok


def test_a_living_socket_is_never_taken(place: Path) -> None:
    with answering(place):
        with pytest.raises(ControlError, match="another bedside listens"):
            ControlServer(place)
        assert ask(Simple(command="stop"), [place]).ok


def test_a_busy_socket_lives_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_socket, "KNOCK", 0.05)
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        full.bind(str(place))
        full.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                waiting = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                waiting.setblocking(False)
                waiting.connect(str(place))
        with pytest.raises(ControlError, match="another bedside"):
            ControlServer(place)


def test_a_file_is_left_alone(place: Path) -> None:
    place.write_text("mine")
    with pytest.raises(ControlError, match="no socket"):
        ControlServer(place)
    assert place.read_text() == "mine"


def test_a_socket_that_came_in_its_place_stays(place: Path) -> None:
    with ExitStack() as first:
        first.enter_context(answering(place))
        place.unlink()
        with answering(place):
            first.close()
            assert ask(Simple(command="stop"), [place]).ok


def test_too_long_a_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="no control socket can be made here"):
        ControlServer(tmp_path / ("x" * 120))


def test_where_it_is(tmp_path: Path) -> None:
    system = Path("/run/bedside/control.sock")
    users = Path("/run/user/7/bedside/control.sock")
    assert own_place({"RUNTIME_DIRECTORY": "/run/bedside", "XDG_RUNTIME_DIR": "/run/user/7"}) == system
    assert own_place({"XDG_RUNTIME_DIR": "/run/user/7"}) == users
    assert own_place({}) is None
    assert known_places({"XDG_RUNTIME_DIR": "/run/user/7"}) == [system, users]
    assert known_places({}) == [system]
    named = {"BEDSIDE_SOCKET": "/x.sock", "RUNTIME_DIRECTORY": "/run/bedside", "XDG_RUNTIME_DIR": "/run/user/7"}
    assert (own_place(named), known_places(named)) == (Path("/x.sock"), [Path("/x.sock")])


def test_the_client_goes_on_to_the_next_place(place: Path) -> None:
    with answering(place):
        assert ask(Simple(command="stop"), [place.parent / "none" / "control.sock", place]).ok


def test_something_else_that_answers_is_no_bedside(place: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        other.bind(str(place))
        other.listen()

        def answer() -> None:
            taken, _ = other.accept()
            with taken:
                taken.sendall(b"220 smtp ready\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ControlError, match="does not speak"):
            ask(Say(text="Hello."), [place])
        thread.join()
