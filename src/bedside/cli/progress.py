"""How far the voice is, for people on a terminal."""

from __future__ import annotations

from bedside.cli.output import errors

PARTS = 4
"""So many lines tell of it. A bar would be torn by what is heard and said meanwhile."""


def tell_voice(done: int, total: int) -> None:
    """One line whenever another part of the sentences is rendered, on standard error and only on a terminal."""
    if errors.is_terminal and done * PARTS // total > (done - 1) * PARTS // total:
        errors.print(f"Preparing the voice meanwhile: {100 * done // total} %.", markup=False)
