"""Rendering by the real pyttsx3 and espeak-ng; failures by a worker that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bedside.audio.block import RATE, Samples
from bedside.audio.levels import active_level_dbfs
from bedside.errors import VoiceError
from bedside.tts.render import LEVEL_DBFS, Renderer

VOICE = "en-us+m7"
SENTENCE = "Push your heel away, then bring your toes up."
BROKEN = Path(__file__).with_name("broken_worker.py")


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer(timeout=30.0)
    yield renderer
    renderer.close()


def render(renderer: Renderer, text: str, voice: str = VOICE, rate: int = 135, pitch: int = 40) -> Samples:
    return renderer.render(text, voice, rate, pitch)


@pytest.mark.parametrize("text", [SENTENCE, "Hold.", "Three."])
def test_sound_is_mono_levelled_and_trimmed(renderer: Renderer, text: str) -> None:
    sound = render(renderer, text)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert active_level_dbfs(sound) == pytest.approx(LEVEL_DBFS, abs=0.5)
    assert np.abs(sound).max() <= 0.95
    loud = 10 ** ((LEVEL_DBFS - 41) / 20)
    assert abs(sound[0]) > loud
    assert abs(sound[-1]) > loud


def test_a_sentence_takes_as_long_as_people_take(renderer: Renderer) -> None:
    assert 2.0 < len(render(renderer, SENTENCE)) / RATE < 6.0


def test_the_same_text_always_gives_the_same_sound(renderer: Renderer) -> None:
    first = render(renderer, SENTENCE)
    render(renderer, "Something else.", rate=200)
    assert np.array_equal(first, render(renderer, SENTENCE))
    other = Renderer()
    assert np.array_equal(first, render(other, SENTENCE))
    other.close()


def test_rate_pitch_and_voice_count(renderer: Renderer) -> None:
    usual = render(renderer, SENTENCE)
    assert len(render(renderer, SENTENCE, rate=100)) > 1.2 * len(usual)
    for other in (
        render(renderer, SENTENCE, pitch=80),
        render(renderer, SENTENCE, voice="en-us+f3"),
        render(renderer, SENTENCE, voice="en-gb"),
    ):
        assert not np.array_equal(other, usual)


def test_a_number_is_spoken_digit_by_digit(renderer: Renderer) -> None:
    assert np.array_equal(render(renderer, "Call 911."), render(renderer, "Call 9 1 1."))
    assert len(render(renderer, "Call 911911.")) > 1.6 * len(render(renderer, "Call 911."))


def test_a_long_text_is_not_cut(renderer: Renderer) -> None:
    once, often = render(renderer, SENTENCE), render(renderer, f"{SENTENCE} " * 20)
    assert len(often) > 19.5 * len(once)


@pytest.mark.parametrize("text", ["", "   ", "…", "--"])
def test_nothing_to_say_is_no_sound(renderer: Renderer, text: str) -> None:
    assert len(render(renderer, text)) == 0


@pytest.mark.parametrize("text", ["<b>Hold</b> & [[h@l]] it", "“Hold” – it’s fine…", "Hold\x00 it", "Hold 💤"])
def test_odd_characters_do_no_harm(renderer: Renderer, text: str) -> None:
    assert len(render(renderer, text)) > RATE / 5


@pytest.mark.parametrize("voice", ["nonsense", "en-us+nonsense", "f3", "xx+f3"])
def test_an_unknown_voice_is_named(renderer: Renderer, voice: str) -> None:
    with pytest.raises(VoiceError, match=r"there is no voice '.*en-gb") as caught:
        render(renderer, SENTENCE, voice=voice)
    assert f"'{voice}'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_voice_works_on_after_an_error(renderer: Renderer) -> None:
    with pytest.raises(VoiceError):
        render(renderer, SENTENCE, voice="nonsense")
    assert len(render(renderer, SENTENCE)) > 0


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    renderer = Renderer()
    render(renderer, SENTENCE)
    renderer.close()
    assert capfd.readouterr() == ("", "")


def test_several_threads_may_ask(renderer: Renderer) -> None:
    texts = [f"Number {number}." for number in range(12)]
    sounds: dict[str, Samples] = {}

    def ask(text: str) -> None:
        sounds[text] = render(renderer, text)

    threads = [threading.Thread(target=ask, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(np.array_equal(sounds[text], render(renderer, text)) for text in texts)


def test_a_killed_worker_is_replaced(renderer: Renderer) -> None:
    before = render(renderer, SENTENCE)
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    assert np.array_equal(render(renderer, SENTENCE), before)
    assert len(children()) == 1


def test_the_worker_is_not_reached_by_ctrl_c(renderer: Renderer) -> None:
    render(renderer, SENTENCE)
    before = children()
    for pid in before:
        os.kill(pid, signal.SIGINT)
    render(renderer, SENTENCE)
    assert children() == before


def broken(how: str, folder: Path) -> tuple[Renderer, Path]:
    starts = folder / "starts"
    return Renderer(timeout=2.0, command=[sys.executable, str(BROKEN), how, str(starts)]), starts


@pytest.mark.parametrize(
    ("how", "complaint"),
    [("hangs", "gave no sound within 2 seconds"), ("dies", "died"), ("babbles", "answered nonsense")],
)
def test_a_worker_that_always_fails_is_replaced_once(tmp_path: Path, how: str, complaint: str) -> None:
    renderer, starts = broken(how, tmp_path)
    with pytest.raises(VoiceError, match=complaint):
        render(renderer, SENTENCE)
    assert starts.read_text() == "xx"
    assert leftovers(starts) == []
    renderer.close()


@pytest.mark.parametrize("how", ["hangs-once", "dies-once", "babbles-once"])
def test_a_worker_that_fails_once_is_not_noticed(tmp_path: Path, how: str, renderer: Renderer) -> None:
    failing, starts = broken(how, tmp_path)
    assert np.array_equal(render(failing, "Hold."), render(renderer, "Hold."))
    assert starts.read_text() == "xx"
    failing.close()
    assert leftovers(starts) == []


def test_no_espeak(tmp_path: Path) -> None:
    renderer, starts = broken("absent", tmp_path)
    with pytest.raises(VoiceError, match="espeak-ng is not installed: sudo apt install espeak-ng"):
        render(renderer, SENTENCE)
    assert starts.read_text() == "x"


def test_the_real_worker_says_that_espeak_is_missing(tmp_path: Path) -> None:
    # A library of this name that is none, found before the real one.
    (tmp_path / "libespeak-ng.so.1").write_bytes(b"")
    (tmp_path / "libespeak.so.1").write_bytes(b"")
    code = (
        "import ctypes; real = ctypes.cdll.LoadLibrary\n"
        "def load(name):\n"
        "    import os\n"
        f"    return real(os.path.join({str(tmp_path)!r}, os.path.basename(name)))\n"
        "ctypes.cdll.LoadLibrary = load\n"
        "from bedside.tts.worker import main; main()"
    )
    renderer = Renderer(command=[sys.executable, "-c", code])
    with pytest.raises(VoiceError, match="espeak-ng is not installed: sudo apt install espeak-ng"):
        _ = renderer.engine
    assert children() == [] or len(children()) == 1


def test_a_worker_that_dies_at_start(tmp_path: Path) -> None:
    renderer, _ = broken("dies-at-start", tmp_path)
    with pytest.raises(VoiceError, match="died while starting"):
        render(renderer, SENTENCE)


def test_no_worker_at_all() -> None:
    with pytest.raises(VoiceError, match="cannot be started"):
        render(Renderer(command=["/nowhere/python"]), SENTENCE)


def test_close_ends_a_text_that_hangs(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    renderer = Renderer(timeout=600.0, command=[sys.executable, str(BROKEN), "hangs", str(starts)])
    assert renderer.engine == "broken"
    failures: list[str] = []

    def ask() -> None:
        try:
            render(renderer, SENTENCE)
        except VoiceError as error:
            failures.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    # What is known is told while another text hangs.
    assert renderer.engine == "broken"
    renderer.close()
    thread.join(60)
    assert len(failures) == 1
    assert leftovers(starts) == []


def test_a_closed_voice_says_so() -> None:
    renderer = Renderer()
    renderer.close()
    with pytest.raises(VoiceError, match="closed"):
        render(renderer, SENTENCE)


def test_the_worker_ends_with_its_parent() -> None:
    code = (
        "import os, signal\n"
        "from bedside.tts.render import Renderer\n"
        "renderer = Renderer(); renderer.engine; print(renderer._child._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    worker = int(parent.stdout)
    gone = threading.Event()
    for _ in range(200):
        if not Path(f"/proc/{worker}/cmdline").exists() or not Path(f"/proc/{worker}/cmdline").read_bytes():
            return
        gone.wait(0.05)
    pytest.fail("the worker outlives its parent")


def children() -> list[int]:
    """Running workers of this very process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields["PPid"]) == os.getpid() and b"bedside.tts.worker" in command:
            found.append(int(fields["Pid"]))
    return found


def leftovers(mark: Path) -> list[str]:
    """Command lines that still name `mark`, and zombies of this process."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            state, parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if str(mark) in command or (state == "Z" and int(parent) == os.getpid()):
            found.append(command or "zombie")
    return found
