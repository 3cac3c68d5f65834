from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.night import Bedroom


@pytest.fixture(scope="session")
def bedroom(tmp_path_factory: pytest.TempPathFactory) -> Bedroom:
    if shutil.which("flite") is None:
        pytest.fail("flite is missing; scripts/test installs it")
    return Bedroom(Path(tmp_path_factory.mktemp("bedroom")))
