"""`bedside setup` and `bedside about`: once for a household, and nothing lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bedside.audio import devices
from bedside.cli.dialog import Dialog
from bedside.cli.disclaimer import spoken_disclaimer, wording_of
from bedside.cli.main import app
from bedside.cli.setup_command import command, read_back
from bedside.cli.setup_questions import ask_household, from_options
from bedside.cli.setup_texts import SetupTexts, setup_texts
from bedside.config import (
    Config,
    find_config,
    load_config,
    load_countries,
    settings_in_force,
    user_file,
)
from bedside.errors import BedsideError, ContentError, UsageError
from bedside.service import system
from bedside.service.places import Places
from bedside.service.settings import settings_in_use, settings_to_write
from bedside.settings_file import write_settings
from bedside.yamlfile import read_model
from tests.pulse import PulseRoom

ACCEPT = ["setup", "--accept", "--no-voice", "--json"]


def run(*arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(app, list(arguments), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return dict(json.loads(done.stdout))


def test_options_make_a_settings_file_and_read_the_numbers_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.yaml"
    told = run(*ACCEPT, "--config", str(file), "--country", "UK", "--maternity", "01234 567", "--risk", "past_clot")
    assert told["numbers"] == {"emergency": "9 9 9", "maternity": "0 1 2 3 4, 5 6 7", "urgent_line": "1 1 1"}
    config = load_config(file)
    assert config.risks.flags == {"past_clot"}
    assert config.disclaimer_accepted is not None


def test_what_a_person_wrote_stays_with_its_comments_and_the_old_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    before = '# ours\ncountry: IE\nvoice:\n  pitch: 30  # deep\nnumbers:\n  maternity: "0123 4"\n'
    file.write_text(before)
    run(*ACCEPT, "--config", str(file), "--provider", "0555 1", "--quiet-hours", "22:00-7:00")
    after = file.read_text()
    assert "# ours" in after
    assert "pitch: 30  # deep" in after
    assert 'maternity: "0123 4"' in after
    assert load_config(file).numbers.provider == "0555 1"
    assert (tmp_path / "config.yaml.bak").read_text() == before


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--country", "DE", "--emergency", "112"], "EU stands for all countries of the European Union with 112"),
        (["--country", "Germany"], "Known here: AU, CA, EU, IE, IN, NZ, UK, US."),
        (["--country", "NO"], "for another one leave it out and give --emergency."),
        (["--maternity", "12a"], "numbers.maternity"),
        (["--risk", "past_clott"], "Did you mean 'past_clot'?"),
        (["--quiet-hours", "22"], "22:00-07:00"),
        (["--quiet-hours", "22:00-25:00"], "a time of day"),
    ],
)
def test_unsound_options_write_nothing(tmp_path: Path, options: list[str], problem: str) -> None:
    file = tmp_path / "config.yaml"
    with pytest.raises(BedsideError) as error:
        run(*ACCEPT, "--config", str(file), *options)
    assert problem in str(error.value)
    assert error.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_an_unsound_file_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("countri: UK\n")
    with pytest.raises(BedsideError, match="countri"):
        run(*ACCEPT, "--config", str(file), "--country", "UK")
    assert file.read_text() == "countri: UK\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "not-a-folder").write_text("")
    with pytest.raises(BedsideError, match="cannot be written"):
        write_settings(tmp_path / "not-a-folder" / "config.yaml", {"country": "UK"})


def test_without_terminal_and_options_it_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(BedsideError, match="--accept"):
        run("setup", "--config", str(tmp_path / "config.yaml"))


def asked(lines: list[str], config: Config, given: dict[str, object] | None = None) -> tuple[dict[str, object], str]:
    """The answers `lines` given to all questions."""
    values: dict[str, object] = {}

    @click.command()
    def ask() -> None:
        values.update(ask_household(config, given or {}, Dialog()))

    done = CliRunner().invoke(ask, input="\n".join(lines) + "\n")
    assert done.exception is None, done.output
    return values, done.output


def test_questions_are_put_again_until_the_answer_is_sound() -> None:
    household = ["Narnia", "nz", "abc", "0123 456", "", "", "", ""]
    values, output = asked([*household, "", "six", "13", "6, 9", "", "22:61", "21:30", ""], Config())
    assert output.count("Error:") == 6
    assert "for another one leave it empty" in output
    assert values["country"] == "NZ"
    assert values["numbers.maternity"] == "0123 456"
    assert [key for key, value in values.items() if value is True] == [
        "household.partner",
        "risks.bed_rest",
        "risks.ivf",
    ]
    assert (values["quiet_hours.start"], values["quiet_hours.end"]) == ("21:30", "07:00")


def test_asked_again_enter_keeps_everything_and_a_dash_takes_it_away() -> None:
    before = {
        "country": "UK",
        "numbers": {"maternity": "0123", "provider": "0456"},
        "household": {"partner": False},
        "risks": {"twins": True},
        "disclaimer_accepted": "2026-01-01",
    }
    values, _ = asked(["", "", "-", *[""] * 5], Config.model_validate(before))
    kept = {key: value for key, value in values.items() if value is not None}
    wanted = {"country": "UK", "numbers.maternity": "0123", "household.partner": False, "risks.twins": True}
    assert kept == wanted
    assert values["numbers.provider"] is None


def test_what_the_options_say_is_not_asked() -> None:
    given = {"country": "IE", "risks.ivf": True, "household.partner": False, "quiet_hours.start": None}
    values, output = asked(["0123", "", "", ""], Config(), given)
    assert output.count(":") == 4 + output.count("(empty: none)")
    assert values["numbers.maternity"] == "0123"


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        (["--alone"], ("household.partner", False)),
        (["--country", "uk"], ("country", "UK")),
        (["--country", "-"], ("country", None)),
        (["--maternity", "-"], ("numbers.maternity", None)),
        (["--microphone", "-"], ("microphone", None)),
        (["--speaker", "-"], ("speaker", None)),
        (["--volume", "3"], ("voice.gain_db", 3.0)),
        (["--night-volume", "-9"], ("quiet_hours.gain_db", -9.0)),
        (["--no-risks"], ("risks.twins", False)),
        (["--no-quiet-hours"], ("quiet_hours.start", None)),
    ],
)
def test_each_question_has_an_option(tmp_path: Path, options: list[str], setting: tuple[str, object]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        'risks: {twins: true}\nquiet_hours: {start: "22:00", end: "7:00"}\n'
        'country: IE\nnumbers: {maternity: "0123"}\nmicrophone: USB\nspeaker: USB\n'
    )
    run(*ACCEPT, "--config", str(file), *options)
    in_force = {each.name: each.value for each in settings_in_force(file)}
    assert in_force[setting[0]] == setting[1]


@pytest.mark.soundcard
@pytest.mark.parametrize("direction", ["microphone", "speaker"])
def test_a_device_that_is_not_among_those_there_is_refused(
    pulse_room: PulseRoom, tmp_path: Path, direction: str
) -> None:
    """It was written without a word, and the next night ended before it began."""
    file = tmp_path / "config.yaml"

    def named(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bedside", *ACCEPT, "--config", str(file), f"--{direction}", name]
        return subprocess.run(command, env=pulse_room.env, capture_output=True, text=True, timeout=60)

    done = named("nixda")
    assert done.returncode == 2
    assert f"no {direction} has 'nixda' in its name. There are: 'pulse', 'default'." in " ".join(done.stderr.split())
    assert not file.exists()
    done = named("Puls")
    assert (done.returncode, done.stderr.count("'Puls'")) == (0, 0)
    assert getattr(load_config(file), direction) == "Puls"


@pytest.fixture
def no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "list_devices", lambda: [])


def spoken_of(*options: str) -> Result:
    """What a set-up without questions shows people."""
    done = CliRunner().invoke(app, ["setup", "--accept", *options], standalone_mode=False)
    assert done.exception is None, done.output
    return done


@pytest.mark.usefixtures("no_devices")
@pytest.mark.parametrize("direction", ["microphone", "speaker"])
def test_where_there_are_no_devices_a_name_is_written_with_a_warning(tmp_path: Path, direction: str) -> None:
    file = tmp_path / "config.yaml"
    done = spoken_of("--no-voice", "--config", str(file), f"--{direction}", "USB")
    assert done.output.count("'USB'") == 1
    assert (
        f"'USB' is written, but whether there is such a device was not looked at: no {direction} found." in done.output
    )
    assert getattr(load_config(file), direction) == "USB"


@pytest.mark.usefixtures("no_devices")
def test_what_was_not_tried_is_the_last_word_and_no_speaker_is_told_once(tmp_path: Path) -> None:
    done = spoken_of("--config", str(tmp_path / "config.yaml"), "--country", "UK", "--sound", "--test")
    assert done.output.count("not said aloud: no speaker found") == 1
    assert done.output.splitlines()[-1] == "Not tried: microphone, speaker, test cramp."
    assert "Good night" not in done.output


def test_options_that_contradict_each_other_are_wrong_use(tmp_path: Path) -> None:
    for options in (["--no-risks", "--risk", "ivf"], ["--no-quiet-hours", "--quiet-hours", "22:00-7:00"]):
        with pytest.raises(UsageError):
            run(*ACCEPT, "--config", str(tmp_path / "config.yaml"), *options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_file_of_a_service_keeps_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("country: UK\n")
    file.chmod(0o640)
    os.chown(file, 0, 12345)
    run(*ACCEPT, "--config", str(file), "--country", "IE")
    for each in (file, tmp_path / "config.yaml.bak"):
        state = each.stat()
        assert (state.st_gid, state.st_mode & 0o777) == (12345, 0o640)


def test_where_a_service_runs_its_settings_are_meant_and_root_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, mine = Places(tmp_path), tmp_path / "mine.yaml"
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    assert settings_to_write(None, places) == (find_config() or user_file())
    assert settings_in_use(None, places) == find_config()
    places.unit.parent.mkdir(parents=True)
    places.unit.touch()
    with pytest.raises(BedsideError, match="sudo bedside setup"):
        settings_to_write(None, places)
    assert settings_in_use(None, places) == places.settings
    assert settings_to_write(mine, places) == settings_in_use(mine, places) == mine
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    assert settings_to_write(None, places) == places.settings


def test_a_country_that_is_not_listed_is_never_guessed() -> None:
    values, output = asked(["", "0", "112", *[""] * 4, "", "0", "n"], Config())
    assert "Emergency number of your country" in output
    assert values["numbers.emergency"] == "112"


@pytest.mark.parametrize(
    ("before", "after", "says"), [("NZ", "UK", "9 9 9"), ("UK", "NZ", "1 1 1"), ("IE", "US", "9 1 1")]
)
def test_another_country_takes_the_old_numbers_with_it(tmp_path: Path, before: str, after: str, says: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f'country: {before}\nnumbers: {{emergency: "101", urgent_line: "102", maternity: "0123"}}\n')
    told = run(*ACCEPT, "--config", str(file), "--country", after)
    assert dict(told["numbers"])["emergency"] == says  # type: ignore[call-overload]
    assert load_config(file).numbers.maternity == "0123"
    assert load_config(file).numbers.urgent_line in (None, "111")


def test_relative_places_rights_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "real.yaml"
    file.write_text("routines: mine\n")
    file.chmod(0o640)
    link = tmp_path / "config.yaml"
    link.symlink_to(file)
    run(*ACCEPT, "--config", str(link), "--country", "IE")
    assert link.is_symlink()
    assert load_config(link).country == "IE"
    assert file.stat().st_mode & 0o777 == 0o640
    fresh = tmp_path / "new.yaml"
    run(*ACCEPT, "--config", str(fresh), "--risk", "past_clot")
    assert fresh.stat().st_mode & 0o777 == 0o600


def test_no_country_shares_the_line_of_another() -> None:
    countries = load_countries()
    assert countries["NZ"].emergency == "111"
    assert countries["UK"].urgent_line == "111"
    assert set(countries) == {"US", "UK", "IE", "EU", "CA", "AU", "NZ", "IN"}
    for country in countries.values():
        assert country.emergency != country.urgent_line


def test_the_spoken_disclaimer_is_short_and_the_full_one_has_its_points() -> None:
    numbers = {"numbers": {"maternity": "01234 567 890"}, "country": "UK"}
    for config in (Config(), Config.model_validate(numbers)):
        assert len(" ".join(spoken_disclaimer(config)).split()) <= 60
    full = " ".join(setup_texts().full)
    for point in ("not a diagnosis", "rule out", "{emergency}", "mishears", "care team", "balance", "review", "once"):
        assert point in full, point


def test_about_tells_whose_numbers_it_says(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("country: NZ\n")
    told = run("about", "--json", "--config", str(file))
    assert told["numbers_confirmed"] is True
    assert told["accepted"] is None
    assert re.search("New Zealand", " ".join(map(str, told["disclaimer"])))  # type: ignore[call-overload]


def test_numbers_are_read_back_digit_by_digit() -> None:
    config = Config.model_validate({"numbers": {"emergency": "+64 111"}})
    assert read_back(config) == {"emergency": "plus, 6 4, 1 1 1"}


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [("22:00", "7:00", "23:30", "12:00"), ("22:00", "7:00", "06:59", "07:00"), ("1:00", "5:30", "01:00", "05:30")],
)
def test_quiet_hours_go_across_midnight(start: str, end: str, inside: str, outside: str) -> None:
    hours = Config.model_validate({"quiet_hours": {"start": start, "end": end}}).quiet_hours
    assert hours.covers(time.fromisoformat(inside))
    assert not hours.covers(time.fromisoformat(outside))
    assert not Config().quiet_hours.covers(time.fromisoformat(inside))


@pytest.mark.parametrize(
    "options",
    [
        ["--country", "UK", "--emergency", "111"],
        ["--country", "UK", "--emergency", "111", "--urgent-line", "0123 4"],
        ["--country", "NZ", "--urgent-line", "111"],
        ["--country", "NZ", "--urgent-line", "1-1-1", "--emergency", "112"],
        ["--emergency", "112", "--urgent-line", "112"],
        ["--emergency", "112", "--crisis-line", "112"],
    ],
)
def test_an_emergency_number_is_no_other_line(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "config.yaml"
    done = CliRunner().invoke(app, [*ACCEPT, "--config", str(file), *options], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
    assert "cannot be both the emergency number and numbers." in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not file.exists()


def test_the_same_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('country: UK\nnumbers:\n  maternity: "01234"\n  emergency: "111"\n')
    with pytest.raises(ContentError, match=r"config\.yaml:4: 111 cannot be both"):
        load_config(file)


def test_the_midwife_has_a_number_of_her_own_beside_the_unit(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('numbers: {maternity: "0123", provider: "0456"}\n')
    text = wording_of(load_config(file)).fill("{maternity} and {provider}")
    assert text == "0 1 2 3 and 0 4 5 6"


def test_a_language_that_there_is_not_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with pytest.raises(UsageError, match=r"'de'.*only: en"):
        run(*ACCEPT, "--config", str(file), "--language", "de")
    assert not file.exists()
    run(*ACCEPT, "--config", str(file), "--language", "en")


FLAGS = {
    "country": {"--country"},
    "emergency": {"--emergency"},
    "maternity": {"--maternity"},
    "provider": {"--provider"},
    "urgent_line": {"--urgent-line"},
    "crisis_line": {"--crisis-line"},
    "partner": {"--partner", "--alone"},
    "risks": {"--risk", "--no-risks"},
    "which_risks": {"--risk", "--no-risks"},
    "quiet": {"--quiet-hours", "--no-quiet-hours"},
    "quiet_start": {"--quiet-hours"},
    "quiet_end": {"--quiet-hours"},
    "accept": {"--accept"},
    "right": {"--accept"},
    "sound": {"--sound", "--no-sound"},
    "which": {"--microphone", "--speaker"},
    "microphone_next": {"--microphone"},
    "speaker": {"--speaker"},
    "measure": {"--measure", "--no-measure"},
    "measure_again": {"--no-measure"},
    "night": {"--night-volume"},
    "test": {"--test", "--no-test"},
}


def test_no_question_is_without_a_flag() -> None:
    assert set(FLAGS) == set(type(setup_texts().ask).model_fields) - {"no_such_risk"}
    there = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    assert set().union(*FLAGS.values()) <= there


def test_what_all_flags_say_leaves_nothing_to_ask() -> None:
    numbers = dict.fromkeys(("maternity", "provider", "urgent_line", "crisis_line"), "0123")
    given = from_options({"country": "UK", "emergency": None, **numbers}, False, ["ivf"], False, "22:00-7:00", False)
    _, output = asked([], Config(), given)
    assert output == ""


def test_a_text_in_the_wrong_section_is_found_when_the_file_is_read(tmp_path: Path) -> None:
    """`bedside run` once asked for the offer of a set-up where the file did not have it."""
    texts = setup_texts().model_dump()
    texts["advice"]["offer"] = texts["said"].pop("offer")
    file = tmp_path / "setup.yaml"
    file.write_text(json.dumps(texts))
    with pytest.raises(ContentError, match="'offer'"):
        read_model(file, SetupTexts)
