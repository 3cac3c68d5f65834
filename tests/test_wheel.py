"""The built wheel carries everything, and works where there is no checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    _quietly(
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"),
        *("--disable-pip-version-check", "--wheel-dir", str(folder), str(CHECKOUT)),
    )
    (built,) = folder.glob("bedside-*.whl")
    return built


def _quietly(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Installed:
    """bedside in an environment of its own, run from a folder that knows nothing of the checkout."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.python = environment / "bin" / "python"
        self._command = environment / "bin" / "bedside"
        self._folder = folder
        # No settings, models or import paths of whoever runs the tests.
        self._env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}

    def output(self, *arguments: str) -> str:
        return self._run(str(self._command), *arguments)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.output(*arguments, "--json"))

    def where(self) -> Path:
        return Path(self._run(str(self.python), "-c", "import bedside; print(bedside.__file__)").strip())

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self._folder, env=self._env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _commands_work(installed: Installed) -> None:
    assert "voice assistant" in installed.output("--help")
    match = installed.json("match", "leg cramp")
    assert (match["intent"], match["decision"]) == ("leg_cramp", "act")
    assert "acute-calf-bed" in json.dumps(installed.json("routines"))
    settings = installed.json("config")["settings"]
    assert settings["recognizer.model"] == {"value": "auto", "from": "default"}
    assert installed.json("model", "list")["chosen"]["name"] == "embedded"


def _shipped() -> Iterator[tuple[Path, str]]:
    """Each file of the tree that must be in the wheel, and its name there."""
    for file in (CHECKOUT / "src" / "bedside").rglob("*"):
        if file.is_file() and file.suffix != ".pyc":
            yield file, f"bedside/{file.relative_to(CHECKOUT / 'src' / 'bedside').as_posix()}"
    for file in (CHECKOUT / "models" / "embedded").rglob("*"):
        if file.is_file():
            yield file, f"bedside/models/embedded/{file.relative_to(CHECKOUT / 'models' / 'embedded').as_posix()}"
    yield CHECKOUT / "models" / "manifest.yaml", "bedside/models/manifest.yaml"
    yield CHECKOUT / "intents.yaml", "bedside/content/en/intents.yaml"


def test_the_wheel_holds_code_content_and_embedded_model_unchanged(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        for file, name in _shipped():
            assert name in inside
            assert archive.read(name) == file.read_bytes(), name
    expected = {name for _, name in _shipped()}
    beyond = {name for name in inside - expected if ".dist-info/" not in name}
    assert beyond == set()
    assert {"bedside/models/embedded/am/final.mdl", "bedside/content/countries.yaml"} <= expected
    assert any(name.startswith("bedside/content/en/routines/") for name in expected)


def test_it_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    _quietly(sys.executable, "-m", "venv", "--without-pip", str(environment))
    # The libraries are lent by the environment of the tests. A path written into a .pth file is searched
    # for modules, but .pth files there are not obeyed, so the editable bedside of the tests stays out.
    (site,) = (environment / "lib").glob("python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _quietly(
        *(sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install"),
        *("--no-deps", "--ignore-installed", "--no-index", "--disable-pip-version-check", str(wheel)),
    )
    folder = tmp_path / "somewhere else"
    folder.mkdir()
    installed = Installed(environment, folder)
    assert installed.where().is_relative_to(environment)
    _commands_work(installed)


@pytest.mark.slow
def test_it_works_in_an_empty_environment_with_the_libraries_it_names(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    _quietly(sys.executable, "-m", "venv", str(environment))
    python = str(environment / "bin" / "python")
    _quietly(python, "-m", "pip", "install", "--disable-pip-version-check", "--only-binary=numpy,soxr", str(wheel))
    _commands_work(Installed(environment, tmp_path))
