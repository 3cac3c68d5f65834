"""The words of recordings that came without them, by PocketSphinx, a tool here and no part of the result.

Of the coffee orders the meaning is known, so the wording is chosen among those that fit it. The book readings
are transcribed freely; the least certain ones are dropped later, when the network aligns them.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from dictionary import lines_of
from recordings import Recording, load_wave, recordings

_ORDERING = (
    "brew | can i get | can i have | i want | get me | give me | i'd like | make me | may i have | i would like | "
    "could i get | could i have | please give me"
)
_SOME = "[a lot of | lots of | some | a bit of | a little bit of | a little]"


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def order_grammar(slots: dict[str, str]) -> str:
    """All ways to say a coffee order with the given meaning, as a JSGF grammar."""
    fixed = [_words(slots[key]) for key in ("size", "roast", "numberOfShots") if key in slots]
    before = " | ".join(" [a | an | the] ".join(order) for order in itertools.permutations(fixed)) if fixed else ""
    extra = [_words(slots[key]) for key in ("milkAmount", "sugarAmount") if key in slots]
    extra = [e if e.split()[0] in ("a", "some", "lots") else f"{_SOME} {e}" for e in extra]
    tail = f"[with] {extra[0]}" if extra else ""
    if len(extra) == 2:
        one, two = extra
        tail = f"[with] ( {one} [and | with] {two} | {two} [and | with] {one} )"
    middle = f"( {before} ) " if before else ""
    drink = _words(slots.get("coffeeDrink", "coffee"))
    return (
        f"#JSGF V1.0;\ngrammar g;\npublic <c> = [ {_ORDERING} ] [a | an | the | one] {middle}{drink} {tail} [please];\n"
    )


@cache
def _decoder(orders: bool) -> Any:
    from pocketsphinx import Decoder

    options = {"lm": None} if orders else {}
    decoder = Decoder(**options, loglevel="FATAL", cmn="batch")
    for line in lines_of("pronunciations.txt"):
        word, *phones = line.split()
        if word != "#" and decoder.lookup_word(word) is None:
            decoder.add_word(word, " ".join(phones), True)
    return decoder


def transcribe(item: Recording) -> str | None:
    """The words of a recording, None where nothing is understood."""
    orders = "slots" in item
    decoder = _decoder(orders)
    quiet = np.random.default_rng(0).normal(0, 6, 4000)
    sound = np.concatenate([quiet, load_wave(item["path"]), quiet]).astype("int16")
    if orders:
        decoder.add_jsgf_string("g", order_grammar(item["slots"]))
        decoder.activate_search("g")
    decoder.start_utt()
    decoder.process_raw(sound.tobytes(), full_utt=True)
    decoder.end_utt()
    if orders:
        return decoder.hyp().hypstr if decoder.hyp() else None
    segments = [re.sub(r"\(\d+\)", "", segment.word) for segment in decoder.seg()]
    return " ".join(word for word in segments if word[0] not in "<[+") or None


def with_texts(audio: str | Path, phrases: str | Path | None) -> list[Recording]:
    """`recordings`, with texts for those that came without (what nobody understands keeps None)."""
    found = recordings(audio, phrases)
    unknown = [r for r in found if r["text"] is None and not os.path.basename(r["path"]).startswith("oov")]
    with multiprocessing.Pool(2) as pool:
        for item, text in zip(unknown, pool.map(transcribe, unknown, chunksize=4), strict=True):
            item["text"] = text
    return found
