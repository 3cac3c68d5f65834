"""Routines of one's own: beside the shipped ones, never in their place, and nothing in them that needs asking first."""

from __future__ import annotations

import shutil
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
    "pressing": (
        GOOD.format(id="x", text="Press your thumbs into the calf and squeeze it firmly."),
        5,
        "'Press your thumbs",
    ),
    "a hot pad": (GOOD.format(id="x", text="Hot pad on the calf."), 5, "'Hot pad' may only be spoken of"),
    "frozen peas": (GOOD.format(id="x", text="Put frozen peas on the calf."), 5, "'frozen' may only be spoken of"),
    "a wheat bag": (GOOD.format(id="x", text="Lay the wheat bag on it."), 5, "'wheat bag' may only be spoken of"),
    "kneading": (GOOD.format(id="x", text="Knead the sore spot."), 5, "'Knead' may only be spoken of"),
    "standing up without getting up": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    up: true\n    say: Stand up.\n",
        5,
        "nothing has told her how. Write '- use: getting-up'",
    ),
    "standing up that bedside does not know of": (
        GOOD.format(id="x", text="Stand up now."),
        5,
        "'Stand up' takes her out of bed",
    ),
    "two steps with one id": (
        "id: x\ntitle: x\nsteps:\n  - id: a\n    say: Go.\n  - id: a\n    say: On.\n",
        6,
        "the id 'a' is that of the step in line 4 already",
    ),
    "no way out by answering": (
        'id: m\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {yes: m, no: m, still_hurts: m}\n',
        6,
        "whatever she answers in step 'a', 'm' never ends",
    ),
    "no way out by starting again": (
        'id: mine\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {yes: again, no: again}\n',
        6,
        "whatever she answers in step 'a', 'mine' never ends",
    ),
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


STEPS = "id: x\ntitle: x\nsteps:\n"
FINE = {
    "an answer leads out": STEPS + '  - id: a\n    ask: "Once more?"\n    answers: {yes: again, no: end}\n',
    "getting up comes first": STEPS + "  - use: getting-up\n  - id: a\n    say: Stand up tall.\n",
    "one id by rounds": STEPS
    + "  - repeat: 2\n    steps:\n      - {id: a, round: 1, say: Go.}\n      - {id: a, round: 2, say: On.}\n",
    "no sources": GOOD.format(id="x", text="Press the heel down."),
}


@pytest.mark.parametrize("what", FINE)
def test_what_is_in_order_is_taken(tmp_path: Path, what: str) -> None:
    (tmp_path / "mine.yaml").write_text(FINE[what])
    assert "x" in load_library(content_folder(), tmp_path).routines


def test_two_routines_that_only_lead_to_each_other_are_a_trap(tmp_path: Path) -> None:
    text = 'id: {0}\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {{yes: {1}, no: {1}}}\n'
    (tmp_path / "mine.yaml").write_text(text.format("mine", "yours"))
    (tmp_path / "yours.yaml").write_text(text.format("yours", "mine"))
    with pytest.raises(ContentError, match="never ends"):
        load_library(content_folder(), tmp_path)


@pytest.mark.parametrize("step", ["say: Go.", "leg_questions: all", "if_risk: end"])
def test_a_shipped_step_names_its_sources(tmp_path: Path, step: str) -> None:
    folder = tmp_path / "en"
    shutil.copytree(content_folder(), folder)
    (folder / "routines" / "new.yaml").write_text(f'id: new\ntitle: x\nsteps:\n  - id: "1"\n    {step}\n')
    with pytest.raises(ContentError, match=r"new\.yaml:4: the step names no source"):
        load_library(folder)
