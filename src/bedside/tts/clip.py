"""One spoken text as sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Clip:
    """A rendered text. samples: mono float32, shape (n,), -1.0 to 1.0, 16 kHz; starts at its first audible
    sample and ends at its last, so that its start at the speaker is the start of the speech."""

    text: str
    samples: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        return len(self.samples) / 16_000
