"""Puts the rooms together: content, recogniser, voice, conversation, as the settings want them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import platformdirs

from bedside import resources
from bedside.asr.endpoint import EndpointSettings
from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.asr.models import ChosenModel, choose_model
from bedside.asr.recognizer import SpeechModel
from bedside.asr.vocabulary import check_vocabulary
from bedside.assistant import Assistant, LogEvent
from bedside.audio.block import AudioEnd
from bedside.audio.player import Player
from bedside.audio.voice_activity import VoiceActivity
from bedside.config import Config
from bedside.dialogue.conversation import Conversation
from bedside.dialogue.library import Library, load_library
from bedside.dialogue.scene import Settings
from bedside.dialogue.wording import PhoneNumbers, Wording, fixed_texts
from bedside.ears import Ears
from bedside.errors import ContentError
from bedside.memory import give_back, one_heap
from bedside.mouth import Mouth
from bedside.nlu.fluency import Fluency
from bedside.nlu.heard import load_heard
from bedside.nlu.intents import IntentSet, load_intents
from bedside.nlu.match import INTENTS, Match, Scope
from bedside.patience import silence_wanted
from bedside.tts.voice import Voice, VoiceSettings, default_cache_folder
from bedside.understanding import Understanding
from bedside.yamlfile import suggest

SCOPES: tuple[Scope, ...] = ("idle", "session")

USUAL_COLLECTION = (700, 10, 10)
"""When Python looks for garbage, by itself."""


@dataclass(frozen=True)
class Content:
    """What people say, and what bedside says."""

    intents: IntentSet
    library: Library


def load_content(
    config: Config, intents: Path | None = None, routines: Path | None = None, kept: Path | None = None
) -> Content:
    """The shipped content, or one's own as the settings or the arguments (which come first) say. kept: a folder for the
    sentences, which stay there from one start to the next.

    Raises ContentError with file and line, also if a sentence starts a routine that does not exist.
    """
    words = load_words(config, intents, kept)
    library = load_library(resources.content_folder(), routines or config.routines)
    for scope in SCOPES:
        for sentence in words.sentences(scope):
            routine = sentence.slots.get("routine")
            if sentence.intent == "start_routine" and routine not in library.routines:
                problem = f"'{sentence.text}' starts the routine '{routine}', which does not exist."
                advice = suggest(routine or "", list(library.routines))
                raise ContentError(sentence.file, sentence.line, problem, advice)
    return Content(words, library)


def asked_for(content: Content) -> set[str]:
    """The routines that people ask for: that a sentence starts or that answer one, and all of the household's own."""
    sentences = (sentence for scope in SCOPES for sentence in content.intents.sentences(scope))
    named = {each.slots[slot] for each in sentences for slot in ("routine", "topic") if slot in each.slots}
    return (named | content.library.own) & set(content.library.routines)


def default_words_folder() -> Path:
    """Where that is for the user who runs bedside."""
    return Path(platformdirs.user_cache_path("bedside")) / "words"


def load_words(config: Config, intents: Path | None = None, kept: Path | None = None) -> IntentSet:
    """What people say, with the thresholds of the settings in place of the file's own where they are set."""
    words = load_intents(intents or config.intents, kept)
    wanted = config.matching.model_dump(exclude_none=True)
    thresholds = {
        scope: usual.model_copy(update={"confirm": min(usual.confirm, wanted.get("act", 100.0)), **wanted})
        for scope, usual in words.scope_thresholds.items()
    }
    return replace(words, scope_thresholds=thresholds) if wanted else words


def cannot_be_heard(words: IntentSet) -> list[str]:
    """The intents that no sentence means, as in a household's own file that leaves them out."""
    return [intent for intent in INTENTS if intent not in words.names]


def load_model(config: Config, content: Content) -> tuple[SpeechModel, ChosenModel]:
    """The recogniser's model, which knows every word of the content. Raises ModelError or ContentError.

    A model that was chosen by itself and lacks words gives way to the embedded one: the night goes on.
    """
    one_heap()
    # libvosk takes its time to load; commands that hear nothing do without.
    from bedside.asr.vosk_recognizer import VoskModel

    chosen = choose_model(config.recognizer.model)
    model = VoskModel(chosen.path)
    try:
        check_vocabulary(model, vocabulary(content))
    except ContentError as error:
        embedded = choose_model("embedded")
        if config.recognizer.model != "auto" or chosen.path == embedded.path:
            raise
        model = VoskModel(embedded.path)
        check_vocabulary(model, vocabulary(content))
        return model, replace(embedded, reason=f"embedded model, since with {chosen.name} {error.problem.rstrip('.')}")
    return model, chosen


