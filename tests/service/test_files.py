"""What the service puts on a machine, without one: its unit, its releases, the settings it takes over."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import platformdirs
import pytest

from bedside.asr.models import model_homes
from bedside.cli.main import run
from bedside.config import Config, load_config
from bedside.errors import ContentError, ServiceError
from bedside.resources import CHECKOUT
from bedside.service import system
from bedside.service.install import put_models
from bedside.service.places import Places
from bedside.service.releases import put_in_force, release_in_force, remove_others
from bedside.service.settings import take_over
from bedside.service.status import status_of
from bedside.service.unit import unit_text
from bedside.tts.voice import SENTENCES, default_cache_folder

HERS = """\
# Hers.
intents: words.yaml
routines: routines
numbers:
  maternity: "01234 567 890"
voice:
  cache: kept
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_the_unit(places: Places, tmp_path: Path) -> None:
    program = places.current / "bin/bedside"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "bedside.service"
    unit.write_text(unit_text(places))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if "bedside.service" in line] == []


def test_sound_is_allowed_though_its_module_is_loaded_after_the_start() -> None:
    allowed = [line for line in unit_text().splitlines() if line.startswith("DeviceAllow=")]
    # CONFIG_SND_MAJOR in the kernel's include/sound/core.h.
    assert allowed == ["DeviceAllow=char-116 rw"]


def test_a_release_takes_the_place_of_another(places: Places) -> None:
    assert release_in_force(places) is None
    for name in ("first", "second"):
        (places.releases / name).mkdir(parents=True)
        put_in_force(places, places.releases / name)
        assert release_in_force(places) == places.releases / name
    # As after a rename of the root, the link leads to its neighbour.
    assert not places.current.readlink().is_absolute()
    remove_others(places, places.releases / "second")
    assert [release.name for release in places.releases.iterdir()] == ["second"]


def test_settings_are_taken_over_once_with_the_files_they_name(places: Places, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "routines").mkdir(parents=True)
    (home / "words.yaml").write_text("# mine\n")
    own = home / "config.yaml"
    own.write_text(HERS)
    told: list[str] = []
    take_over(own, places, told.append)
    assert places.settings.stat().st_mode & 0o777 == 0o640
    assert "# Hers." in places.settings.read_text()
    config = load_config(places.settings)
    assert config.numbers.maternity == "01234 567 890"
    assert config.intents == places.settings_folder / "intents.yaml"
    assert config.routines == places.settings_folder / "routines"
    assert config.voice.cache is None
    assert len(told) == 2
    own.write_text("country: UK\n")
    take_over(own, places, told.append)
    assert load_config(places.settings) == config
    assert own.read_text() == "country: UK\n"


def test_settings_with_a_mistake_are_not_taken_over(places: Places, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("country: Atlantis\n")
    with pytest.raises(ContentError, match="Atlantis"):
        take_over(own, places, print)
    assert not places.settings.exists()


def test_without_settings_there_is_an_empty_file_to_write_them_to(places: Places) -> None:
    take_over(places.root / "nobody.yaml", places, print)
    assert load_config(places.settings) == Config()
    assert places.settings.stat().st_mode & 0o777 == 0o640


def test_what_systemd_shows_is_read() -> None:
    shown = (
        "LoadState=loaded\nActiveState=active\nStatusText=Listening with 'a=b'.\nMemoryCurrent=18446744073709551615\n"
    )
    status = status_of(shown + "NRestarts=3\nWatchdogUSec=5s\nMainPID=77\nUnitFileState=enabled\n", 100.0)
    assert (status.installed, status.active, status.at_boot, status.watched) == (True, True, True, True)
    assert (status.status, status.memory, status.restarts, status.process) == ("Listening with 'a=b'.", None, 3, 77)
    gone = status_of("LoadState=not-found\nActiveState=inactive\nWatchdogUSec=0\nMemoryCurrent=[not set]\n", 100.0)
    assert (gone.installed, gone.active, gone.watched, gone.memory) == (False, False, False, None)


def test_the_unit_leads_the_service_to_the_folders_that_others_look_for_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places()
    # As systemd.unit(5) has them for the system's manager.
    meant = {"%C": "/var/cache", "%S": "/var/lib", "%t": "/run"}
    environment = [line.partition("=")[2] for line in unit_text().splitlines() if line.startswith("Environment=")]
    for name, value in (each.split("=") for line in environment for each in line.split()):
        monkeypatch.setenv(name, re.sub("%.", lambda found: meant[found[0]], value))
    assert default_cache_folder() == places.cache / SENTENCES
    assert platformdirs.user_state_path("bedside") == places.state
    assert model_homes() == (places.models,)


def test_root_puts_models_where_the_service_can_read_and_not_write(places: Places, tmp_path: Path) -> None:
    own = tmp_path / "clone/models"
    for name in ("vosk-mine", "embedded"):
        (own / name / "am").mkdir(parents=True)
        (own / name / "am/final.mdl").write_text(name)
        (own / name / "am/final.mdl").chmod(0o600)
        (own / name / "am").chmod(0o700)
    for _ in range(2):
        put_models(places, own)
        (own / "vosk-mine/am/final.mdl").write_text("a later one")
    assert [folder.name for folder in places.models.iterdir()] == ["vosk-mine"]
    assert (places.models / "vosk-mine/am/final.mdl").read_text() == "vosk-mine"
    modes = [place.stat().st_mode & 0o777 for place in sorted((places.models / "vosk-mine").rglob("*"))]
    assert modes == [0o755, 0o644]
    assert not places.state.exists()
    # The script fetches the official model to the same place.
    script = (CHECKOUT / "scripts/install-service").read_text()
    assert f"\nmodels={Places().models}\n" in script
    assert str(Places().state) not in script


@pytest.mark.parametrize("command", [["install"], ["status"], ["logs"], ["uninstall"]])
def test_without_systemd_it_is_one_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> None:
        raise ServiceError("systemd does not run this machine.")

    monkeypatch.setattr("bedside.cli.service_command.need_systemd", none)
    assert run(["service", *command]) == 1
    assert capsys.readouterr().err.splitlines() == ["bedside: systemd does not run this machine."]


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_without_root_one_line_says_to_use_sudo(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bedside.cli.service_command.need_systemd", lambda: None)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    assert run(["service", command]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert f"sudo bedside service {command}" in said[0]
