"""Whatever comes over the socket: no crash, no hang, no growth."""

from __future__ import annotations

import gc
import json
import os
import random
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.service.protocol import LONGEST_LINE, RequestError, read_reply, read_request
from tests.end_to_end.night import Bedroom
from tests.service.house import House, house

VALID: list[dict[str, Any]] = [
    {"version": 1, "command": "start", "routine": "acute-calf-bed", "side": "left"},
    {"version": 1, "command": "start", "routine": "massage-calf"},
    {"version": 1, "command": "start", "routine": "clot-signs"},
    {"version": 1, "command": "stop"},
    {"version": 1, "command": "pause"},
    {"version": 1, "command": "resume"},
    {"version": 1, "command": "status"},
    {"version": 1, "command": "say", "text": "Good night."},
    {"version": 1, "command": "mute", "seconds": 7200},
    {"version": 1, "command": "mute", "seconds": 0},
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**308),
    st.floats(),
    st.text(max_size=400),
    st.sampled_from(
        ["version", "command", "start", "wall-stretch", "left", "\x00", "\u202e", "{leg}", "\ud7ff", "a" * 5000]
    ),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=12), inner, max_size=5)),
    max_leaves=20,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A request in which a key, a value or a few bytes are others."""
    request = dict(draw(st.sampled_from(VALID)))
    for key in draw(
        st.lists(st.sampled_from(["version", "command", "routine", "side", "text", "seconds", "x"]), max_size=3)
    ):
        if draw(st.booleans()):
            request[key] = draw(anything)
        else:
            request.pop(key, None)
    line = bytearray(json.dumps(request).encode())
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(line)))
        line[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(line)


def deep(depth: int, opening: bytes, middle: bytes, closing: bytes) -> bytes:
    return opening * depth + middle + closing * depth


lines = st.one_of(
    st.binary(max_size=2 * LONGEST_LINE),
    mutated(),
    st.builds(
        deep,
        st.integers(0, 2000),
        st.sampled_from([b"[", b'{"version":']),
        st.just(b"1"),
        st.sampled_from([b"]", b"}", b""]),
    ),
    anything.map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=500, deadline=None)
@given(lines)
def test_a_line_is_a_request_or_says_what_is_wrong(line: bytes) -> None:
    wrong = ""
    try:
        read_request(line)
    except RequestError as error:
        wrong = f"{error}!"
    assert len(wrong) != 1
    assert len(wrong) < LONGEST_LINE / 4
    assert "\n" not in wrong
    with pytest.raises(RequestError):
        read_reply(line)


@pytest.fixture(scope="module")
def home(bedroom: Bedroom, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with house(bedroom, Path(f"/tmp/bedside-fuzz-{os.getpid()}.sock")) as home:
        yield home


def send(home: House, data: bytes, shut: bool) -> list[bytes]:
    """What comes back to these bytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(30)
        sock.connect(str(home.path))
        try:
            sock.sendall(data)
            if not shut:
                return []
            sock.shutdown(socket.SHUT_WR)
            with sock.makefile("rb") as replies:
                return replies.readlines()
        except (BrokenPipeError, ConnectionResetError):
            return []


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=6), st.booleans())
def test_the_running_bedside_answers_each_line_and_goes_on(home: House, data: list[bytes], shut: bool) -> None:
    for reply in home.wait_for(lambda: send(home, b"\n".join(data), shut)):
        read_reply(reply)
    home.run(0.5)
    assert home.status().microphone == "alive"


WISHES = st.lists(st.tuples(st.sampled_from(VALID), st.sampled_from([0.05, 1.0, 8.0])), min_size=2, max_size=8)


def whatever_is_asked_for_in_whatever_order(home: House, wishes: list[tuple[dict[str, Any], float]]) -> None:
    for wish, seconds in wishes:
        line = json.dumps(wish).encode()
        (reply,) = home.wait_for(lambda line=line: send(home, line, True))
        assert read_reply(reply).reason in (None, "not_now", "busy")
        home.run(seconds)
        status = home.status()
        assert status.muted_until is None or status.state == "idle"
    home.tell("stop")
    home.mute(0)
    assert home.status().state == "idle"


@settings(max_examples=12, deadline=None)
@given(WISHES)
def test_whatever_is_asked_for_in_whatever_order(home: House, wishes: list[tuple[dict[str, Any], float]]) -> None:
    whatever_is_asked_for_in_whatever_order(home, wishes)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=100, deadline=None)
@given(WISHES)
def test_whatever_is_asked_for_for_long(home: House, wishes: list[tuple[dict[str, Any], float]]) -> None:
    whatever_is_asked_for_in_whatever_order(home, wishes)


def resident() -> int:
    """Bytes of memory in use."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def held() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def flood(home: House, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.randrange(4)
        if kind == 0:
            data = chance.randbytes(chance.randrange(6000))
        elif kind == 1:
            data = json.dumps(chance.choice([VALID[3], VALID[5], VALID[6], VALID[9]])).encode() + b"\n"
        elif kind == 2:
            data = b'{"version": 1, "command": "' + chance.randbytes(5).hex().encode() + b'"}\n' * 20
        else:
            data = json.dumps(VALID[6]).encode()[: chance.randrange(40)]
        send(home, data, chance.random() < 0.8)


@pytest.mark.parametrize("count", [1500, pytest.param(40_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_nothing_grows(home: House, count: int) -> None:
    home.wait_for(lambda: flood(home, 500, 1))
    home.status()
    before = held()
    grown = []
    # What the process takes once, as for a recogniser that is made anew, is no growth: that goes on each time.
    for again in range(4):
        memory = resident()
        home.wait_for(lambda again=again: flood(home, count, 2 + again))
        # One more, so that the last ones that said nothing have been let go.
        home.status()
        home.run_until(lambda: held() == before)
        grown.append(resident() - memory)
        if grown[-1] < 4_000_000:
            return
    raise AssertionError(f"it grows: {grown} bytes")
