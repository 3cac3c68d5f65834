"""Load a model in a child process first: libvosk aborts on some broken files, and takes its process along.

As a program (``python -m bedside.asr.model_probe FOLDER``) it is that child.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from bedside.errors import ModelError

_RATE = 16_000
_WELL = "the model works"
_MEMORY = 4 << 30
"""Bytes of address space for the child: a broken length field must not eat the machine's memory."""


def probe_model(folder: Path, timeout: float = 120.0) -> None:
    """Load the model of `folder` in a child process and let it hear half a second of noise, with and without
    a phrase list.

    timeout: seconds. Raises ModelError if it fails, crashes or takes longer.
    """
    command = [sys.executable, "-P", "-m", "bedside.asr.model_probe", str(folder.resolve())]
    try:
        child = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ModelError(f"{folder}: the model did not load within {timeout:.0f} s.") from None
    except OSError as error:
        raise ModelError(f"{folder}: the model could not be tried ({error.strerror}).") from None
    if child.returncode != 0 or _WELL not in child.stdout:
        raise ModelError(f"{folder}: libvosk cannot use this model ({_reason(child)}).")


def _reason(child: subprocess.CompletedProcess[str]) -> str:
    """The first complaint of libvosk, without its program places, or how the child ended."""
    for line in child.stderr.splitlines():
        if line.startswith(("ERROR (", "ASSERTION_FAILED (")) and ") " in line:
            return line.split(") ", 1)[1].strip()[:200].rstrip(".")
    if child.returncode < 0:
        return f"it crashes, signal {-child.returncode}"
    last = [line for line in child.stderr.splitlines() if line.strip()]
    return last[-1].strip()[:200].rstrip(".") if last else f"it ends with code {child.returncode}"


def _limit(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """The child: load, make a recogniser with a phrase list, hear noise, say that all went well."""
    _limit(resource.RLIMIT_AS, _MEMORY)
    _limit(resource.RLIMIT_CORE, 0)
    import vosk  # here, so that the parent does not pay for it

    model = vosk.Model(sys.argv[1])
    # Gr.fst is only looked at by a recogniser without a phrase list.
    for phrases in (('["[unk]"]',), ()):
        recognizer = vosk.KaldiRecognizer(model, _RATE, *phrases)
        recognizer.AcceptWaveform(os.urandom(_RATE))
        recognizer.FinalResult()
    print(_WELL)


if __name__ == "__main__":
    main()
