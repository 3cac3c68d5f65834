"""Setting up: quick and quiet when done, resumed when interrupted, one line when it cannot be done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The set-up scripts in a checkout whose path has a space; nothing is set up."""
    tree = tmp_path / "my bedside"
    (tree / "scripts").mkdir(parents=True)
    for name in ("run", "test", "lib.sh"):
        shutil.copy(CHECKOUT / "scripts" / name, tree / "scripts" / name)
    shutil.copy(CHECKOUT / "pyproject.toml", tree)
    return tree


@pytest.fixture
def fakes(tmp_path: Path) -> Path:
    """A folder of programs that come before the machine's own."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    return folder


def fake(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def shell(tree: Path, script: str, fakes: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `script` after sourcing the shared part, as scripts/run does."""
    path = f"{fakes}:{os.environ['PATH']}" if fakes else os.environ["PATH"]
    return subprocess.run(
        ["bash", "-c", f'set -euo pipefail; . "$1/scripts/lib.sh"; {script}', "-", str(tree)],
        **_common(path),
    )


def start(command: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([command, *arguments], cwd=folder, **_common(os.environ["PATH"]))


def _common(path: str) -> dict[str, object]:
    return {
        "env": {**os.environ, "PATH": path},
        "stdin": subprocess.DEVNULL,
        "capture_output": True,
        "text": True,
        "check": False,
    }


def environment(tree: Path) -> Path:
    """A finished environment in `tree` that lends the libraries, and bedside, of the one the tests run in."""
    venv = tree / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    (site,) = (venv / "lib").glob("python*/site-packages")
    (site / "lent.pth").write_text(f"{CHECKOUT / 'src'}\n{sysconfig.get_path('purelib')}\n")
    assert shell(tree, 'stamp_key >"$venv/ready-run"; touch "$venv/model-tried"').returncode == 0
    return venv


def test_a_finished_set_up_starts_at_once_and_says_nothing(tree: Path, fakes: Path) -> None:
    environment(tree)
    for name in ("apt-get", "pip", "sudo", "dpkg-query"):
        fake(fakes, name, f"echo {name} was called >&2; exit 1")
    done = shell(tree, "set_up run; fetch_model_once", fakes)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (tree / "build").exists()


def test_it_starts_from_any_folder_and_through_a_link(tree: Path, tmp_path: Path) -> None:
    environment(tree)
    link = tmp_path / "start"
    link.symlink_to(tree / "scripts" / "run")
    done = start(link, "--help", folder=Path("/"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: bedside run" in done.stdout


@pytest.mark.parametrize(
    "change",
    [
        'echo >>"$root/pyproject.toml"',
        'echo >>"$root/scripts/lib.sh"',
        'rm "$venv/ready-run"',
        'rm "$python"',
        'mv "$root" "$root 2"; . "$root 2/scripts/lib.sh"',
    ],
)
def test_a_change_of_what_it_rests_on_asks_for_a_new_set_up(tree: Path, change: str) -> None:
    environment(tree)
    assert shell(tree, "is_ready run").returncode == 0
    assert shell(tree, f"{change}; is_ready run && exit 7 || exit 8").returncode == 8
    assert shell(tree, "is_ready test").returncode != 0


@pytest.mark.parametrize("damage", ['touch "$venv/unfinished"', 'rm "$python"', 'rm -r "$venv"; mkdir "$venv"'])
def test_a_half_made_environment_is_made_anew(tree: Path, damage: str) -> None:
    (environment(tree) / "left-over").touch()
    done = shell(tree, f'{damage}; make_venv; suits "$python"; "$python" -m pip --version; ls "$venv"')
    assert done.returncode == 0, done.stderr
    assert "left-over" not in done.stdout
    # Until everything is installed.
    assert "unfinished" in done.stdout


def test_without_root_and_sudo_one_line_says_what_to_install(tree: Path, fakes: Path) -> None:
    fake(fakes, "id", "echo 1000")
    fake(fakes, "sudo", "exit 1")
    fake(fakes, "dpkg-query", "exit 1")
    fake(fakes, "apt-get", "echo apt-get was called >&2")
    done = shell(tree, "set_up test", fakes)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "apt-get install libportaudio2 espeak-ng" in done.stderr
    assert "pulseaudio" in done.stderr


def test_packages_that_are_there_are_not_asked_for(tree: Path) -> None:
    if shutil.which("dpkg-query") is None:
        pytest.skip("not a Debian system")
    done = shell(tree, "missing_packages bash 'bas*' no-such-package 'no-such-*'")
    assert done.stdout.split() == ["no-such-package", "no-such-*"]


def test_a_failing_step_shows_the_end_of_its_output(tree: Path) -> None:
    done = shell(tree, "logged 'counting' bash -c 'echo begin; seq 30; echo broken >&2; exit 3'; echo went on")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[-2] == "broken"
    assert lines[-1].startswith("bedside: counting failed.")
    assert "begin" not in lines
    assert "begin\n" in (tree / "build" / "setup.log").read_text()


def test_a_failing_fetch_of_the_model_is_no_failure_and_not_repeated(tree: Path) -> None:
    venv = environment(tree)
    (venv / "model-tried").unlink()
    (venv / "bin" / "python").unlink()
    fake(venv / "bin", "python", 'echo "$@"; exit 1')
    done = shell(tree, "fetch_model_once; fetch_model_once")
    assert done.returncode == 0
    assert done.stderr.count("embedded speech model serves") == 1
    assert (tree / "build" / "setup.log").read_text().count("bedside model fetch") == 1


@pytest.mark.slow
def test_a_set_up_that_was_interrupted_is_taken_up_again(tmp_path: Path) -> None:
    tree = tmp_path / "my bedside"
    leave_out = shutil.ignore_patterns(".*", "build", "dist", "__pycache__")
    shutil.copytree(CHECKOUT, tree, ignore=leave_out)
    command = tree / "scripts" / "run"
    first = subprocess.Popen(
        [command, "--help"], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert first.stderr is not None
    for line in first.stderr:
        if "installing bedside" in line:
            break
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert (tree / ".venv" / "unfinished").exists()
    second = start(command, "--help", folder=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "Usage: bedside run" in second.stdout
    third = start(command, "--help", folder=tmp_path)
    assert (third.returncode, third.stdout, third.stderr) == (0, second.stdout, "")
