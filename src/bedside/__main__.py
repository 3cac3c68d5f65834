"""Where `bedside` and `python -m bedside` begin: quiet also when Ctrl-C comes while everything is being loaded."""

from __future__ import annotations

import gc
import os
import sys

OBJECTS = 400_000
"""New objects until Python looks for garbage: not while everything is being loaded, of which nothing is garbage. With
its own 700 it looks through everything again and again. `bedside run` goes back to them when it has loaded."""

SPARING = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""numpy's threads cost time and memory when they start and have nothing to do here; pydantic looks through all that is
installed for plugins. Read when these are imported; whoever has set them otherwise keeps that."""


def be_sparing() -> None:
    """To be called before anything else is imported."""
    gc.set_threshold(OBJECTS)
    for name, value in SPARING.items():
        os.environ.setdefault(name, value)


def main() -> None:
    """Load and run the command line."""
    be_sparing()
    try:
        from bedside.cli.main import main as command_line
    except KeyboardInterrupt:
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
