"""Features: Kaldi's MFCC, as libvosk computes them."""

from __future__ import annotations

import kaldi_native_fbank as knf
import numpy as np
from numpy.typing import NDArray
from recordings import RATE


def mfcc(wave: NDArray[np.floating]) -> NDArray[np.float32]:
    """MFCCs with the options of `phones.MFCC_CONF`: shape (10 ms frames, 40).

    wave: samples (n,) at 16 kHz in the range of 16-bit integers.
    """
    options = knf.MfccOptions()
    options.frame_opts.samp_freq, options.frame_opts.dither = RATE, 0
    options.mel_opts.num_bins, options.mel_opts.low_freq, options.mel_opts.high_freq = 40, 20, 7600
    options.num_ceps, options.use_energy = 40, False
    computer = knf.OnlineMfcc(options)
    computer.accept_waveform(RATE, wave.astype(np.float32))
    computer.input_finished()
    return np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])
