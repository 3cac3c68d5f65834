"""Is somebody speaking? The WebRTC voice activity detector on single blocks."""

from __future__ import annotations

import numpy as np
import webrtcvad

from bedside.audio.block import BLOCK, BLOCK_SECONDS, RATE, Block


class VoiceActivity:
    """Tells, block after block, whether there is voice.

    aggressiveness: 0 (takes nearly everything for voice) to 3 (only what is surely voice).
    hangover: seconds for which the answer stays True after the last voiced block, to bridge the gaps
    between words; the detector itself already holds on for some 60 ms.
    """

    def __init__(self, aggressiveness: int = 2, hangover: float = 0.0) -> None:
        if aggressiveness not in (0, 1, 2, 3):
            raise ValueError(f"aggressiveness is 0, 1, 2 or 3, not {aggressiveness}")
        self._aggressiveness = aggressiveness
        self._hangover_blocks = round(hangover / BLOCK_SECONDS)
        self.reset()

    def __call__(self, block: Block) -> bool:
        """Whether `block`, shape (160,), or the hangover before it, holds voice."""
        if len(block) != BLOCK:
            raise ValueError(f"a block has {BLOCK} samples, not {len(block)}")
        # np.clip takes longer than all the rest here.
        whole = np.minimum(np.maximum(np.rint(block * 32768.0), -32768), 32767).astype("<i2")
        if self._detector.is_speech(whole.tobytes(), RATE):
            self._held = self._hangover_blocks
            return True
        self._held -= 1
        return self._held >= 0

    def reset(self) -> None:
        """Forget what was heard, as after a gap in the sound."""
        self._detector = webrtcvad.Vad(self._aggressiveness)
        self._held = 0
