from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import bedroom

__all__ = ["bedroom"]


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a socket may be: the path of one may have 107 characters only, so not below pytest's folder."""
    folder = Path(tempfile.mkdtemp(prefix="bedside-"))
    yield folder / "control.sock"
    shutil.rmtree(folder, ignore_errors=True)
