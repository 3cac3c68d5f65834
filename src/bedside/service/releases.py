"""The releases under /opt/bedside: which one runs, and how another takes its place."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from bedside.service.places import Places


def release_in_force(places: Places) -> Path | None:
    """The release that `current` leads to; None if there is none."""
    with contextlib.suppress(OSError):
        target = places.current.resolve(strict=True)
        return target if target.is_dir() else None
    return None


def put_in_force(places: Places, release: Path) -> None:
    """Let `current` lead to the release from one moment to the next."""
    link_to(places.current, Path("releases") / release.name)


def link_to(link: Path, target: Path) -> None:
    """Make or replace a symbolic link without a moment in which there is none."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def remove_others(places: Places, release: Path) -> None:
    """Remove every release but this one."""
    for other in places.releases.iterdir():
        if other != release:
            shutil.rmtree(other, ignore_errors=True)
