"""The plots: acceptance over the signal-to-noise ratio, and how soon the answer comes. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

STYLES = {"bedside": "-", "plain": "--"}


def plot_acceptance(file: Path, levels: Sequence[str], shares: Mapping[tuple[str, str], Sequence[float]]) -> None:
    """Share (%) accepted and right at each level. shares: by kind of recording and way ("bedside", "plain")."""
    figure, axes = _canvas("speech over noise", "accepted and right, %")
    kinds = list(dict.fromkeys(kind for kind, _ in shares))
    for (kind, way), values in shares.items():
        colour = f"C{kinds.index(kind)}"
        axes.plot(range(len(levels)), values, STYLES[way], color=colour, marker="o", label=f"{kind}, {way}")
    axes.set_xticks(range(len(levels)), levels)
    axes.set_ylim(0, 100)
    _finish(figure, axes, file)


def plot_delays(file: Path, delays: Mapping[tuple[str, str], Sequence[float]]) -> None:
    """How large a share has come how soon. delays: seconds, by what is waited for and way ("bedside", "plain")."""
    figure, axes = _canvas("ms after the end of what was said", "share, %")
    kinds = list(dict.fromkeys(kind for kind, _ in delays))
    for (kind, way), seconds in delays.items():
        if not seconds:
            continue
        colour = f"C{kinds.index(kind)}"
        shares = 100.0 * np.arange(1, len(seconds) + 1) / len(seconds)
        axes.step(1000.0 * np.sort(seconds), shares, STYLES[way], color=colour, where="post", label=f"{kind}, {way}")
    axes.set_ylim(0, 101)
    _finish(figure, axes, file)


def _canvas(x: str, y: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    return figure, axes


def _finish(figure: Any, axes: Any, file: Path) -> None:
    axes.legend(fontsize="small")
    figure.savefig(file)
