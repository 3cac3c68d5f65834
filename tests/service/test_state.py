"""What goes on, kept in a file: whole or not at all, and never in the way."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.dialogue.kept import Kept, KeptAlert, KeptNight, KeptSession
from bedside.service.state import FILE, LARGEST, StateKeeper, load_state, write_state
from bedside.service.time_away import Moment, present

KEPT = Kept(
    at=12.5,
    heard=10.0,
    night=KeptNight(warnings={"breathless": "emergency"}, risks=frozenset({"past_clot"}), left=(1.0, 2.0, True)),
    session=KeptSession(activity="step", routine="acute-calf-bed", index=3, timer=("x/1", 4.0)),
    alert=KeptAlert(tier="emergency", sign="breathless", signs=frozenset({"breathless"})),
)


def moment(wall: float, boot: str = "one", trusted: bool = True) -> Moment:
    return Moment(boot, wall, wall, trusted)


def silent(line: str) -> None:
    raise AssertionError(line)


def test_comes_back_as_it_was_with_its_age(tmp_path: Path) -> None:
    write_state(tmp_path, KEPT, moment(1000.0))
    left = load_state(tmp_path, silent)
    assert left is not None
    assert left.kept == KEPT
    assert left.away(moment(1042.0)) == 42.0
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("now", "away"),
    [
        (Moment("one", 1060.0, 5000.0, False), 60.0),  # the wall clock was set meanwhile
        (Moment("one", 1060.0, 400.0, True), 60.0),
        (Moment("two", 30.0, 1040.0, False), None),  # a Pi after a power cut: five hours may look like this
        (Moment("two", 30.0, 1040.0, True), 40.0),
        (Moment("two", 30.0, 900.0, True), None),
        (Moment("", 30.0, 1040.0, False), None),
    ],
)
def test_only_clocks_that_can_know_tell_how_long_it_was(tmp_path: Path, now: Moment, away: float | None) -> None:
    write_state(tmp_path, KEPT, moment(1000.0))
    left = load_state(tmp_path, silent)
    assert left is not None
    assert left.away(now) == away


def test_a_clock_is_trusted_with_a_network_or_a_battery(tmp_path: Path) -> None:
    assert not present(tmp_path).trusted
    clock = tmp_path / "sys/class/rtc/rtc0/since_epoch"
    clock.parent.mkdir(parents=True)
    clock.write_text("86400\n")
    assert not present(tmp_path).trusted
    clock.write_text(f"{time.time():.0f}\n")
    assert present(tmp_path).trusted
    clock.unlink()
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    assert present(tmp_path).trusted
    assert present().boot


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert load_state(tmp_path, silent) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'{"version": 2, "saved": 1, "kept": {"at": 1}}',
        b'{"version": 1, "saved": NaN, "kept": {"at": 1}}',
        b'{"version": 1, "saved": 1, "kept": {"at": "yesterday"}}',
        b"[" * 100_000,
        b" " * (LARGEST + 1),
    ],
)
def test_a_damaged_file_is_set_aside_with_one_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / FILE).write_bytes(text)
    lines: list[str] = []
    assert load_state(tmp_path, lines.append) is None
    assert len(lines) == 1
    assert (tmp_path / f"{FILE}.bad").read_bytes() == text
    assert load_state(tmp_path, silent) is None


@given(cut=st.integers(0, 400), flip=st.integers(0, 400), bit=st.integers(0, 7))
def test_no_damage_is_worse_than_that(tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int, bit: int) -> None:
    folder = tmp_path_factory.mktemp("state")
    write_state(folder, KEPT, moment(1000.0))
    text = bytearray((folder / FILE).read_bytes())
    text[flip % len(text)] ^= 1 << bit
    (folder / FILE).write_bytes(text[: len(text) - cut] if cut % 2 else text)
    lines: list[str] = []
    found = load_state(folder, lines.append)
    assert found is not None or len(lines) == 1


def test_unknown_keys_of_a_later_version_lose_nothing(tmp_path: Path) -> None:
    write_state(tmp_path, KEPT, moment(1000.0))
    data = json.loads((tmp_path / FILE).read_text())
    data["kept"]["mood"] = data["kept"]["night"]["moon"] = "full"
    (tmp_path / FILE).write_text(json.dumps(data))
    left = load_state(tmp_path, silent)
    assert left is not None
    assert left.kept == KEPT


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_keeps_what_has_changed_and_renews_it_while_something_goes_on(tmp_path: Path) -> None:
    present = [Kept(at=0.0)]
    written = 0

    def clock() -> Moment:
        nonlocal written
        written += 1
        return moment(float(written))

    keeper = StateKeeper(tmp_path, lambda now: present[0].model_copy(update={"at": now}), silent, clock)
    for tenth in range(600):
        keeper(tenth / 10)
    until(lambda: written == 1)
    present[0] = KEPT
    for tenth in range(600, 1250):
        keeper(tenth / 10)
        time.sleep(0.001)
    keeper.close()
    # Once as it began, every 20 s of the 65, and at the end.
    assert written == 6
    found = load_state(tmp_path, silent)
    assert found is not None
    assert found.kept.same_as(KEPT)


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    present_state, lines = [KEPT], list[str]()
    keeper = StateKeeper(tmp_path, lambda now: present_state[0], lines.append, lambda: moment(1.0))
    keeper(0.0)
    until(lambda: (tmp_path / FILE).exists())
    obstacle = tmp_path / f"{FILE}.new"
    obstacle.mkdir()
    present_state[0] = Kept(at=0.0)
    keeper(1.0)
    until(lambda: (keeper(2.0) is None and bool(lines)) or keeper.failed is not None)
    obstacle.rmdir()
    for second in range(3, 40):
        keeper(float(second))

    def is_written() -> bool:
        left = load_state(tmp_path, silent)
        return left is not None and left.kept.alert is None

    until(is_written)
    keeper.close()


def test_by_hand_only_the_night_is_kept(tmp_path: Path) -> None:
    keeper = StateKeeper(tmp_path, lambda now: KEPT, silent)
    keeper(0.0)
    keeper.close(forget=True)
    left = load_state(tmp_path, silent)
    assert left is not None
    assert left.kept == KEPT.model_copy(update={"session": None, "alert": None})


def test_a_disk_that_cannot_be_written_is_told_of_once_each_way(tmp_path: Path) -> None:
    folder, lines = tmp_path / "not there yet", list[str]()
    at = 0.0

    def look(now: float) -> Kept:
        return KEPT.model_copy(update={"heard": now})

    keeper = StateKeeper(folder, look, lines.append)

    def go_on(number: int) -> bool:
        nonlocal at
        at += 1.0
        keeper(at)
        return len(lines) == number

    until(lambda: go_on(1))
    folder.mkdir()
    until(lambda: go_on(2))
    keeper.close()
    assert "cannot be kept" in lines[0]
    assert lines[1] == "what goes on can be kept again."


WRITES_ON = """
import sys
from pathlib import Path
from bedside.dialogue.kept import Kept
from bedside.service.state import write_state
from bedside.service.time_away import Moment
kept = Kept(at=0.0)
print("ready", flush=True)
for number in range(10**9):
    write_state(Path(sys.argv[1]), kept.model_copy(update={"at": float(number)}), Moment("", 0.0, number, True))
"""


def test_killed_at_any_moment_there_is_a_whole_file(tmp_path: Path) -> None:
    for kill in range(8):
        with subprocess.Popen([sys.executable, "-c", WRITES_ON, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.01 + 0.013 * kill)
            os.kill(process.pid, signal.SIGKILL)
        found = load_state(tmp_path, silent)
        assert found is not None
        assert found.away(moment(1e12)) == 1e12 - found.kept.at
