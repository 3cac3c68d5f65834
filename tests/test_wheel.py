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
        self.environment = environment
        self._folder = folder
        # No settings, models or import paths of whoever runs the tests.
        self._env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}

    def output(self, *arguments: str) -> str:
        return self._run("bedside", *arguments)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.output(*arguments, "--json"))

    def where(self) -> Path:
        return Path(self._run("python", "-c", "import bedside; print(bedside.__file__)").strip())

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.environment / "bin" / program), *arguments]
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
    embedded = next(m for m in installed.json("model", "list")["models"] if m["name"] == "embedded")
    assert embedded["state"] == "present"
    assert Path(embedded["path"]).is_relative_to(installed.environment)


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files below `folder` and their places in it, without what tools leave behind."""
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and not any(part.startswith((".", "__pycache__")) for part in place.parts):
            yield file, place.as_posix()


def _shipped() -> dict[str, Path]:
    """Each file of the tree that must be in the wheel, by its name there."""
    return {
        **{f"bedside/{place}": file for file, place in _files(CHECKOUT / "src" / "bedside")},
        **{f"bedside/models/embedded/{place}": file for file, place in _files(CHECKOUT / "models" / "embedded")},
        "bedside/models/manifest.yaml": CHECKOUT / "models" / "manifest.yaml",
        "bedside/content/en/intents.yaml": CHECKOUT / "intents.yaml",
    }


def test_the_wheel_holds_code_content_and_embedded_model_unchanged_and_nothing_else(wheel: Path) -> None:
    shipped = _shipped()
    with ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert inside == set(shipped)
        assert [name for name, file in shipped.items() if archive.read(name) != file.read_bytes()] == []
    assert {"bedside/models/embedded/am/final.mdl", "bedside/content/countries.yaml"} <= inside
    assert any(name.startswith("bedside/content/en/routines/") for name in inside)


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
