"""The life of the service on a fresh Debian: installed, stopped by all that stops programs, upgraded, removed.

The tests of one machine follow each other as the days of its life do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.machine import Machine, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(3600)]

SETTINGS = """\
# Anna's.
country: UK
intents: ~/words.yaml
numbers:
  maternity: "01234 567 890"
"""

CONTROL = "/run/bedside/control.sock"
EXPOSURE = 1.5


@pytest.fixture(scope="module")
def before(machine: Machine) -> set[str]:
    """All files there were before bedside came."""
    return files_of(machine)


def test_it_is_installed_and_listens(machine: Machine, before: set[str]) -> None:
    settings = machine.root / "home/anna/.config/bedside/config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    (machine.root / "home/anna/words.yaml").write_text((machine.root / "home/anna/bedside/intents.yaml").read_text())
    done = install(machine)
    print(done)
    assert "runs, now and from every boot on" in done
    until(machine.listens, "listening after the installation")
    assert machine.show("User", "Type", "UnitFileState") == {
        "User": "bedside",
        "Type": "notify",
        "UnitFileState": "enabled",
    }
    assert "bedside" in machine.run("id", "-nG", "anna").stdout.split()
    assert "audio" in machine.run("id", "-nG", "bedside").stdout.split()


def test_the_settings_came_along_and_are_nobody_elses(machine: Machine) -> None:
    assert SETTINGS.replace("~/words.yaml", "intents.yaml") == settings_of(machine)
    modes = machine.run("stat", "-c", "%a %U %G", "/etc/bedside", "/etc/bedside/config.yaml").stdout.splitlines()
    assert modes == ["2750 root bedside", "640 root bedside"]
    assert "No emergency number is set" not in "\n".join(machine.journal())


def test_a_leg_cramp_is_answered(machine: Machine) -> None:
    talked_to(machine)


def test_the_journal_holds_no_word_of_it(machine: Machine) -> None:
    written = "\n".join(machine.journal()).lower()
    assert "a session began" in written
    for word in ("cramp", "leg", "calf", "heel", "toes", "foot", "stretch", "01234"):
        assert re.search(rf"\b{word}\b", written.replace("say “leg cramp”", "")) is None, written


def test_systemd_is_content(machine: Machine) -> None:
    verified = machine.run("systemd-analyze", "verify", "bedside.service")
    assert (verified.stdout, verified.stderr) == ("", "")
    judged = machine.run("systemd-analyze", "security", "--no-pager", "bedside.service").stdout
    overall = re.search(r"Overall exposure level for bedside.service: ([\d.]+)", judged)
    assert overall, judged
    print(overall[0])
    assert float(overall[1]) <= EXPOSURE


def test_no_socket_is_open_but_the_control_socket(machine: Machine) -> None:
    process = machine.show("MainPID")["MainPID"]
    (machine.root / "tmp-sockets.py").write_text((Path(__file__).parent / "sockets_of.py").read_text())
    seen = json.loads(machine.run("python3", "/tmp-sockets.py", process).stdout)
    print(seen)
    assert seen["processes"] >= 1
    assert seen["network"] == []
    assert seen["unknown"] == []
    assert set(seen["listening"]) <= {CONTROL}
    assert seen["interfaces"] in ([], ["lo"])
    assert seen["filtered"], "no system call filter is in force"


@pytest.mark.parametrize(
    "strike",
    [
        lambda machine: kill(machine, "KILL"),
        lambda machine: kill(machine, "STOP"),
        lambda machine: kill(machine, "SEGV"),
        lambda machine: spoil_state(machine),
    ],
    ids=["killed", "stopped", "crashed", "state spoilt"],
)
def test_it_comes_back(machine: Machine, strike: Callable[[Machine], None]) -> None:
    former = machine.show("MainPID")["MainPID"]
    strike(machine)
    until(lambda: machine.show("MainPID")["MainPID"] not in ("0", former) and machine.listens(), "back")


def test_a_removed_microphone_is_found_again(machine: Machine) -> None:
    process = machine.show("MainPID")["MainPID"]
    machine.run("systemctl", "stop", "sound-server")
    until(lambda: machine.show("StatusText")["StatusText"].startswith("No microphone"), "loss noticed")
    machine.run("systemctl", "start", "sound-server")
    until(machine.listens, "device found again")
    assert machine.show("MainPID", "ActiveState") == {"MainPID": process, "ActiveState": "active"}
    talked_to(machine)


def test_it_starts_without_any_sound_device(machine: Machine) -> None:
    machine.run("systemctl", "stop", "sound-server")
    machine.run("systemctl", "restart", "bedside")
    shown = machine.show("ActiveState", "StatusText", "MainPID")
    assert shown["ActiveState"] == "active"
    assert shown["StatusText"].startswith("No microphone")
    machine.run("systemctl", "start", "sound-server")
    until(machine.listens, "device found")
    assert machine.show("MainPID")["MainPID"] == shown["MainPID"]


def test_status_and_logs_tell_how_it_is(machine: Machine) -> None:
    status = json.loads(machine.run("bedside", "service", "status", "--json").stdout)
    assert status["active"]
    assert status["watched"]
    assert status["at_boot"]
    assert status["status"].startswith("Listening with")
    assert "Starts at boot." in machine.run("bedside", "service", "status").stdout
    assert "listening" in machine.run("bedside", "service", "logs", "--since", "yesterday").stdout


def test_after_a_reboot_it_listens_with_nobody_logged_in(machine: Machine) -> None:
    machine.power_off()
    machine.boot()
    until(machine.listens, "listening after boot")
    talked_to(machine)


def test_an_upgrade_keeps_settings_and_state(machine: Machine) -> None:
    (machine.root / "var/lib/bedside/diary.json").write_text("[]")
    former = machine.run("readlink", "/opt/bedside/current").stdout
    (machine.root / "home/anna/.config/bedside/config.yaml").write_text("country: IE\n")
    install(machine)
    until(machine.listens, "listening after the upgrade")
    assert SETTINGS.replace("~/words.yaml", "intents.yaml") == settings_of(machine)
    assert (machine.root / "var/lib/bedside/diary.json").read_text() == "[]"
    releases = machine.run("ls", "/opt/bedside/releases").stdout.split()
    current = machine.run("readlink", "/opt/bedside/current").stdout
    assert [f"releases/{name}\n" for name in releases] == [current] != [former]


def test_a_version_that_does_not_come_up_gives_way_to_the_former_one(machine: Machine) -> None:
    former = machine.run("readlink", "/opt/bedside/current").stdout
    broken = machine.root / "home/anna/bedside/src/bedside/cli/run_command.py"
    sound = broken.read_text()
    broken.write_text("raise RuntimeError('broken')\n")
    done = machine.run("/home/anna/bedside/scripts/install-service", check=False, SUDO_USER="anna")
    broken.write_text(sound)
    assert done.returncode == 1
    print(done.stderr)
    assert "the former one runs again" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    until(machine.listens, "the former version listens")
    assert machine.run("readlink", "/opt/bedside/current").stdout == former
    assert len(machine.run("ls", "/opt/bedside/releases").stdout.split()) == 1


def test_pipewire_that_nobody_runs_is_no_obstacle(machine: Machine) -> None:
    """ALSA's default leads to it then, and the service finds another device."""
    (machine.root / "etc/asound.conf").unlink()
    # This takes the package of PulseAudio away; its daemon runs on, as the device there is beside PipeWire.
    machine.run("apt-get", "-q", "-y", "--no-install-recommends", "install", "pipewire", "pipewire-alsa")
    machine.run("systemctl", "restart", "bedside")
    until(machine.listens, "listening past PipeWire")
    assert machine.show("StatusText")["StatusText"] == "Listening with 'pulse'."
    talked_to(machine)


