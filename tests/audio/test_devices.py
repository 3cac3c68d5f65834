"""What happens where there is nothing to hear or speak with. The failures are made, the rest is real."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from bedside.audio import devices
from bedside.audio.devices import Device, NoSoundDevice, find_device, find_devices, lasting_name
from bedside.cli.main import run
from bedside.errors import SoundError

BY_THE_BED = [
    Device(0, "bcm2835 Headphones: - (hw:0,0)", "ALSA", 0, 8, 44100, False, True),
    Device(1, "USB PnP Sound Device: Audio (hw:1,0)", "ALSA", 1, 0, 48000, True, False),
    Device(2, "Jabra USB: Audio (hw:2,0)", "ALSA", 1, 2, 48000, False, False),
]


@pytest.fixture
def by_the_bed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: BY_THE_BED)


def test_a_lasting_name_finds_the_device_though_the_cards_were_numbered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [lasting_name(device, BY_THE_BED) for device in BY_THE_BED]
    renumbered = [replace(device, name=device.name.replace("(hw:", "(hw:1")) for device in BY_THE_BED]
    monkeypatch.setattr(devices, "list_devices", lambda: renumbered)
    assert find_device("speaker", names[0]).index == 0
    assert find_device("microphone", names[1]).index == 1
    assert find_device("microphone", names[2]).index == 2


def test_of_two_alike_the_number_is_kept_and_the_default_has_no_name() -> None:
    twins = [BY_THE_BED[1], replace(BY_THE_BED[1], index=3, name="USB PnP Sound Device: Audio (hw:3,0)")]
    assert lasting_name(twins[1], twins) == "USB PnP Sound Device: Audio (hw:3,0)"
    assert lasting_name(replace(twins[0], name="default"), twins) is None


@pytest.mark.usefixtures("by_the_bed")
def test_devices_are_found_by_a_part_of_their_name_in_their_direction() -> None:
    assert find_device("microphone", None).index == 1
    assert find_device("speaker", None).index == 0
    assert find_device("microphone", "jabra").index == 2
    assert find_device("microphone", "usb").index == 1
    assert find_device("speaker", "usb").index == 2
    assert find_device("microphone", "JABRA USB: AUDIO (HW:2,0)").index == 2


@pytest.mark.usefixtures("by_the_bed")
def test_a_card_that_got_another_number_is_the_same_card() -> None:
    assert find_device("microphone", "USB PnP Sound Device: Audio (hw:4,0)").index == 1
    assert find_device("microphone", "Jabra USB: Audio (hw:0,0)").index == 2


def test_where_the_default_does_not_open_hardware_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [Device(0, "pulse", "ALSA", 2, 2, 48000, False, False), *BY_THE_BED[2:]]
    there.append(Device(4, "default", "ALSA", 2, 2, 48000, True, True))
    monkeypatch.setattr(devices, "list_devices", lambda: there)
    assert [device.name for device in find_devices("microphone", None)] == ["default", BY_THE_BED[2].name, "pulse"]


@pytest.mark.usefixtures("by_the_bed")
def test_a_name_that_nobody_has_lists_those_there_are() -> None:
    with pytest.raises(SoundError) as caught:
        find_device("microphone", "headphones")
    assert "no microphone has 'headphones' in its name" in str(caught.value)
    assert "'Jabra USB: Audio (hw:2,0)'" in str(caught.value)
    assert "bcm2835" not in str(caught.value)


def test_a_machine_without_a_microphone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: BY_THE_BED[:1])
    with pytest.raises(NoSoundDevice, match="no microphone found"):
        find_device("microphone", None)


def test_no_device_at_all_is_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("bedside.cli.devices.list_devices", lambda: [])
    assert run(["devices"]) == 1
    assert run(["devices", "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert said.err.count("bedside: no sound device found") == 2


def test_a_missing_portaudio_is_one_line_that_says_what_to_install() -> None:
    code = (
        "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
        "from bedside.cli.main import run; raise SystemExit(run(['devices']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "sudo apt install libportaudio2" in done.stderr


def test_portaudio_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, bedside.audio.soundcard, bedside.cli.devices; print('sounddevice' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n"
