"""Where the files that come with bedside are: inside the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent.parent
"""The top of the source tree when bedside runs from a checkout; meaningless in an installed wheel."""

LANGUAGE = "en"


def _first(*candidates: Path) -> Path:
    return next((path for path in candidates if path.exists()), candidates[0])


def intents_file() -> Path:
    """The shipped intents.yaml (top of the tree in a checkout)."""
    return _first(PACKAGE / "content" / LANGUAGE / "intents.yaml", CHECKOUT / "intents.yaml")


def content_folder() -> Path:
    """The folder of one language's spoken texts; its `routines` folder holds the routines."""
    return PACKAGE / "content" / LANGUAGE


def routines_folder() -> Path:
    return content_folder() / "routines"


def embedded_model() -> Path:
    """The embedded recogniser model."""
    return _first(PACKAGE / "models" / "embedded", CHECKOUT / "models" / "embedded")


def model_manifest() -> Path:
    return _first(PACKAGE / "models" / "manifest.yaml", CHECKOUT / "models" / "manifest.yaml")
