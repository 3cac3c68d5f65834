"""From the words of an utterance to what is meant.

Order: the exact sentence; danger signs by their words; the most alike sentence, by letters and by sound, with a
cutoff, a lead over any other meaning and a guard for negations; common requests in free words. Pure: the same
text, intents and scope always give the same Match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from bedside.nlu.danger import danger_in
from bedside.nlu.intents import IntentSet, Sentence
from bedside.nlu.match import Decision, Match, Scope
from bedside.nlu.meaning import Danger, load_meanings
from bedside.nlu.schema import LITERAL_SLOTS
from bedside.nlu.sound import sound_key
from bedside.nlu.text import load_speech

CORE_SCORE = 98.0
"""The score of a sentence found exactly once fillers are left out ("oh god leg cramp please")."""

FREE_WORDS_SCORE = 90.0
"""The score of a request found by its concepts: surer than a guess, less sure than a sentence."""

OF_SOMEBODY = (
    "leg_cramp",
    "leg_swelling",
    "danger_sign",
    "start_routine",
    "easing",
    "still_hurts",
    "no",
    "mention_to_provider",
    "question",
)
"""Intents that carry the slot who: "her" where somebody else than she speaks of her."""

LONGEST = 120
"""Words that are looked at; of a longer text only the beginning and the end."""

SHORTLIST = 40
FLOOR = 60.0
SLOT_ALIKE = 70.0
"""How alike a word must be to a slot's word to count as a slip of it ("half" for "calf")."""


@dataclass(frozen=True)
class _Prepared:
    """The candidates of one scope in the shapes the scorers want, all in the same order."""

    sentences: tuple[Sentence, ...]
    cores: tuple[str, ...]
    keys: tuple[str, ...]
    negations: tuple[int, ...]
    exact: Mapping[str, Sentence]
    by_core: Mapping[str, Sentence]


@dataclass(frozen=True)
class _Candidate:
    sentence: Sentence
    score: float


def match(text: str, intents: IntentSet, scope: Scope) -> Match:
    """What `text` means in `scope`. Never raises for any text.

    score: 100 exact, 98 exact but for fillers, 90 for a request in free words, otherwise the mean likeness of
    letters and sound. A danger sign found by its words scores 100 (90 if doubtful); its phrase is the nearest
    sentence for that sign.
    """
    words = _shortened(load_speech().normalise(text))
    if not words:
        return Match(text)
    found = _found(text, words, intents, scope)
    if found.intent in OF_SOMEBODY and load_meanings().is_of_her(words):
        return replace(found, slots={**found.slots, "who": "her"})
    return replace(found, of_me=found.intent in OF_SOMEBODY and load_meanings().is_of_me(words))


def _found(text: str, words: str, intents: IntentSet, scope: Scope) -> Match:
    speech = load_speech()
    ready = _prepare(intents, scope)
    exact = ready.exact.get(words)
    if exact is not None:
        return _result(text, words, exact, 100.0, 100.0, intents, scope, exact_text=True)
    danger = load_meanings().danger(words)
    core = speech.core(words)
    by_core = ready.by_core.get(core)
    is_it = by_core is not None and (danger is None or by_core.intent == "danger_sign")
    if is_it and by_core is not None and _same_sense(words, core, by_core):
        return _result(text, words, by_core, CORE_SCORE, CORE_SCORE, intents, scope, exact_text=True)
    candidates = _alike(words, core, ready)
    danger = danger_in(words, danger)
    if danger is not None:
        return _danger(text, danger, candidates)
    best = _best(text, words, candidates, intents, scope)
    if best is not None and (best.decision == "act" or _is_decoy(best, candidates, intents, scope)):
        return best
    free = load_meanings().everyday(words, scope)
    if free is not None and free.intent in intents.names:
        slots = {**_spoken_slots(free.intent, words, intents), **free.slots}
        phrase = next((c.sentence.text for c in candidates if c.sentence.intent == free.intent), None)
        return Match(text, free.intent, slots, FREE_WORDS_SCORE, FREE_WORDS_SCORE, phrase, "act")
    return best or Match(text)


def _same_sense(words: str, core: str, sentence: Sentence) -> bool:
    """True if what was left out of an utterance and of a sentence ("no", "well") negates neither or both."""
    count = load_speech().negations
    return count(words) == count(core) and min(1, count(sentence.text)) == min(1, count(words))


def _is_decoy(best: Match, candidates: list[_Candidate], intents: IntentSet, scope: Scope) -> bool:
    """True if an utterance is surely one of the things that mean nothing."""
    return candidates[0].sentence.intent is None and best.score >= intents.scope_thresholds[scope].act


