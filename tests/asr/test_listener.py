"""The listener's rules of time, with a recogniser that reads its words out of the sound."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bedside.asr.endpoint import EndpointSettings
from bedside.asr.hypothesis import Hypothesis
from bedside.asr.listener import Listener
from bedside.asr.recognizer import UNKNOWN
from bedside.audio.block import BLOCK_SECONDS, Block

from .scripted import ScriptedModel, carrying

SETTINGS = EndpointSettings(silence=0.3, settled=0.15, steady=0.8, longest=12.0, preroll=0.3, sleep_after=1.0)


class Night:
    """One listener and its clock; `voiced` of the blocks is said by the test."""

    def __init__(self, settings: EndpointSettings = SETTINGS, broad: Sequence[str] = ()) -> None:
        self.model = ScriptedModel()
        self.listener = Listener(self.model, {"idle": ["idle"], "session": ["session"]}, settings, broad)
        self.blocks = 0
        self.heard: list[tuple[float, Hypothesis]] = []

    @property
    def now(self) -> float:
        return self.blocks * BLOCK_SECONDS

    def hear(self, blocks: Sequence[Block], voiced: bool) -> list[Hypothesis]:
        """Hear blocks; returns what came of them. `heard` has it with the time at which it was known."""
        came = []
        for block in blocks:
            hypotheses = self.listener.hear(block, voiced, self.now)
            self.blocks += 1
            came += hypotheses
            self.heard += [(self.now, hypothesis) for hypothesis in hypotheses]
        return came

    def speak(self, word: str, seconds: float = 0.4) -> list[Hypothesis]:
        return self.hear(carrying(word, seconds), True)

    def wait(self, seconds: float) -> list[Hypothesis]:
        return self.hear(carrying("", seconds), False)


def finals(heard: list[Hypothesis]) -> list[str]:
    return [hypothesis.text for hypothesis in heard if hypothesis.final]


def test_one_utterance_from_the_first_voiced_block_to_the_last() -> None:
    night = Night()
    night.wait(2.0)
    night.speak("leg")
    night.speak("cramp")
    night.wait(1.0)
    known, final = night.heard[-1]
    assert (final.text, final.final) == ("leg cramp", True)
    assert final.speech_start == pytest.approx(2.0)
    assert final.speech_end == pytest.approx(2.8)
    assert final.confidence == pytest.approx(0.6)
    assert 0.3 <= known - final.speech_end <= 0.33 + 1e-9


def test_partial_results_come_before_the_end_and_once_each() -> None:
    night = Night()
    night.wait(0.5)
    heard = night.speak("leg", 0.5) + night.speak("cramp", 0.5)
    assert [(h.text, h.final) for h in heard] == [("leg", False), ("leg cramp", False)]
    first = night.heard[0][0]
    assert 0.5 + SETTINGS.partial_steady <= first <= 0.5 + SETTINGS.partial_steady + 0.06 + 1e-9


def test_a_partial_result_that_does_not_stand_is_not_told() -> None:
    night = Night()
    night.wait(0.5)
    heard = night.speak("no", 0.03) + night.speak("leg", 0.4)
    assert [h.text for h in heard] == ["no leg"]


def test_a_pause_shorter_than_the_silence_does_not_end_an_utterance() -> None:
    night = Night()
    night.speak("leg")
    night.wait(0.25)
    night.speak("cramp")
    assert finals(night.wait(1.0)) == ["leg cramp"]


def test_two_utterances() -> None:
    night = Night()
    night.speak("leg")
    first = night.wait(0.5)
    night.speak("stop")
    assert finals(first) == ["leg"]
    assert finals(night.wait(0.5)) == ["stop"]


def test_the_sound_before_the_first_voiced_block_is_heard() -> None:
    night = Night()
    night.wait(3.0)
    night.hear(carrying("leg", 0.2), False)
    night.speak("cramp", 0.3)
    assert finals(night.wait(1.0)) == ["leg cramp"]


def test_the_recogniser_rests_in_silence_and_is_reset() -> None:
    night = Night()
    night.speak("stop")
    night.wait(2.0)
    recognizer = night.model.made["idle"]
    accepted = recognizer.accepted
    night.wait(600.0)
    assert recognizer.accepted == accepted
    assert accepted < 2.4 / BLOCK_SECONDS
    night.speak("stop")
    assert finals(night.wait(1.0)) == ["stop"]


def test_a_whisper_after_a_voiced_start_is_heard() -> None:
    night = Night()
    night.speak("leg", 0.1)
    night.hear(carrying("leg", 0.23) + carrying("cramp", 0.12), False)
    night.wait(1.0)
    known, final = next((t, h) for t, h in night.heard if h.final)
    assert final.text == "leg cramp"
    # Not when the gate had been silent for long enough, but when the words had settled too.
    assert known >= 0.33 + SETTINGS.settled


def test_a_whisper_that_the_gate_never_takes_for_a_voice_is_heard_while_awake() -> None:
    night = Night()
    night.speak("", 0.05)
    assert night.wait(0.5) == []
    night.hear(carrying("stop", 0.3), False)
    night.wait(1.0)
    _, final = night.heard[-1]
    assert (final.text, final.final) == ("stop", True)
    assert final.speech_start == pytest.approx(0.55)
    assert final.speech_end == pytest.approx(0.85)


def test_noise_that_holds_the_gate_open_ends_with_steady_words() -> None:
    night = Night()
    night.speak("", 2.0)
    night.speak("stop", 0.4)
    heard = night.speak("", 2.0)
    assert finals(heard) == ["stop"]
    known, final = next((t, h) for t, h in night.heard if h.final)
    assert final.speech_start == pytest.approx(2.0, abs=0.011)
    assert final.speech_end == pytest.approx(2.4, abs=0.011)
    assert known == pytest.approx(2.0 + SETTINGS.steady, abs=0.07)


def test_the_recognisers_own_endpoint_counts() -> None:
    night = Night()
    night.speak("stop", 0.3)
    night.model.made["idle"].says_end = True
    assert finals(night.speak("", 0.1)) == ["stop"]


def test_its_endpoint_without_words_does_not_cut() -> None:
    night = Night()
    night.model.made["idle"].says_end = True
    assert night.speak("", 1.0) == []
    night.model.made["idle"].says_end = False
    night.speak("stop")
    assert finals(night.wait(1.0)) == ["stop"]


def test_an_endless_utterance_is_cut() -> None:
    night = Night()
    for _ in range(15):
        night.speak("leg", 0.4)
        night.speak("no", 0.4)
    known, final = next((t, h) for t, h in night.heard if h.final)
    assert known == pytest.approx(12.0, abs=0.04)
    assert final.text.startswith("leg no leg")


@pytest.mark.parametrize("word", ["", "[unk]"])
def test_speech_that_is_not_understood_is_told(word: str) -> None:
    night = Night()
    night.speak(word, 0.5)
    night.wait(1.0)
    _, final = night.heard[-1]
    assert final == Hypothesis("[unk]", pytest.approx(0.0), pytest.approx(0.5), True, 0.0)


def test_a_short_sound_that_is_not_understood_is_not() -> None:
    night = Night()
    night.speak("[unk]", 0.05)
    assert finals(night.wait(1.0)) == []


def test_unknown_sound_around_words_does_not_lower_their_confidence() -> None:
    night = Night()
    night.speak("[unk]")
    night.speak("stop")
    night.wait(1.0)
    _, final = night.heard[-1]
    assert final.text == "[unk] stop"
    assert final.confidence == pytest.approx(0.6)


def test_use_switches_at_once_between_utterances() -> None:
    night = Night()
    night.listener.use("session")
    assert night.listener.grammar == "session"
    night.speak("stop")
    assert finals(night.wait(1.0)) == ["stop"]
    assert night.model.made["idle"].accepted == 0


def test_use_waits_for_the_end_of_an_utterance() -> None:
    night = Night()
    night.speak("leg")
    night.listener.use("session")
    assert night.listener.grammar == "idle"
    night.speak("cramp")
    assert finals(night.wait(0.5)) == ["leg cramp"]
    assert night.listener.grammar == "session"
    night.speak("stop")
    assert finals(night.wait(1.0)) == ["stop"]


def test_the_end_of_one_utterance_does_not_leak_into_the_next_grammar() -> None:
    night = Night(EndpointSettings(silence=0.2, preroll=0.5))
    night.speak("leg")
    night.listener.use("session")
    night.wait(0.25)
    night.speak("stop")
    assert finals(night.wait(1.0)) == ["stop"]


def test_use_of_an_unknown_grammar() -> None:
    with pytest.raises(KeyError):
        Night().listener.use("nowhere")


def test_a_listener_needs_a_grammar() -> None:
    with pytest.raises(ValueError, match="grammar"):
        Listener(ScriptedModel(), {})


def test_the_broad_grammar_hears_the_same_sound() -> None:
    model = ScriptedModel()
    night = Night()
    night.listener = Listener(model, {"idle": ["idle"]}, SETTINGS, ["a whole sentence"])
    night.wait(1.0)
    night.speak("leg")
    night.wait(2.0)
    (final,) = [hypothesis for _, hypothesis in night.heard if hypothesis.final]
    assert final.broad is not None
    assert (final.broad.text, final.broad.speech_start, final.broad.speech_end) == (
        "leg",
        final.speech_start,
        final.speech_end,
    )
    night.speak("cramp")
    night.wait(2.0)
    assert [h.broad.text for _, h in night.heard if h.final and h.broad] == ["leg", "cramp"]


def test_without_a_broad_grammar_nothing_of_it_is_told() -> None:
    night = Night()
    night.speak("leg")
    night.wait(1.0)
    assert [hypothesis.broad for _, hypothesis in night.heard if hypothesis.final] == [None]


def test_a_phrase_is_heard_once_more_as_words_alone_on_the_same_clock() -> None:
    night = Night(broad=["leg no", "no"])
    night.speak("leg")
    night.speak("no")
    night.wait(1.0)
    for hypothesis in (h for _, h in night.heard if h.pause or h.final):
        comparison = hypothesis.compare()
        assert comparison is not None
        assert comparison.alone is not None
        assert comparison.alone.text == "leg no"
        assert comparison.margin == 0.0
        for heard, alone in zip(hypothesis.words, comparison.alone.words, strict=True):
            assert (alone.start, alone.end) == pytest.approx((heard.start, heard.end), abs=0.031)


def test_only_the_words_that_are_sure_are_heard_once_more() -> None:
    """A "cramp" of this recogniser is doubtful."""
    night = Night(broad=["leg no", "no"])
    for word in ("cramp", "leg", "no"):
        night.speak(word)
    night.wait(1.0)
    final = night.heard[-1][1]
    assert final.text == "cramp leg no"
    assert final.sure is not None
    assert final.sure.text == "leg no"
    comparison = final.compare()
    assert comparison is not None
    assert comparison.alone is not None
    assert comparison.alone.words[0].start >= final.words[1].start - 0.31


def test_of_doubtful_words_nothing_is_heard_once_more() -> None:
    night = Night(broad=["leg cramp", "cramp"])
    night.speak("cramp")
    night.wait(1.0)
    final = night.heard[-1][1]
    assert (final.text, final.sure, final.compare()) == ("cramp", None, None)


def pauses(heard: list[Hypothesis]) -> list[tuple[str, bool]]:
    return [(hypothesis.text, hypothesis.final) for hypothesis in heard if hypothesis.pause or hypothesis.final]


def test_what_was_said_is_told_at_each_pause_and_at_the_end() -> None:
    night = Night()
    night.speak("leg")
    assert pauses(night.wait(0.12)) == [("leg", False)]
    assert pauses(night.speak("cramp")) == []
    assert pauses(night.wait(0.28)) == 3 * [("leg cramp", False)]
    assert pauses(night.wait(0.5)) == [("leg cramp", True)]
    told = [h.pause for _, h in night.heard if h.pause]
    assert told == pytest.approx([0.1, 0.1, 0.15, 0.25], abs=0.011)


def test_after_a_commit_comes_another_utterance() -> None:
    night = Night()
    night.speak("leg")
    night.wait(0.07)
    night.listener.commit()
    night.speak("cramp")
    night.wait(1.0)
    assert finals([hypothesis for _, hypothesis in night.heard]) == ["cramp"]


def test_in_noise_words_that_are_over_are_told_once() -> None:
    night = Night()
    loud, noise = carrying("stop", 0.5), carrying(UNKNOWN, 0.6)
    night.hear(loud, True)
    heard = pauses(night.hear([block * 0 for block in noise], True))
    assert heard[0] == ("stop", False)
    assert [final for _, final in heard].count(False) == 1


def test_sound_that_stays_as_loud_may_be_speech_that_goes_on() -> None:
    night = Night()
    night.speak("leg", 0.5)
    assert pauses(night.hear(carrying(UNKNOWN, 0.1) + carrying("cramp", 0.01), True)) == []
