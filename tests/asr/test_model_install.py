"""A model is installed whole or not at all. The installed results are loaded by the real libvosk."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedside.asr.model_check import RECEIPT, read_receipt
from bedside.asr.model_download import Archive, Patience
from bedside.asr.model_install import fetch, install_file
from bedside.errors import ModelError
from bedside.resources import embedded_model
from tests.asr import model_server as tricks
from tests.asr.model_server import Server, zip_of

QUICK = Patience(connect=5.0, stall=0.5, tries=2, pause=0.0)


@pytest.fixture(scope="module")
def good_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zip_of(embedded_model(), tmp_path_factory.mktemp("zip") / "good.zip")


@pytest.fixture
def server(good_zip: Path) -> Iterator[Server]:
    with Server(good_zip.read_bytes()) as server:
        yield server


def model_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECEIPT
    }


def leftovers(home: Path) -> set[str]:
    return {path.name for path in home.iterdir()} - {".lock"}


def test_fetched_and_loaded_by_libvosk(server: Server, tmp_path: Path) -> None:
    import vosk

    server.tricks = [tricks.cut_off(500_000)]
    folder = fetch("m", server.archive, tmp_path / "home", patience=QUICK)
    assert model_files(folder) == model_files(embedded_model())
    receipt = read_receipt(folder)
    assert receipt is not None
    assert (receipt.source, receipt.sha256) == (server.url, server.archive.sha256)
    assert vosk.Model(str(folder)).vosk_model_find_word("cramp") >= 0
    assert leftovers(tmp_path / "home") == {"m"}
    assert stat.S_IMODE(folder.stat().st_mode) & 0o055 == 0o055


def test_a_failed_fetch_leaves_the_model_that_was_there(server: Server, tmp_path: Path) -> None:
    fetch("m", server.archive, tmp_path, patience=QUICK)
    server.tricks = [tricks.corrupt] * 9
    with pytest.raises(ModelError, match="wrong SHA-256"):
        fetch("m", server.archive, tmp_path, patience=QUICK)
    assert model_files(tmp_path / "m") == model_files(embedded_model())
    assert leftovers(tmp_path) == {"m"}


def test_a_model_is_replaced(server: Server, tmp_path: Path) -> None:
    (tmp_path / "m" / "am").mkdir(parents=True)
    (tmp_path / "m" / "am" / "final.mdl").write_bytes(b"half")
    fetch("m", server.archive, tmp_path, patience=QUICK)
    assert model_files(tmp_path / "m") == model_files(embedded_model())
    assert leftovers(tmp_path) == {"m"}


def test_an_interrupted_download_is_resumed_and_never_half_a_model(server: Server, tmp_path: Path) -> None:
    def ctrl_c(done: int, total: int | None) -> None:
        if done > 300_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("m", server.archive, tmp_path, patience=QUICK, progress=ctrl_c)
    assert leftovers(tmp_path) == {"m.zip.part", "m.zip.part.json"}
    fetch("m", server.archive, tmp_path, patience=QUICK)
    assert int(server.asked[-1]["range"].removeprefix("bytes=").rstrip("-")) >= 300_000
    assert leftovers(tmp_path) == {"m"}


def test_the_command_is_ended_by_ctrl_c_without_half_a_model(server: Server, tmp_path: Path) -> None:
    server.tricks = [tricks.stall(400_000)]
    command = [sys.executable, "-m", "bedside", "model", "fetch", "--from", server.url]
    command += ["--sha256", server.archive.sha256, "--timeout", "60"]
    environment = {**os.environ, "BEDSIDE_MODELS": str(tmp_path)}
    child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    part = tmp_path / "vosk-model-small-en-us-0.15.zip.part"
    for _ in range(3000):
        if part.exists() and part.stat().st_size >= 300_000:
            break
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in said
    assert leftovers(tmp_path) == {part.name, f"{part.name}.json"}


def test_one_fetch_at_a_time(server: Server, tmp_path: Path) -> None:
    def second(done: int, total: int | None) -> None:
        with pytest.raises(ModelError, match="another 'bedside model fetch' is at work"):
            fetch("m", server.archive, tmp_path, patience=QUICK)

    fetch("m", server.archive, tmp_path, patience=QUICK, progress=second)
    assert len(server.asked) == 1


def test_what_a_killed_fetch_left_is_cleared_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".m.abc.new" / "am").mkdir(parents=True)
    fetch("m", server.archive, tmp_path, patience=QUICK)
    assert leftovers(tmp_path) == {"m"}


def test_a_full_disk_is_seen_before(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the disk is too full, .* MB are needed and 3 MB are free"):
        fetch("m", server.archive, tmp_path, patience=QUICK, free=lambda folder: 3_000_000)
    assert server.asked == []


def test_a_home_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="BEDSIDE_MODELS"):
        fetch("m", server.archive, tmp_path / "file" / "home", patience=QUICK)


def made_zip(tmp_path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]]) -> tuple[Path, str]:
    file = tmp_path / "made.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for member, content in members:
            archive.writestr(member, content)
    return file, hashlib.sha256(file.read_bytes()).hexdigest()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("m/../../outside", b"x")], "outside its folder"),
        ([("/outside", b"x")], "outside its folder"),
        ([("m\\..\\..\\outside", b"x")], "outside its folder"),
        ([(link("m/am"), b"/etc"), ("m/am/final.mdl", b"x")], "link or device"),
        ([("m/am/final.mdl", b"x"), ("m/am/final.mdl/x", b"x")], "the same file twice"),
        ([("m/readme", b"x")], "not a whole Vosk model, missing: am/final.mdl"),
        ([], "not a whole Vosk model"),
    ],
)
def test_archives_that_are_refused(
    tmp_path: Path, members: list[tuple[zipfile.ZipInfo | str, bytes]], said: str
) -> None:
    file, sha256 = made_zip(tmp_path, members)
    with pytest.raises(ModelError, match=said):
        install_file("m", file, sha256, tmp_path / "deep" / "home")
    assert leftovers(tmp_path / "deep" / "home") == set()
    assert {path.name for path in tmp_path.iterdir()} == {"made.zip", "deep"}


def test_what_is_no_zip_is_refused(good_zip: Path, tmp_path: Path) -> None:
    for number, content in enumerate((b"<html>", good_zip.read_bytes()[:-1000], b"")):
        file = tmp_path / f"{number}.zip"
        file.write_bytes(content)
        with pytest.raises(ModelError, match="not a whole zip file"):
            install_file("m", file, hashlib.sha256(content).hexdigest(), tmp_path / "home")
    assert leftovers(tmp_path / "home") == set()


def test_a_model_that_libvosk_cannot_load_is_not_installed(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(embedded_model(), broken)
    network = broken / "am" / "final.mdl"
    network.write_bytes(network.read_bytes()[:1_000_000])
    file = zip_of(broken, tmp_path / "broken.zip")
    with pytest.raises(ModelError, match="the archive of m: libvosk cannot use this model"):
        install_file("m", file, hashlib.sha256(file.read_bytes()).hexdigest(), tmp_path / "home")
    assert leftovers(tmp_path / "home") == set()


def test_a_zip_without_a_folder_around_all(tmp_path: Path) -> None:
    file = zip_of(embedded_model(), tmp_path / "flat.zip", top="")
    folder = install_file("m", file, hashlib.sha256(file.read_bytes()).hexdigest(), tmp_path / "home")
    assert model_files(folder) == model_files(embedded_model())


def test_a_carried_file_must_be_the_right_one(good_zip: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="wrong SHA-256"):
        install_file("m", good_zip, "0" * 64, tmp_path)
    with pytest.raises(ModelError, match=r"nowhere\.zip: cannot be read"):
        install_file("m", tmp_path / "nowhere.zip", "0" * 64, tmp_path)


def test_the_download_is_kept_when_it_cannot_be_unpacked_yet(server: Server, tmp_path: Path) -> None:
    room = iter([10**9, 0])
    with pytest.raises(ModelError, match="the disk is too full"):
        fetch("m", server.archive, tmp_path, patience=QUICK, free=lambda folder: next(room))
    fetch("m", server.archive, tmp_path, patience=QUICK)
    assert len(server.asked) == 1
    assert leftovers(tmp_path) == {"m"}


def test_the_receipt_says_what_was_installed(server: Server, tmp_path: Path) -> None:
    folder = fetch("m", server.archive, tmp_path, patience=QUICK)
    written = json.loads((folder / RECEIPT).read_text())
    assert {file["path"] for file in written["files"]} == set(model_files(embedded_model()))
    archive = Archive(written["source"], None, written["sha256"])
    assert archive.sha256 == server.archive.sha256