def vocabulary(content: Content) -> dict[str, tuple[str, Path, int]]:
    """Every word that must be heard: its intent, file and line."""
    words = (word for scope in SCOPES for phrase in content.intents.grammar(scope) for word in phrase.split())
    origins = ((word, content.intents.origin(word)) for word in dict.fromkeys(words))
    return {word: origin for word, origin in origins if origin is not None}


def broad_grammar(intents: IntentSet, model: SpeechModel) -> tuple[str, ...]:
    """How people speak in their own words, of danger and of anything else: all sentences that the model knows every
    word of, and each word by itself, so that other talk is not bent into these sentences."""
    phrases = (phrase for scope in SCOPES for phrase in intents.grammar(scope))
    sentences = list(dict.fromkeys([*phrases, *load_heard().texts()]))
    unknown = {word for word in {word for text in sentences for word in text.split()} if not model.has_word(word)}
    known = [text for text in sentences if unknown.isdisjoint(text.split())]
    return tuple(dict.fromkeys([*known, *(word for text in known for word in text.split())]))


@lru_cache(maxsize=2)
def danger_fluency(intents: IntentSet) -> Fluency:
    """How sentences of danger are put together."""
    templates = [s.text for s in intents.everything if s.intent == "danger_sign"]
    return Fluency([*templates, *(text for texts in load_heard().danger.values() for text in texts)])


def listener_for(config: Config, content: Content, model: SpeechModel) -> Listener:
    """A listener with one grammar for each scope, and the broad one beside it."""
    return Listener(
        model,
        {str(scope): _weighted(content.intents.weights(scope)) for scope in SCOPES},
        EndpointSettings(silence=config.recognizer.endpoint_silence),
        broad_grammar(content.intents, model),
    )


def _weighted(weights: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(text for text, weight in weights.items() for _ in range(weight))


def ears_for(config: Config, content: Content, model: SpeechModel) -> Ears:
    """Ears with the matcher behind them."""
    understanding = Understanding(content.intents, danger_fluency(content.intents))

    def wanted(hypothesis: Hypothesis, meaning: Match, scope: Scope) -> float:
        return silence_wanted(hypothesis, meaning, content.intents, scope)

    voiced = VoiceActivity(config.recognizer.voice_gate)
    return Ears(listener_for(config, content, model), voiced, understanding, wanted)


def voice_for(config: Config, warn: Callable[[str], None]) -> Voice:
    """The voice as the settings want it. warn: gets one line if sentences cannot be kept on disk."""
    voice, usual = config.voice, VoiceSettings()
    return Voice(
        VoiceSettings(
            name=voice.name or usual.name,
            words_per_minute=voice.words_per_minute,
            pitch=voice.pitch,
            timeout=voice.timeout,
            cache_folder=voice.cache or default_cache_folder(),
        ),
        warn,
    )


def phone_numbers(config: Config) -> PhoneNumbers:
    """The numbers to say in an alert; what is not set stays unknown."""
    numbers = config.numbers
    return PhoneNumbers(
        emergency=numbers.emergency,
        maternity=numbers.maternity or numbers.provider,
        provider=numbers.provider,
        urgent_line=numbers.urgent_line,
        crisis_line=numbers.crisis_line,
    )


def conversation_for(config: Config, content: Content) -> Conversation:
    """The conversation of a household: its numbers, its risk flags, its quiet hours."""
    settings = Settings(risks=config.risks.flags, quiet_db=config.quiet_hours.gain_db, hands=config.household.partner)
    return Conversation(content.library, phone_numbers(config), settings)


def every_fixed_text(config: Config, content: Content) -> list[str]:
    """All texts that can be rendered ahead, most urgent first."""
    return fixed_texts(content.library, Wording(content.library.spoken, phone_numbers(config)))


def assemble(
    config: Config,
    content: Content,
    model: SpeechModel,
    voice: Voice,
    end: AudioEnd,
    log: Callable[[LogEvent], None],
    trouble: Callable[[str], None],
) -> Assistant:
    """A whole assistant over one audio end."""
    player = Player(gain_db=config.voice.gain_db, max_gain_db=config.voice.max_gain_db)
    return Assistant(
        end,
        ears_for(config, content, model),
        Mouth(voice, player, waits=not end.realtime),
        conversation_for(config, content),
        log,
        trouble,
        _quiet_hours(config) if end.realtime else None,
    )


def settle() -> None:
    """To be called once everything is loaded and stays: it is never looked through for garbage, which would hold up the
    sound for 50 ms and more; and what was needed to make the grammars (8 MB) goes back to the system."""
    gc.freeze()
    gc.set_threshold(*USUAL_COLLECTION)
    give_back()


def _quiet_hours(config: Config) -> Callable[[], bool] | None:
    """Tells whether it is one of the quiet hours now; None if there are none."""
    hours = config.quiet_hours
    return (lambda: hours.covers(datetime.now().time())) if hours.start is not None else None
