"""Where `bedside` and `python -m bedside` begin: quiet also when Ctrl-C comes while everything is being loaded."""

from __future__ import annotations

import gc
import sys

OBJECTS = 50_000
"""New objects between two looks for garbage. Python's own 700 make it look through everything again and again while
everything is being loaded, of which nothing is garbage."""


def main() -> None:
    """Load and run the command line."""
    gc.set_threshold(OBJECTS)
    try:
        from bedside.cli.main import main as command_line
    except KeyboardInterrupt:
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
