"""Where `bedside` and `python -m bedside` begin: quiet also when Ctrl-C comes while everything is being loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Load and run the command line."""
    try:
        from bedside.cli.main import main as command_line
    except KeyboardInterrupt:
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
