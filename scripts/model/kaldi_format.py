"""Kaldi's binary format, as far as an acoustic model needs it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Affine = tuple[NDArray[np.float64], NDArray[np.float64]]
"""One layer: matrix (outputs, inputs) and bias (outputs,)."""


def k_int(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def k_float(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def k_ints(values: Sequence[int]) -> bytes:
    return b"\4" + struct.pack(f"<i{len(values)}i", len(values), *values)


def k_vector(values: Sequence[float] | NDArray[np.float64]) -> bytes:
    return b"FV " + k_int(len(values)) + np.asarray(values, "<f4").tobytes()


def k_matrix(matrix: NDArray[np.float64]) -> bytes:
    """A CompressedMatrix with 16 bits for each value: half the size of floats."""
    values = np.asarray(matrix, np.float64)
    low = values.min()
    width = max(values.max() - low, 1e-6)
    steps = np.round((values - low) / width * 65535).astype("<u2")
    return b"CM2 " + struct.pack("<ffii", low, width, *values.shape) + steps.tobytes()


def read_affines(model: Path) -> list[Affine]:
    """The layers of the acoustic model in a folder that `vosk_folder.write_model` wrote."""
    data = (Path(model) / "am" / "final.mdl").read_bytes()
    matrix_mark, bias_mark = b"<LinearParams> CM2 ", b"<BiasParams> FV "
    found: list[Affine] = []
    at = 0
    while (at := data.find(matrix_mark, at)) >= 0:
        at += len(matrix_mark)
        low, width, rows, columns = struct.unpack_from("<ffii", data, at)
        at += 16
        steps = np.frombuffer(data, "<u2", rows * columns, at).reshape(rows, columns)
        at = data.index(bias_mark, at) + len(bias_mark) + 1
        (count,) = struct.unpack_from("<i", data, at)
        bias = np.frombuffer(data, "<f4", count, at + 4).astype(float)
        found.append((steps / 65535 * width + low, bias))
    return found
