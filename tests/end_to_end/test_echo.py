"""The assistant hears itself, as loud as the person or louder, and does not talk to itself."""

from __future__ import annotations

import numpy as np
import pytest

from bedside.audio.block import RATE
from bedside.audio.wavfiles import write_wav
from tests.end_to_end.log import meant, of
from tests.end_to_end.night import Bedroom, after, at

ROOMS = {
    "quiet": {"gain_db": -20, "delay_ms": 10, "rt60": 0.0},
    "usual": {"gain_db": -10, "delay_ms": 45, "rt60": 0.3},
    "as loud as the person": {"gain_db": 0, "delay_ms": 45, "rt60": 0.3},
    "far and loud": {"gain_db": 6, "delay_ms": 250, "rt60": 0.6},
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_whole_cramp_and_recovery_without_acting_on_its_own_voice(bedroom: Bedroom, room: str) -> None:
    evening = bedroom.play(
        360,
        at(1.0, "leg cramp"),
        after("said", "it's better", match="acute-calf-bed/7", wait=1.0),
        after("said", "no", match="recovery/2", wait=1.0),
        after("said", "no", match="recovery/2", wait=1.0),
        after("said", "no", match="recovery/sore", wait=1.6),
        after("said", "no", match="recovery/recovery-end/6", wait=1.0),
        echo=ROOMS[room],
        seed=4,
    )
    assert meant(evening.log) == ["leg_cramp", "easing", "no", "no", "no", "no"]
    assert of(evening.log, "alert") == []
    assert of(evening.log, "session")[-1]["state"] == "ended"
    assert len(of(evening.log, "hold")) >= 3


@pytest.mark.parametrize("room", ROOMS)
def test_stop_in_a_hold_is_heard_through_the_echo(bedroom: Bedroom, room: str) -> None:
    evening = bedroom.play(45, at(1.0, "leg cramp"), after("hold", "stop", wait=2.0), echo=ROOMS[room])
    assert meant(evening.log) == ["leg_cramp", "stop"]


def test_stop_over_the_voice_is_heard_in_a_noisy_room_without_echo(bedroom: Bedroom) -> None:
    """The guard against echoes must not cut pieces out of a person's words because a fan runs."""
    fan = np.random.default_rng(5).standard_normal(2 * RATE).astype(np.float32) * np.float32(0.1)
    write_wav(bedroom.folder / "fan.wav", fan)
    evening = bedroom.play(
        25,
        at(1.0, "leg cramp"),
        after("say", "stop/awb", match="Now bring", wait=0.8),
        noise={"file": "fan.wav", "gain_db": -20},
    )
    assert of(evening.log, "silenced", by="stop")


@pytest.mark.parametrize("wait", [0.8, 1.5])
@pytest.mark.parametrize("sentence", ["Now bring", "Hold for"])
def test_stop_is_heard_over_a_voice_as_loud_as_the_person(bedroom: Bedroom, sentence: str, wait: float) -> None:
    echo = ROOMS["as loud as the person"]
    evening = bedroom.play(
        25, at(1.0, "leg cramp"), after("say", "stop/awb", match=sentence, wait=wait), echo=echo, seed=2
    )
    silenced = of(evening.log, "silenced", by="stop")
    assert silenced
    assert silenced[0]["t"] - evening.clips[1].end < 0.6


def test_the_same_night_twice_gives_the_same_log(bedroom: Bedroom) -> None:
    says = [at(1.0, "leg cramp"), after("say", "what a day that was/awb", match="Now bring", wait=0.5)]
    echo = ROOMS["as loud as the person"]
    first, second = (bedroom.play(14, *says, echo=echo, seed=2).log for _ in range(2))
    assert first == second
