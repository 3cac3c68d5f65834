"""The child process that speaks: ``python -m bedside.tts.worker``, JSON lines in, JSON lines out.

First line out: {"ready": true, "engine": "espeak-ng 1.51"}, or {"ready": false, "error": "..."}. Then for
each line in {"text", "voice", "rate", "pitch", "behind"} one line out: {"pcm": base64 of 16-bit mono, "hz": 22050} or
{"error": "..."}. It ends when its input closes.

pyttsx3's state is global to a process, espeak-ng's rendering depends on what it rendered before, and either
can hang. So this process only loads the library, and each text is rendered in a fork of its own: the same
text always gives the same samples.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import signal
import sys
import wave
from typing import Any, BinaryIO

NOT_INSTALLED = "espeak-ng is not installed: sudo apt install espeak-ng"

BEHIND = 10
"""How nice a fork is to other processes whose text nobody waits for."""

LONGEST = 120
"""Seconds after which the system ends a fork that nobody waits for any more."""


def main() -> None:
    # Ctrl-C is for the parent, which then closes our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # pyttsx3 prints, espeak-ng warns: both go nowhere, so that standard output carries answers only.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        engine = _load()
    except (RuntimeError, ImportError, OSError):
        _answer(answers, {"ready": False, "error": NOT_INSTALLED})
        return
    _answer(answers, {"ready": True, "engine": engine})
    for line in sys.stdin.buffer:
        _answer(answers, _in_fork(json.loads(line)))


def _answer(answers: BinaryIO, value: dict[str, Any]) -> None:
    try:
        answers.write(json.dumps(value).encode() + b"\n")
    except BrokenPipeError:
        os._exit(0)


def _load() -> str:
    """Load pyttsx3 and libespeak-ng without starting them; gives the name and version of the engine."""
    from pyttsx3.drivers import _espeak, espeak

    assert espeak  # loaded here, so that no fork has to

    info = _espeak.dll.espeak_Info
    info.restype = ctypes.c_char_p
    return f"espeak-ng {info(None).decode()}"


def _in_fork(request: dict[str, Any]) -> dict[str, Any]:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _fork_main(request, reader, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if not said:
        return {
            "error": f"the speech engine died ({_how(status)}): "
            "reinstall it with sudo apt install --reinstall espeak-ng-data libespeak-ng1"
        }
    return dict(json.loads(said))


def _set_voice(engine: Any, voice: str, failures: list[str]) -> None:
    """Set a voice by its name, or by its language ("en-gb" is called "gmw/en"), with or without a variant."""
    engine.setProperty("voice", voice)
    if not failures:
        return
    language, plus, variant = voice.partition("+")
    for known in engine.getProperty("voices"):
        # The mb/ voices are listed even if their data is not installed.
        if language.lower() in known.languages and not known.id.startswith("mb/"):
            failures.clear()
            engine.setProperty("voice", known.id + plus + variant)
            return


def _how(status: int) -> str:
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def _fork_main(request: dict[str, Any], reader: int, writer: int) -> None:
    """Render one text, write the answer, and be gone without any of Python's cleaning up."""
    os.close(reader)
    signal.alarm(LONGEST)
    if request.pop("behind"):
        os.nice(BEHIND)
    try:
        answer = _render(**request)
    except Exception as error:
        answer = {"error": f"the speech engine failed: {error}"}
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    os._exit(0)


def _render(text: str, voice: str, rate: int, pitch: int) -> dict[str, Any]:
    import pyttsx3
    from pyttsx3.drivers import _espeak

    failures: list[str] = []
    engine = pyttsx3.init("espeak")
    engine.connect("error", lambda name, exception: failures.append(str(exception)))
    # From now on commands take effect at once. Left to its loop, pyttsx3 cancels what espeak-ng's own thread
    # has not done yet, and now and then that is the rate, or the text.
    engine.proxy.setBusy(False)
    _set_voice(engine, voice, failures)
    engine.setProperty("rate", rate)
    engine.setProperty("pitch", pitch)
    _espeak.dll.espeak_Synchronize()
    taken = engine.getProperty("voice") or ""
    # An unknown variant ("en-us+nonsense") is left out without a word, a variant alone cannot speak.
    if failures or taken.startswith("!v/") or ("+" in voice and "+" not in taken):
        return {"error": f"there is no voice '{voice}': take one such as en-us, en-gb or en-us+f3"}
    # Not engine.getProperty: it leaves out an argument of the C function, and gives now this, now that.
    in_force = [_espeak.dll.espeak_GetParameter(name, 1) for name in (_espeak.RATE, _espeak.PITCH)]
    if in_force != [rate, pitch]:
        return {"error": f"the speech engine takes {in_force} for rate and pitch instead of {[rate, pitch]}"}
    # A file in memory: a full disk must not silence the voice (and would hang pyttsx3).
    sound = os.memfd_create("speech")
    path = f"/proc/self/fd/{sound}"
    engine.save_to_file(text, path)
    engine.runAndWait()
    with wave.open(path, "rb") as wav:
        pcm = wav.readframes(wav.getnframes())
        return {"pcm": base64.b64encode(pcm).decode(), "hz": wav.getframerate()}


if __name__ == "__main__":
    main()
