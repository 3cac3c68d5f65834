"""What must hold for any words."""

from __future__ import annotations

from hassil import Intents, recognize
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.nlu.intents import SCOPES, load_intents
from bedside.nlu.match import INTENTS, Scope
from bedside.nlu.matcher import match
from bedside.resources import embedded_model, intents_file
from bedside.yamlfile import read_document

SCOPE = st.sampled_from(SCOPES)
WORDS = sorted({word for scope in SCOPES for text in load_intents().grammar(scope) for word in text.split()})
DANGER = sorted(
    {(s.text, scope) for scope in SCOPES for s in load_intents().sentences(scope) if s.intent == "danger_sign"}
)
CONTROLS = ("stop", "pause", "resume", "next_step", "previous_step", "repeat", "slower", "faster", "louder", "quieter")
FILLERS = st.lists(st.sampled_from(["um", "oh god", "please", "really", "honey", "uh", "oh"]), max_size=3)


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)), SCOPE)
@settings(max_examples=200, deadline=None)
def test_any_text_has_one_sound_answer(text: str, scope: Scope) -> None:
    found = match(text, load_intents(), scope)
    assert found == match(text, load_intents(), scope)
    assert found.text == text
    assert (found.intent is None) == (found.decision == "ignore")
    assert found.intent is None or found.intent in INTENTS
    assert 0 <= found.score <= 100
    assert 0 <= found.margin <= 100


@given(st.sampled_from(DANGER), FILLERS, FILLERS)
@settings(max_examples=200, deadline=None)
def test_danger_among_fillers_is_danger(danger: tuple[str, Scope], before: list[str], after: list[str]) -> None:
    text, scope = danger
    said = " ".join([*before, text, *after])
    assert match(said, load_intents(), scope).intent == "danger_sign", said


@given(st.sampled_from(["don't", "do not", "not", "no"]), st.data(), SCOPE)
@settings(max_examples=300, deadline=None)
def test_a_negated_control_does_not_act(negation: str, data: st.DataObject, scope: Scope) -> None:
    """But "no stop" and "no wait" are somebody saying stop: it must not go on."""
    controls = [s for s in load_intents().sentences(scope) if s.intent in CONTROLS and len(s.text.split()) <= 3]
    sentence = data.draw(st.sampled_from(controls))
    if sentence.text.startswith(("not ", "no ", "don't ", "that's", "too ", "i")):
        return
    found = match(f"{negation} {sentence.text}", load_intents(), scope)
    if (negation, sentence.intent) != ("no", "stop") and not found.text.startswith("no wait"):
        assert (found.intent, found.decision) != (sentence.intent, "act"), found


def test_every_sentence_means_itself() -> None:
    intents = load_intents()
    for scope in SCOPES:
        for sentence in intents.sentences(scope):
            found = match(sentence.text, intents, scope)
            assert (found.intent, found.score) == (sentence.intent, 100.0), sentence
            assert sentence.slots.items() <= found.slots.items(), sentence


def test_home_assistant_reads_the_file_too() -> None:
    stock = Intents.from_dict(read_document(intents_file()).data)
    result = recognize("my left calf is cramping", stock)
    assert result is not None
    assert result.intent.name == "leg_cramp"
    assert {name: entity.value for name, entity in result.entities.items()} == {"side": "left", "part": "calf"}


def test_the_embedded_model_knows_every_word() -> None:
    known = {line.split()[0] for line in (embedded_model() / "graph" / "words.txt").read_text().splitlines()}
    unknown = {word: load_intents().origin(word) for word in WORDS if word not in known}
    assert unknown == {}