def test_nothing_is_left_but_the_diary_if_that_is_asked_for(machine: Machine, before: set[str]) -> None:
    machine.run("bedside", "service", "uninstall", "--keep-diary")
    kept = [file for file in files_of(machine) - before if file.startswith("/var/lib/bedside/")]
    assert kept == ["/var/lib/bedside/diary.json"]
    (machine.root / "var/lib/bedside/diary.json").unlink()
    (machine.root / "var/lib/bedside").rmdir()
    left = [file for file in strangers(machine, files_of(machine) - before) if not allowed(file)]
    assert left == [], "\n".join(left)
    for database in ("passwd", "group"):
        assert machine.run("getent", database, "bedside", check=False).returncode == 2
    assert machine.run("systemctl", "show", "bedside", "-p", "LoadState").stdout.strip() == "LoadState=not-found"


def install(machine: Machine) -> str:
    """Install from the clone as with sudo. Gives what was said."""
    done = machine.run("/home/anna/bedside/scripts/install-service", SUDO_USER="anna")
    return done.stdout + done.stderr


def settings_of(machine: Machine) -> str:
    return (machine.root / "etc/bedside/config.yaml").read_text()


def talked_to(machine: Machine) -> None:
    """A leg cramp is told of, a session begins; "stop" ends it."""
    began, ended = machine.count("a session began"), machine.count("a session ended")
    for _ in range(3):
        machine.say("leg cramp")
        try:
            until(lambda: machine.count("a session began") > began, "answered")
            break
        except AssertionError:
            continue
    assert machine.count("a session began") > began
    until(lambda: _silenced(machine, ended), "stopped")


def _silenced(machine: Machine, ended: int) -> bool:
    machine.say("stop")
    return machine.count("a session ended") > ended


def kill(machine: Machine, signal: str) -> None:
    machine.run("sh", "-c", f"kill -{signal} {machine.show('MainPID')['MainPID']}")


def spoil_state(machine: Machine) -> None:
    """The file of what goes on holds nonsense when the service starts anew."""
    (machine.root / "var/lib/bedside/state.json").write_bytes(b"\x00\xff{]")
    kill(machine, "KILL")


def files_of(machine: Machine) -> set[str]:
    """Every file of the machine, but what lives in memory."""
    return set(
        machine.run("find", "/", "-xdev", "-not", "-path", "/tmp-*", "-not", "-path", "/tmp/*").stdout.splitlines()
    )


def strangers(machine: Machine, files: set[str]) -> list[str]:
    """Those that belong to no package of the system."""
    known = machine.run("sh", "-c", "cat /var/lib/dpkg/info/*.list").stdout.splitlines()
    owned = {name for line in known for name in (line, f"/usr{line}")}
    return sorted(file for file in files if file not in owned)


def allowed(file: str) -> bool:
    """What the system itself keeps of packages, users and logs, and Anna's own files."""
    kept = ("/var/lib/apt/", "/var/lib/dpkg/", "/var/lib/systemd/", "/var/lib/pulse", "/var/lib/ucf/", "/var/lib/dbus")
    kept += ("/var/cache/", "/var/log/", "/etc/ssl/certs/", "/root/.cache", "/var/tmp", "/etc/machine-id")
    kept += ("/etc/alternatives", "/etc/systemd/user/", "/usr/lib/python3", "/var/lib/private", "/var/backups")
    hers = file.startswith(("/home/anna", "/root/.config/pulse")) or file == "/root/.config"
    return hers or ("bedside" not in file and (file.startswith(kept) or file.endswith(("-", ".cache"))))
