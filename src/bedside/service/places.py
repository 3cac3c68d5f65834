"""Where everything of the service is: the one place where its folders are written down."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

NAME = "bedside"
"""Of the unit, the user and the group."""

UNIT = f"{NAME}.service"


@dataclass(frozen=True)
class Places:
    """Folders and files of the service. root: "/", another one only in tests.

    The code is a release, an environment of its own below `releases`; `current` is a link to the one that runs.
    """

    root: Path = Path("/")

    @property
    def code(self) -> Path:
        return self.root / "opt/bedside"

    @property
    def releases(self) -> Path:
        return self.code / "releases"

    @property
    def current(self) -> Path:
        return self.code / "current"

    @property
    def command(self) -> Path:
        return self.root / "usr/local/bin/bedside"

    @property
    def unit(self) -> Path:
        return self.root / "etc/systemd/system" / UNIT

    @property
    def settings_folder(self) -> Path:
        return self.root / "etc/bedside"

    @property
    def settings(self) -> Path:
        return self.settings_folder / "config.yaml"

    @property
    def state(self) -> Path:
        return self.root / "var/lib/bedside"

    @property
    def models(self) -> Path:
        """Root's, and not in the state, which is the service's own: root would follow the links it makes there."""
        return self.code / "models"

    @property
    def cache(self) -> Path:
        return self.root / "var/cache/bedside"

    @property
    def runtime(self) -> Path:
        return self.root / "run/bedside"

    @property
    def installed(self) -> bool:
        """Whether the unit is there, also where systemd does not run now."""
        return self.unit.exists()

    def this_release(self) -> Path | None:
        """The release that this program runs from; None if it runs from somewhere else."""
        release = Path(sys.prefix)
        return release if release.parent == self.releases else None


def given_folder(kind: Literal["RUNTIME", "STATE"], env: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of this kind that systemd gives whom it runs as the service; None for anybody else."""
    first = env.get(f"{kind}_DIRECTORY", "").split(":")[0]
    return Path(first) if first else None
