"""Its own voice is taken out of what the microphone hears; whoever speaks over it stays, and silence costs nothing."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.block import BLOCK, RATE, Block, Samples, silence
from bedside.audio.canceller import ECHO_OVER, EchoCanceller
from bedside.audio.echo_path import EchoPath
from bedside.audio.levels import rms_dbfs
from tests.audio.sounds import speech_like

SECONDS = 8


def blocks(sound: Samples) -> list[Block]:
    return list(sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK))


def through(canceller: EchoCanceller, voice: Samples, person: Samples, *paths: EchoPath) -> tuple[Samples, Samples]:
    """What the microphone heard and what came of it; the paths follow one another in equal parts."""
    heard, cleaned, echo = [], [], silence()
    spoken = blocks(voice)
    for number, (block, said) in enumerate(zip(spoken, blocks(person), strict=True)):
        heard.append(echo + said)
        cleaned.append(canceller.clean(heard[-1]))
        canceller.played(block)
        echo = paths[number * len(paths) // len(spoken)](block)
    return np.concatenate(heard), np.concatenate(cleaned)


def nobody(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def removed_db(heard: Samples, cleaned: Samples, start: float, end: float) -> float:
    part = slice(round(start * RATE), round(end * RATE))
    return rms_dbfs(heard[part]) - rms_dbfs(cleaned[part])


@pytest.mark.parametrize(("delay", "rt60"), [(0.01, 0.0), (0.045, 0.3), (0.25, 0.3)])
def test_its_own_voice_is_gone(delay: float, rt60: float) -> None:
    heard, cleaned = through(EchoCanceller(), speech_like(SECONDS, 1), nobody(SECONDS), EchoPath(1.0, delay, rt60, 3))
    assert removed_db(heard, cleaned, 0.5, 2.0) > 15.0
    assert removed_db(heard, cleaned, 4.0, 8.0) > 30.0


def test_a_person_over_the_first_sentence_stays() -> None:
    person = nobody(SECONDS)
    word = slice(RATE, round(1.5 * RATE))
    person[word] = speech_like(0.5, 2)
    _, cleaned = through(EchoCanceller(), speech_like(SECONDS, 1), person, EchoPath(1.5, 0.045, 0.3, 3))
    came = cleaned[word.start + BLOCK : word.stop + BLOCK]
    assert np.corrcoef(came, person[word])[0, 1] > 0.9


def test_an_echo_that_comes_late_is_no_person() -> None:
    """Before it arrives, the queue of a sound card looks like a room without an echo."""
    canceller, path, echo, clear = EchoCanceller(), EchoPath(1.0, 0.25, 0.3, 3), silence(), []
    for block in blocks(speech_like(1.0, 1)):
        canceller.clean(echo)
        clear.append(canceller.clearness)
        canceller.played(block)
        echo = path(block)
    assert max(clear[2:60]) < 4.0


def test_a_person_over_the_voice_stays() -> None:
    person = nobody(SECONDS)
    word = slice(5 * RATE, round(5.5 * RATE))
    person[word] = speech_like(0.5, 2)
    heard, cleaned = through(EchoCanceller(), speech_like(SECONDS, 1), person, EchoPath(1.5, 0.045, 0.3, 3))
    # The result comes one block later than the microphone.
    came = cleaned[word.start + BLOCK : word.stop + BLOCK]
    assert np.corrcoef(came, person[word])[0, 1] > 0.9
    assert np.corrcoef(heard[word], person[word])[0, 1] < 0.8


def test_clearness_tells_a_person_from_what_is_left_of_the_echo() -> None:
    voice, person = speech_like(SECONDS, 1), nobody(SECONDS)
    person[5 * RATE : 6 * RATE] = speech_like(1.0, 2)
    canceller, path, echo, clear = EchoCanceller(), EchoPath(1.0, 0.045, 0.3, 3), silence(), []
    for block, said in zip(blocks(voice), blocks(person), strict=True):
        canceller.clean(echo + said)
        clear.append(canceller.clearness)
        canceller.played(block)
        echo = path(block)
    assert np.median(clear[505:595]) > 10.0
    assert np.quantile(clear[200:495], 0.9) < 4.0


def test_a_path_that_changes_is_learnt_anew() -> None:
    paths = (EchoPath(1.0, 0.045, 0.3, 3), EchoPath(1.5, 0.09, 0.3, 4))
    heard, cleaned = through(EchoCanceller(), speech_like(2 * SECONDS, 1), nobody(2 * SECONDS), *paths)
    assert removed_db(heard, cleaned, 13.0, 16.0) > 20.0


def test_silence_passes_untouched_and_what_was_learnt_is_kept() -> None:
    canceller, path = EchoCanceller(), EchoPath(1.0, 0.045, 0.3, 3)
    through(canceller, speech_like(SECONDS, 1), nobody(SECONDS), path)
    through(canceller, nobody(ECHO_OVER + 0.1), nobody(ECHO_OVER + 0.1), path)
    assert canceller.resting
    person = speech_like(1.0, 2)
    _, cleaned = through(canceller, nobody(1.0), person, path)
    assert np.array_equal(cleaned, person)
    heard, cleaned = through(canceller, speech_like(2.0, 5), nobody(2.0), path)
    assert removed_db(heard, cleaned, 0.2, 2.0) > 25.0


def test_the_same_sound_gives_the_same_result() -> None:
    results = [
        through(EchoCanceller(), speech_like(2.0, 1), speech_like(2.0, 2), EchoPath(1.0, 0.045, 0.3, 3))[1]
        for _ in range(2)
    ]
    assert np.array_equal(*results)


def test_an_overloaded_microphone_does_no_lasting_harm() -> None:
    canceller, path = EchoCanceller(), EchoPath(1.0, 0.045, 0.3, 3)
    voice = speech_like(SECONDS, 1)
    for block in blocks(voice):
        canceller.clean(np.clip(silence() if not block.any() else 40.0 * block, -1.0, 1.0))
        canceller.played(block)
    heard, cleaned = through(canceller, voice, nobody(SECONDS), path)
    assert np.isfinite(cleaned).all()
    assert removed_db(heard, cleaned, 4.0, 8.0) > 20.0


@pytest.mark.parametrize("blocks_later", [1, 3])
def test_its_own_voice_is_no_person_after_a_jump_that_was_told(blocks_later: int) -> None:
    """The queue of a sound card has run dry: from then on everything comes so much later."""
    paths = [EchoPath(1.0, delay, 0.3, 3) for delay in (0.045, 0.045 + blocks_later * BLOCK / RATE)]
    clear: dict[bool, list[float]] = {}
    for told in (True, False):
        canceller, echo, clear[told] = EchoCanceller(), silence(), []
        spoken = blocks(speech_like(2 * SECONDS, 1))
        for number, block in enumerate(spoken):
            if told and number == len(spoken) // 2:
                canceller.jumped()
            canceller.clean(echo)
            if number >= len(spoken) // 2:
                clear[told].append(canceller.clearness)
            canceller.played(block)
            echo = paths[2 * number // len(spoken)](block)
    persons = {told: sum(each >= 10.0 for each in found) for told, found in clear.items()}
    assert persons[True] == 0
    assert persons[False] > 0


def test_it_rests_also_in_a_room_that_became_louder_while_it_spoke() -> None:
    canceller, chance = EchoCanceller(), np.random.default_rng(5)
    for number, block in enumerate([*blocks(speech_like(2.0, 1)), *[silence()] * 600]):
        level = 1e-4 if number < 100 else 1e-2
        canceller.clean(chance.standard_normal(BLOCK).astype(np.float32) * np.float32(level))
        canceller.played(block)
    assert canceller.resting
