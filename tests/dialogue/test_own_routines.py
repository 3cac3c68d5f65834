"""Routines of one's own: beside the shipped ones, never in their place, and nothing in them that needs asking first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.dialogue.library import load_library
from bedside.errors import ContentError
from bedside.resources import content_folder

GOOD = 'id: {id}\ntitle: Mine\nsteps:\n  - id: "1"\n    say: "{text}"\n'


def test_a_routine_of_ones_own_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(GOOD.format(id="ankle-circles", text="Draw slow circles."))
    library = load_library(content_folder(), tmp_path)
    assert {"ankle-circles", "acute-calf-bed"} <= set(library.routines)


BAD = {
    "the id of a shipped one": (GOOD.format(id="recovery", text="Rest."), 1, "comes with bedside"),
    "massage": (GOOD.format(id="x", text="Massage the calf firmly."), 5, "'Massage' may only be spoken of"),
    "heat": (GOOD.format(id="x", text="Put a warm pad on it."), 5, "'warm' may only be spoken of"),
    "a hold of 900 s": ("id: x\ntitle: x\nsteps:\n  - id: a\n    hold: 900\n    say: '{seconds}'\n", 5, "hold"),
    "an unknown variable": (GOOD.format(id="x", text="Lift {lag}."), 5, "no variable {lag}. Did you mean 'leg'?"),
    "an unknown target": (
        'id: x\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {yes: recovary}\n',
        6,
        "no routine 'recovary'. Did you mean 'recovery'?",
    ),
    "an unknown intent": (
        'id: x\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {yess: next}\n',
        6,
        "unknown intent 'yess'. Did you mean 'yes'?",
    ),
    "a loop without end": ('id: x\ntitle: x\nthen: x\nsteps:\n  - id: a\n    say: "Go."\n', 3, "without end"),
    "a hold that is not announced": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    hold: 9\n    say: Hold.\n",
        4,
        "announced",
    ),
    "two kinds in one": ("id: x\ntitle: x\nsteps:\n  - id: a\n    hold: 9\n    rest: 9\n", 4, "hold and rest at once"),
    "an unknown key": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    sya: Go.\n",
        5,
        "unknown key 'sya'. Did you mean 'say'?",
    ),
    "a step without id": ("id: x\ntitle: x\nsteps:\n  - say: Go.\n", 4, "the step has no 'id'"),
    "an unknown source": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    say: Go.\n    sources: [heel-frist]\n",
        6,
        "'heel-frist' is no id of the guidance. Did you mean 'heel-first'?",
    ),
    "a dropped row": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    say: Go.\n    sources: [flex-forcefully]\n",
        6,
        "is no id of the guidance",
    ),
    "a dose": (GOOD.format(id="x", text="Take 300 mg of magnesium."), 5, "'300 mg' is never said"),
    "a target that is no alert": (
        'id: x\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {yes: urgnt/fever}\n',
        6,
        "no alert",
    ),
    "a timer beyond a quarter of an hour": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    timer: 1200\n    say: '{minutes}'\n",
        5,
        "timer",
    ),
    "an unknown block": ("id: x\ntitle: x\nsteps:\n  - use: geting-up\n", 4, "Did you mean 'getting-up'?"),
    "nothing": ("", 1, "empty"),
    "no step": ("id: x\ntitle: x\nsteps: []\n", 3, "steps"),
    "two with one id": (GOOD.format(id="z", text="Go."), 1, "is the id of"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, what: str) -> None:
    text, line, problem = BAD[what]
    (tmp_path / "mine.yaml").write_text(text)
    (tmp_path / "other.yaml").write_text(GOOD.format(id="z", text="Go."))
    with pytest.raises(ContentError) as error:
        load_library(content_folder(), tmp_path)
    file = "other.yaml" if what == "two with one id" else "mine.yaml"
    assert f"{file}:{line}: " in str(error.value)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)
