"""A program for the sound card tests; PortAudio reads its environment once, so it needs a process of its own.

Plays CLIP ("-" for none), cuts it after CUT blocks (0: never), leaves what the microphone heard in HEARD, and
ends when its standard input does. WAITS: "waits" to start without devices. Says on standard output, a JSON object a
line, what happens.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from bedside.audio.player import Player
from bedside.audio.soundcard import SoundCard
from bedside.audio.wavfiles import WavWriter, read_clip

SETTLED = 100


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def main(clip: str, cut: int, heard: Path, waits: bool) -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    player = Player()
    with (
        SoundCard(on_trouble=lambda line: tell(trouble=line), waits=waits) as card,
        WavWriter(heard) as writer,
    ):
        blocks, in_use = 0, None
        while not ended.is_set():
            block = card.read()
            assert block is not None
            assert block.shape == (160,)
            writer.write(block)
            if card.in_use != in_use:
                in_use = card.in_use
                tell(in_use=list(in_use), searching=card.searching, real=card.blocks)
            blocks += 1
            if blocks == SETTLED:
                tell(ready=True)
                if clip != "-":
                    player.start(read_clip(Path(clip)), "clip")
            if cut and blocks == SETTLED + cut:
                player.cut()
            card.write(player.next_block(card.now))
            for event in player.take_events():
                tell(event=type(event).__name__, t=event.t)
        tell(blocks=blocks, now=card.now, counts=card.counts, returns=card.returns)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "waits")
