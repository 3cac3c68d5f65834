"""What a mistake in a content file could make unsafe is told when it is loaded: alerts, the gate, getting up."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.dialogue.alert_checks import known_signs
from bedside.dialogue.content_checks import check_file, check_spoken
from bedside.dialogue.flatten import Source
from bedside.dialogue.library import Library, load_library
from bedside.dialogue.routine_file import RoutineFile
from bedside.dialogue.spoken import Spoken
from bedside.errors import ContentError
from bedside.nlu.meaning import danger_signs
from bedside.resources import content_folder
from bedside.yamlfile import read_model

NUMBER = '      - "Call now: {emergency_twice}."\n'
FIRST = '      - "Put everything else aside."\n'
URGENT = '      - "Call {maternity_twice}."\n'

SPOKEN = {
    "no number": (NUMBER, "", "second sentence of an alert gives the number"),
    "a sentence before it": (FIRST, FIRST * 2, "second sentence of an alert gives the number"),
    "no urgent number": (URGENT, "", "second sentence of an alert gives the number"),
    "repeats without it": (
        '      - "Call {emergency_twice}."\n',
        '      - "Call."\n',
        "first of these gives the number",
    ),
    "reassurance": (URGENT, URGENT + '      - "It is most likely fine."\n', "'most likely' is never said"),
    "heat": (URGENT, URGENT + '      - "Put something warm on it."\n', "'warm' is no part of an alert"),
    "heat after a no": (URGENT, URGENT + '      - "No fever? Put something warm on it."\n', "'warm' is no part"),
    "rubbing after a comma": (URGENT, URGENT + '      - "If not sore, rub it."\n', "'rub' is no part of an alert"),
    "a sign in a group": ("- leg_redness", "- leg_rednes", "no danger sign 'leg_rednes'. Did you mean 'leg_redness'?"),
    "a sign of two": ("sign: clot_spread", "sign: clot_spred", "Did you mean 'clot_spread'?"),
    "one of two": ("one: [leg_numb]", "one: [leg_nub]", "Did you mean 'leg_numb'?"),
    "a follow-up": ("sign: feeling_wrong", "sign: feling_wrong", "Did you mean 'feeling_wrong'?"),
    "a group": ("    breath: {say", "    breth: {say", "no group 'breth'. Did you mean 'breath'?"),
}


@pytest.mark.parametrize("what", SPOKEN)
def test_an_alert_that_would_fail_is_a_fault(tmp_path: Path, what: str) -> None:
    old, new, problem = SPOKEN[what]
    text = (content_folder() / "spoken.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "spoken.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    spoken, document = read_model(file, Spoken)
    with pytest.raises(ContentError) as error:
        check_spoken(spoken, document, known_signs(spoken, danger_signs()))
    assert problem in str(error.value)


def fault(library: Library, file: Path, text: str, own: bool = False) -> str:
    """What is wrong with a routine file; empty if nothing is."""
    file.write_text(text, encoding="utf-8")
    model, document = read_model(file, RoutineFile)
    try:
        check_file(Source(model, document, own=own), library.spoken, known_signs(library.spoken, danger_signs()))
    except ContentError as error:
        return str(error)
    return ""


def shipped(name: str) -> str:
    return (content_folder() / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", sorted(f"routines/{file.stem}" for file in (content_folder() / "routines").glob("massage-*.yaml"))
)
def test_no_massage_is_taken_without_its_gate(library: Library, tmp_path: Path, name: str) -> None:
    text = shipped(name)
    if name == "routines/massage-end":  # it ends one, and needs none
        return
    assert not fault(library, tmp_path / "x.yaml", text)
    assert "gate" in fault(library, tmp_path / "x.yaml", text.replace("gate: true\n", "", 1))


def test_how_hard_to_press_is_massage(library: Library, tmp_path: Path) -> None:
    text = shipped("answers/massage-how-hard")
    assert "'spreading cream' may only be spoken of" in fault(
        library, tmp_path / "x.yaml", text.replace("gate: true\n", "")
    )


SHIPPED = {
    "standing without getting up": ("acute-calf-standing", "  - use: getting-up\n", "", "'Weight onto' takes her out"),
    "never down again": ("acute-calf-standing", "    up: false\n", "", "no step lets her sit down again"),
    "down without up": ("thigh-front", "      - use: getting-up\n", "", "nothing has told her how to get up"),
    "heat for 15 minutes": ("warm-compress", "timer: 600", "timer: 900", "for more than 10 minutes"),
    "cold for 11 minutes": ("cold-pack", "timer: 600", "timer: 660", "for more than 10 minutes"),
    "a mistyped sign": ("massage-calf", "worse_after_massage", "worse_after_masage", "Did you mean 'worse_after_massa"),
}


@pytest.mark.parametrize("what", SHIPPED)
def test_a_shipped_routine_that_lost_its_care_is_a_fault(library: Library, tmp_path: Path, what: str) -> None:
    name, old, new, problem = SHIPPED[what]
    text = shipped(f"routines/{name}")
    assert old in text
    assert problem in fault(library, tmp_path / "x.yaml", text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Take a magnesium tablet before bed.", "is never said"),
        ("This is nothing to be afraid of, it is quite normal.", "is never said"),
        ("Lie flat on your back and point your toes.", "is never said"),
        ("Point your toes.", "is never said"),
        ("It is most likely fine.", "is never said"),
        ("Go to the bathroom and put your foot on the cold tiles.", "takes her out of bed"),
        ("Put a bean bag from the oven on your calf.", "may only be spoken of"),
        ("Light fingertips, small circles on the calf.", "may only be spoken of"),
        ("Open hands, upward along the calf.", "may only be spoken of"),
    ],
)
def test_what_a_household_may_not_say(library: Library, tmp_path: Path, text: str, problem: str) -> None:
    routine = f'id: x\ntitle: x\nsteps:\n  - id: a\n    say: "{text}"\n'
    assert problem in fault(library, tmp_path / "x.yaml", routine, own=True)


@pytest.mark.parametrize(
    "text",
    ["Do not lie flat on your back.", "Toes never pointed.", "Draw slow circles with each foot.", "Lie on your left."],
)
def test_what_a_household_may_say(library: Library, tmp_path: Path, text: str) -> None:
    routine = f'id: x\ntitle: x\nsteps:\n  - id: a\n    say: "{text}"\n'
    assert not fault(library, tmp_path / "x.yaml", routine, own=True)


ASK = 'id: mine\ntitle: x\nsteps:\n  - id: a\n    ask: "Well?"\n    answers: {{yes: {}, no: end}}\n'


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("urgent/leg_sweling_one_side", "no danger sign 'leg_sweling_one_side'. Did you mean 'leg_swelling_one_side'?"),
        ("urgent/one_leg_diferent", "Did you mean 'one_leg_different'?"),
        ("urgent/zzzz", "no danger sign 'zzzz'. Signs stand in danger.yaml."),
        ("urgnt/fever", "begin with urgent/ or emergency/. Did you mean 'urgent/fever'?"),
    ],
)
def test_a_mistyped_alert_is_told_in_short(tmp_path: Path, target: str, problem: str) -> None:
    (tmp_path / "mine.yaml").write_text(ASK.format(target))
    with pytest.raises(ContentError) as error:
        load_library(content_folder(), tmp_path)
    assert str(error.value).endswith(problem)


def test_a_routine_that_leads_to_itself_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text('id: mine\ntitle: x\nthen: mine\nsteps:\n  - id: a\n    say: "Go."\n')
    with pytest.raises(ContentError, match="'mine' leads to itself without end"):
        load_library(content_folder(), tmp_path)
