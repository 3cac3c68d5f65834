"""Every mistake in an intents file is told with its line; own files keep the safety words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.errors import ContentError
from bedside.nlu.intents import load_intents
from bedside.nlu.matcher import match

HEAD = "language: en\nintents:\n"


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def one(intent: str, template: str, more: str = "") -> str:
    return f'{HEAD}  {intent}:\n    data:\n      - sentences: ["{template}"]\n{more}'


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "empty"),
        ("language: [en\n", 1, "never closed"),
        (one("stop", "halt", "langauge: en\n"), 6, "langauge"),
        (f"{HEAD}  stop:\n    daat: []\n", 4, "did you mean 'data'"),
        (one("stpo", "halt"), 3, "did you mean 'stop'"),
        (f"{HEAD}  stop:\n    data: []\n", 4, "at least 1"),
        (f"{HEAD}  stop:\n    data:\n      - sentences: []\n", 5, "at least 1"),
        (one("stop", ""), 5, "empty sentence"),
        (one("stop", "[halt]"), 5, "empty sentence"),
        (one("stop", "?!"), 5, "no words"),
        (one("stop", "halt <nwo>", "expansion_rules:\n  now: now\n"), 5, "did you mean 'now'"),
        (one("stop", "halt {sied}", "lists:\n  side:\n    values: [left]\n"), 5, "did you mean 'side'"),
        (one("stop", "halt (now"), 5, "cannot be read"),
        (one("stop", "(" * 3000 + "halt" + ")" * 3000), 5, "more than 30 levels"),
        (one("stop", "halt <a>", "expansion_rules:\n  a: <b>\n  b: <a>\n"), 7, "refers to itself"),
        (one("stop", "[a|b|c|d|e|f] " * 7 + "halt"), 5, "more than 20000"),
        (one("danger_sign", "ouch"), 5, "tier"),
        (
            f'{HEAD}  danger_sign:\n    data:\n      - slots: {{tier: bad, sign: x}}\n        sentences: ["ouch"]\n',
            5,
            "emergency, urgent",
        ),
        (
            f"{HEAD}  danger_sign:\n    data:\n      - slots: {{tier: urgent, sign: vision_}}\n"
            '        sentences: ["ouch"]\n',
            5,
            "did you mean 'vision'",
        ),
        (one("start_routine", "begin"), 5, "routine"),
        (
            f'{HEAD}  leg_cramp:\n    data:\n      - slots: {{sid: left}}\n        sentences: ["ouch"]\n',
            5,
            "did you mean 'side'",
        ),
        (
            f'{HEAD}  leg_cramp:\n    data:\n      - slots: {{side: lefft}}\n        sentences: ["ouch"]\n',
            5,
            "did you mean 'left'",
        ),
        (one("stop", "halt").replace("language: en", "language: de"), 1, "only 'en' is known"),
        (
            one("stop", "halt") + '  pause:\n    data:\n      - sentences: ["halt"]\n',
            8,
            "'halt' stands for pause here and for stop",
        ),
        (one("stop", "halt") + 'decoys: ["halt"]\n', 6, "a decoy"),
    ],
)
def test_mistakes_name_their_line(text: str, line: int, word: str, tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ContentError) as caught:
        load_intents(file)
    assert caught.value.line == line
    assert word.lower() in str(caught.value).lower()
    assert str(file) in str(caught.value)


def test_one_sentence_may_mean_two_things_in_two_scopes(tmp_path: Path) -> None:
    text = one("stop", "halt", "        heard_in: [session]\n")
    text += '  help:\n    data:\n      - sentences: ["halt"]\n        heard_in: [idle]\n'
    intents = load_intents(write(tmp_path, text))
    assert match("halt", intents, "idle").intent == "help"
    assert match("halt", intents, "session").intent == "stop"


def test_own_words_replace_the_shipped_ones_but_safety_stays(tmp_path: Path) -> None:
    intents = load_intents(write(tmp_path, one("leg_cramp", "purple banana")))
    assert match("purple banana", intents, "idle").intent == "leg_cramp"
    assert match("louder", intents, "session").intent is None
    assert match("stop", intents, "session").intent == "stop"
    assert match("my chest hurts", intents, "idle").slots["tier"] == "emergency"
    assert "my chest hurts" in intents.grammar("idle")


def test_unheard_words_keep_their_meaning_as_text(tmp_path: Path) -> None:
    intents = load_intents(write(tmp_path, one("leg_cramp", "(purple|red) banana", "unheard: {idle: [purple]}\n")))
    assert "purple banana" not in intents.grammar("idle")
    assert {"red banana"} <= set(intents.grammar("idle"))
    assert match("purple banana", intents, "idle").intent == "leg_cramp"


@pytest.mark.parametrize("words", ["chest", "stop"])
def test_stop_and_emergencies_cannot_be_made_unheard(tmp_path: Path, words: str) -> None:
    file = write(tmp_path, one("leg_cramp", "purple banana", f"unheard: {{session: [purple, {words}]}}\n"))
    with pytest.raises(ContentError, match=f"mine.yaml:6: .*{words}"):
        load_intents(file)


def test_origin_names_intent_and_line(tmp_path: Path) -> None:
    file = write(tmp_path, one("leg_cramp", "purple banana"))
    assert load_intents(file).origin("banana") == ("leg_cramp", file, 5)
    assert load_intents(file).origin("xylophone") is None
