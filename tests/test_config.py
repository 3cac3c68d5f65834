"""Settings: places, strictness, where values come from, and an example that is valid itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bedside import config as config_module
from bedside.asr.endpoint import EndpointSettings
from bedside.audio.player import Player
from bedside.cli.config import config_command, example_file
from bedside.cli.main import run
from bedside.config import Config, find_config, load_config, settings_in_force
from bedside.errors import ContentError
from bedside.tts.voice import VoiceSettings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a system without settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(config_module, "SYSTEM_FILE", tmp_path / "etc" / "config.yaml")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def origins(file: Path | None) -> dict[str, str]:
    return {s.name: s.origin for s in settings_in_force(file)}


def test_without_a_file_everything_has_its_default() -> None:
    assert find_config() is None
    assert load_config() == Config()
    assert set(origins(None).values()) == {"default"}


def test_the_defaults_are_those_of_the_rooms() -> None:
    config = Config()
    usual = VoiceSettings()
    assert (config.voice.name, config.voice.words_per_minute) == (usual.name, usual.words_per_minute)
    assert (config.voice.pitch, config.voice.timeout) == (usual.pitch, usual.timeout)
    assert (config.voice.gain_db, config.voice.max_gain_db) == (Player().gain_db, Player().max_gain_db)
    assert config.recognizer.endpoint_silence == EndpointSettings().silence


def test_the_named_file_comes_before_the_users_and_that_before_the_systems(home: Path) -> None:
    system = written(home / "etc", "microphone: system")
    assert find_config() == system
    assert load_config().microphone == "system"
    user = written(home / "xdg" / "bedside", "microphone: user")
    assert find_config() == user
    assert load_config().microphone == "user"
    named = written(home / "named", "microphone: named")
    assert load_config(named).microphone == "named"


def test_a_named_file_must_exist(home: Path) -> None:
    written(home / "xdg" / "bedside", "microphone: user")
    with pytest.raises(ContentError, match=r"nowhere\.yaml: there is no such file"):
        load_config(home / "nowhere.yaml")


def test_every_value_says_where_it_comes_from(home: Path) -> None:
    file = written(home, 'country: UK\nvoice:\n  pitch: 30\nnumbers:\n  urgent_line: "0800 1"\n')
    config = load_config(file)
    assert config.voice.pitch == 30
    assert config.numbers.emergency == "999"
    assert config.numbers.urgent_line == "0800 1"
    came = origins(file)
    assert came["voice.pitch"] == "file"
    assert came["voice.words_per_minute"] == "default"
    assert came["numbers.urgent_line"] == "file"
    assert came["numbers.emergency"] == "country"
    assert came["numbers.maternity"] == "default"


def test_no_number_is_guessed_without_a_country(home: Path) -> None:
    assert load_config(written(home, "microphone: USB")).numbers.emergency is None


def test_a_line_is_never_shared_between_countries_that_mean_other_things_by_it(home: Path) -> None:
    uk = load_config(written(home / "uk", "country: UK")).numbers
    nz = load_config(written(home / "nz", "country: NZ")).numbers
    assert uk.urgent_line == nz.emergency == "111"
    assert uk.emergency == "999"
    assert nz.urgent_line is None


def test_the_country_gives_the_emergency_number_of_the_guidance() -> None:
    numbers = {"US": "911", "CA": "911", "UK": "999", "IE": "112", "EU": "112", "AU": "000", "NZ": "111"}
    file = Path(config_module.__file__).parent / "content" / "countries.yaml"
    countries = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {code: c["emergency"] for code, c in countries.items()} == {**numbers, "IN": "112"}


def test_relative_paths_start_at_the_settings_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "place"
    file = written(folder, "intents: my.yaml\nroutines: ours\nvoice: {cache: c}\nrecognizer: {model: models/mine}\n")
    (folder / "my.yaml").touch()
    (folder / "ours").mkdir()
    monkeypatch.chdir(home)
    config = load_config(file.relative_to(home))
    assert config.intents == folder / "my.yaml"
    assert config.routines == folder / "ours"
    assert config.voice.cache == folder / "c"
    assert config.recognizer.model == str(folder / "models" / "mine")


def test_the_home_folder_may_be_written_as_a_tilde(home: Path) -> None:
    (home / "home").mkdir()
    (home / "home" / "words.yaml").touch()
    assert load_config(written(home, "intents: ~/words.yaml")).intents == home / "home" / "words.yaml"


@pytest.mark.parametrize("model", ["auto", "embedded", "official"])
def test_a_model_by_name_stays_a_name(home: Path, model: str) -> None:
    assert load_config(written(home, f"recognizer: {{model: {model}}}")).recognizer.model == model


def test_keys_with_nothing_behind_them_count_as_not_written(home: Path) -> None:
    assert load_config(written(home, "microphone:\nvoice:\n  pitch:\nnumbers:\n")) == Config()


BAD = {
    "unknown key": ("voice:\n  pich: 3\n", 2, "unknown key 'pich'. Did you mean 'pitch'?"),
    "unknown section": ("speeker: USB\n", 1, "unknown key 'speeker'. Did you mean 'speaker'?"),
    "unknown blank key": ("speeker:\n", 1, "unknown key 'speeker'"),
    "zeros lost": ("numbers:\n  emergency: 000\n", 2, "stands in quotes"),
    "an octal number that YAML changes": ("numbers:\n  emergency: 0112\n", 2, "no zero is lost. It says 0112."),
    "no number": ('numbers:\n  maternity: "call Ann"\n', 2, "two or more digits"),
    "one digit": ('numbers:\n  maternity: "(1)"\n', 2, "two or more digits"),
    "section is a value": ("microphone: a\nvoice: loud\n", 2, "'key: value' lines"),
    "a list": ("- microphone\n", 1, "'key: value' lines"),
    "a word": ("microphone\n", 1, "'key: value' lines"),
    "unknown country": ("country: GB\n", 1, "unknown country 'GB'. Known here: AU,"),
    "country that YAML once took for a boolean": ("country: NO\n", 1, "unknown country 'NO'"),
    "too fast": ("voice: {words_per_minute: 300}\n", 1, "voice.words_per_minute: must be at most 260. It says 300."),
    "yes is no number": ("voice: {gain_db: yes}\n", 1, "voice.gain_db"),
    "infinitely loud": ("voice: {max_gain_db: .inf}\n", 1, "voice.max_gain_db"),
    "starts too loud": ("voice: {gain_db: 9}\n", 1, "gain_db (9) is above max_gain_db (6)"),
    "asks above act": ("matching: {act: 60, confirm: 70}\n", 1, "confirm (70) is above act (60)"),
    "blank name": ('microphone: ""\n', 1, "microphone: "),
    "no such words": ("microphone: a\nintents: gone.yaml\n", 2, "gone.yaml"),
    "no such folder": ("routines: gone\n", 1, "there is no folder"),
    "written twice": ("speaker: a\nspeaker: b\n", 2, "'speaker' is written twice"),
    "broken": ("voice: {pitch: 3\n", 1, "is not valid YAML: the { opened in line 1 is never closed"),
    "empty": ("", 1, "the file is empty"),
}


@pytest.mark.parametrize(("text", "line", "says"), BAD.values(), ids=BAD.keys())
def test_a_mistake_is_one_line_with_its_place(
    home: Path, capfd: pytest.CaptureFixture[str], text: str, line: int, says: str
) -> None:
    file = written(home, text)
    with pytest.raises(ContentError) as caught:
        load_config(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert says in str(caught.value)
    assert run(["config", "--config", str(file)]) == 1
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_a_folder_or_bytes_in_place_of_the_file(
    home: Path, capfd: pytest.CaptureFixture[str], option: list[str]
) -> None:
    (home / "binary").write_bytes(b"\xff\xfe\x00a")
    for file in (home, home / "binary"):
        assert run(["config", "--config", str(file), *option]) == 1
        assert capfd.readouterr().err.startswith(f"bedside: {file}: ")


def test_the_example_is_valid_and_says_nothing_but_the_defaults(home: Path) -> None:
    assert load_config(written(home, example_file())) == Config()


def test_the_example_shows_every_key_and_stays_valid_with_all_of_them(home: Path) -> None:
    uncommented = re.sub(r"^( *)# (\w+: \S)", r"\1\2", example_file(), flags=re.MULTILINE)
    (home / "home" / "bedside" / "routines").mkdir(parents=True)
    (home / "home" / "bedside" / "intents.yaml").touch()
    file = written(home, uncommented)
    config = load_config(file)
    assert config.numbers.emergency == "112"
    assert set(origins(file).values()) == {"file"}


def test_json_has_every_setting_with_its_origin(home: Path) -> None:
    file = written(home, "country: IE\nvoice: {cache: c}\n")
    result = CliRunner().invoke(config_command, ["--config", str(file), "--json"])
    printed = json.loads(result.stdout)
    assert printed["path"] == str(file)
    assert printed["settings"]["numbers.emergency"] == {"value": "112", "from": "country"}
    assert printed["settings"]["voice.cache"] == {"value": str(home / "c"), "from": "file"}
    assert list(printed["settings"]) == [s.name for s in settings_in_force(file)]


def test_people_see_values_and_origins(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = written(home, "microphone: '[USB]'\n")
    assert run(["config", "--config", str(file)]) == 0
    shown = capfd.readouterr().out
    assert str(file) in shown
    assert re.search(r"^microphone +\[USB\] +file", shown, re.MULTILINE)


def test_path_names_the_file_in_force_or_the_place_for_one(home: Path) -> None:
    place = home / "xdg" / "bedside" / "config.yaml"
    assert CliRunner().invoke(config_command, ["--path"]).stdout.strip() == str(place)
    facts = CliRunner().invoke(config_command, ["--path", "--json"]).stdout
    assert json.loads(facts) == {"path": str(place), "exists": False}
    system = written(home / "etc", "microphone: system")
    assert CliRunner().invoke(config_command, ["--path"]).stdout.strip() == str(system)
