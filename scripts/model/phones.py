"""The phones, how the acoustic model numbers their scores, and what it sees of the sound.

Each phone has two scores, for its first 30 ms and for the rest; silence and loud sounds have one. One frame
of output stands for 30 ms of sound.
"""

from __future__ import annotations

_NAMES = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
PHONES = _NAMES.split()
"""The phones of the CMU dictionary, without stress."""

UNITS = ["SIL", "SPN", *PHONES]
"""SIL: silence and steady noise. SPN: loud sounds that are no speech."""

UNIT = {name: number for number, name in enumerate(UNITS)}

ENTRY = [u if u < 2 else 2 * u - 2 for u in range(len(UNITS))]
"""Number of the score of a unit's first frame, by unit."""

REST = [u if u < 2 else 2 * u - 1 for u in range(len(UNITS))]
"""Number of the score of a unit's further frames, by unit."""

SCORES = 2 + 2 * len(PHONES)

STEPS = [1, 1, 3, 3, 3, 6, 6]
"""Layer i of the network sees the frames t - STEPS[i], t and t + STEPS[i] (in 10 ms frames)."""

CONTEXT = sum(STEPS)
"""How far the whole network sees to either side, in 10 ms frames."""

GRAPH_PHONES = ["SIL", "SPN"] + [f"{phone}_{place}" for phone in PHONES for place in "BEIS"]
"""The phones of the graph; place in the word: beginning, end, inside, or single."""

PHONE_ID = {name: number for number, name in enumerate(GRAPH_PHONES, 1)}

MFCC_CONF = """--sample-frequency=16000
--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=7600
--dither=0
--allow-downsample=true
"""


def in_word(phones: tuple[str, ...]) -> list[str]:
    """The graph's phones of a pronunciation: ("L", "EH", "G") gives L_B EH_I G_E."""
    if len(phones) == 1:
        return [phones[0] + "_S"]
    last = len(phones) - 1
    return [f"{p}_{'B' if i == 0 else 'E' if i == last else 'I'}" for i, p in enumerate(phones)]