def _shortened(words: str) -> str:
    each = words.split()
    return words if len(each) <= LONGEST else " ".join(each[: LONGEST // 2] + each[-LONGEST // 2 :])


@lru_cache(maxsize=16)
def _prepare(intents: IntentSet, scope: Scope) -> _Prepared:
    speech = load_speech()
    sentences = (*intents.sentences(scope), *intents.decoys(scope))
    cores = tuple(speech.core(s.text) for s in sentences)
    by_core: dict[str, Sentence | None] = {}
    for sentence, core in zip(sentences, cores, strict=True):
        other = by_core.setdefault(core, sentence)
        if other is not None and (other.intent, other.slots) != (sentence.intent, sentence.slots):
            by_core[core] = sentence if sentence.text == core else other if other.text == core else None
    return _Prepared(
        sentences,
        cores,
        tuple(sound_key(core) for core in cores),
        tuple(min(1, speech.negations(s.text)) for s in sentences),
        {s.text: s for s in reversed(sentences)},
        {core: s for core, s in by_core.items() if s is not None},
    )


def _alike(words: str, core: str, ready: _Prepared) -> list[_Candidate]:
    """The candidates nearest to an utterance, best first. One that says the opposite is none, nor is one without a
    word that may be a sign of danger: "it's gone numb" is not "it's gone now"."""
    key = sound_key(core)
    findings = load_meanings().findings & set(words.split())
    negated = min(1, load_speech().negations(words))
    near: dict[int, float] = {}
    for query, choices in ((core, ready.cores), (key, ready.keys)):
        for _, _, index in process.extract(query, choices, scorer=fuzz.ratio, limit=SHORTLIST, score_cutoff=FLOOR):
            if ready.negations[index] == negated and _says(findings, ready.sentences[index]):
                near.setdefault(index, _likeness(core, key, ready.cores[index], ready.keys[index]))
    ranked = sorted(near.items(), key=lambda item: (-item[1], item[0]))
    return [_Candidate(ready.sentences[index], score) for index, score in ranked]


def _says(findings: frozenset[str], sentence: Sentence) -> bool:
    return sentence.intent == "danger_sign" or findings <= set(sentence.text.split())


def _likeness(core: str, key: str, other: str, other_key: str) -> float:
    letters = fuzz.ratio(core, other)
    if " " not in other or " " not in core:
        # One short word is too easily like another ("step", "stop"); its sound says little.
        return letters * 0.9
    return (letters + fuzz.ratio(key, other_key)) / 2


def _best(text: str, words: str, candidates: list[_Candidate], intents: IntentSet, scope: Scope) -> Match | None:
    if not candidates:
        return None
    first = candidates[0]
    rival = next((c.score for c in candidates if c.sentence.intent != first.sentence.intent), 0.0)
    return _result(text, words, first.sentence, first.score, first.score - rival, intents, scope)


def _result(
    text: str,
    words: str,
    sentence: Sentence,
    score: float,
    margin: float,
    intents: IntentSet,
    scope: Scope,
    exact_text: bool = False,
) -> Match:
    score, margin = round(score, 1), round(margin, 1)
    decision = _decide(sentence, score, margin, intents, scope, exact_text)
    if sentence.intent is None or decision == "ignore":
        return Match(text, score=score, margin=margin, phrase=sentence.text)
    slots = _slots(sentence, words, intents)
    if not exact_text:
        slots = {slot: meaning for slot, meaning in slots.items() if slot not in LITERAL_SLOTS}
    return Match(text, sentence.intent, slots, score, margin, sentence.text, decision)


def _decide(
    sentence: Sentence, score: float, margin: float, intents: IntentSet, scope: Scope, exact_text: bool
) -> Decision:
    if sentence.intent is None:
        return "ignore"
    if exact_text:
        return "confirm" if scope in sentence.ask_first else "act"
    limits = intents.thresholds(sentence.intent, scope)
    if score >= limits.act and margin >= limits.margin:
        return "confirm" if scope in sentence.ask_first else "act"
    return "confirm" if score >= limits.confirm else "ignore"


def _danger(text: str, danger: Danger, candidates: list[_Candidate]) -> Match:
    slots = {"tier": danger.tier, "sign": danger.sign}
    nearest = [c.sentence for c in candidates if c.sentence.intent == "danger_sign"]
    phrase = next((s.text for s in nearest if s.slots.get("sign") == danger.sign), None)
    phrase = phrase or next((s.text for s in nearest), None)
    score = FREE_WORDS_SCORE if danger.doubtful else 100.0
    return Match(text, "danger_sign", slots, score, score, phrase, "confirm" if danger.doubtful else "act")


def _slots(sentence: Sentence, words: str, intents: IntentSet) -> dict[str, str]:
    """Slots of a matched sentence, as far as the utterance bears them out, and what it says besides."""
    spoken = _spoken_slots(sentence.intent or "", words, intents)
    heard = words.split()
    filled = {slot for slot, _, _ in sentence.filled}
    slots = {slot: meaning for slot, meaning in sentence.slots.items() if slot not in filled}
    for slot, meaning, said in sentence.filled:
        if slot in spoken:
            slots[slot] = spoken[slot]
        elif any(fuzz.ratio(said, word) >= SLOT_ALIKE for word in heard):
            slots[slot] = meaning
    return {**spoken, **slots}


def _spoken_slots(intent: str, words: str, intents: IntentSet) -> dict[str, str]:
    """What an utterance says about the lists of an intent; of two words for one slot, the one
    further up in its list counts."""
    heard = f" {load_speech().without_idioms(words)} "
    slots: dict[str, str] = {}
    for slot, meanings in intents.slot_words.get(intent, {}).items():
        named = [word for word in meanings if f" {word} " in heard]
        if named:
            slots[slot] = meanings[named[0]]
    return slots
