"""What README.md shows is true: its commands exist and its files are valid."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bedside import resources
from bedside.audio.scene import read_scene
from bedside.cli.main import COMMANDS
from bedside.config import load_config
from bedside.dialogue.library import load_library
from bedside.nlu.intents import load_intents
from bedside.nlu.matcher import match

TREE = Path(__file__).resolve().parent.parent
README = (TREE / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """The YAML files that README.md shows, written where their first lines say."""
    for name, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", README, re.DOTALL):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_table_of_commands_is_complete() -> None:
    assert set(re.findall(r"^\| `bedside (\w+)", README, re.MULTILINE)) == set(COMMANDS)


def test_the_settings_are_valid(shown: Path) -> None:
    config = load_config(shown / "config.yaml")
    assert (config.numbers.maternity, config.numbers.emergency) == ("01234 567 890", "999")


def test_the_routine_is_valid_and_the_words_lead_to_it(shown: Path) -> None:
    library = load_library(resources.content_folder(), shown / "routines")
    assert "ankle-circles" in library.routines
    sentences = load_intents(shown / "intents.yaml").sentences("idle")
    assert "ankle-circles" in {s.slots.get("routine") for s in sentences if s.text == "circle my ankle"}


def test_the_scene_can_be_read(shown: Path) -> None:
    for recording in (resources.content_folder() / "demo").glob("*.wav"):
        shutil.copy(recording, shown)
    assert len(read_scene(shown / "scene.yaml").says) == 2


def test_the_size_of_the_model_is_as_told() -> None:
    size = sum(file.stat().st_size for file in (TREE / "models" / "embedded").rglob("*") if file.is_file())
    assert f"embedded model of {size / 1e6:.1f} MB" in README
    assert f"| `embedded` | {size / 1e6:.1f} MB |" in (TREE / "models" / "README.md").read_text(encoding="utf-8")


def test_the_words_of_the_first_night_are_understood() -> None:
    intents = load_intents()
    said = re.findall(r'"([a-z\' ]+)"', README[README.index("3. `scripts/run`") : README.index("## Commands")])
    assert {"leg cramp", "stop", "it's better"} <= set(said)
    understood = [text for text in said if match(text, intents, "session").decision == "act"]
    assert understood == said
    assert match("leg cramp", intents, "idle").decision == "act"


def test_every_link_into_the_tree_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (TREE / target).exists(), target
