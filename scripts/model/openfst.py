"""OpenFst's programs (Debian: libfst-tools and the package of its plug-ins)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class OpenFstError(Exception):
    """OpenFst is not installed or failed; the message is one line."""


def compile_fst(text: str, *commands: list[str]) -> bytes:
    """Compile an FST from OpenFst's text form and send it through further OpenFst commands."""
    data = text.encode()
    for command in (["fstcompile"], *commands):
        try:
            done = subprocess.run(command, input=data, env=_environment(), capture_output=True, check=False)
        except FileNotFoundError:
            raise OpenFstError(
                f"{command[0]} is not installed: sudo apt install libfst-tools and the libfst...-plugins-base beside it"
            ) from None
        if done.returncode != 0 or not done.stdout:
            said = done.stderr.decode(errors="replace").split("\n")[0]
            raise OpenFstError(f"{command[0]} failed: {said or f'code {done.returncode}'}")
        data = done.stdout
    return data


def _environment() -> dict[str, str]:
    """Debian keeps OpenFst's plug-ins (look-ahead) where its own programs do not look."""
    plugins = sorted({str(p.parent) for p in Path("/usr/lib").glob("*/fst/*/olabel_lookahead-fst.so")})
    path = [*plugins, *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(path)}
