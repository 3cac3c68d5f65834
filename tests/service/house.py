"""A running bedside for tests: the real loop over the simulated room, a real socket, and clients in threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bedside.assistant import Assistant
from bedside.audio.scene import read_scene
from bedside.audio.simulated_room import SimulatedRoom
from bedside.config import load_config
from bedside.service.attendant import About, Attendant
from bedside.service.control_client import RefusedError, ask
from bedside.service.control_server import ControlServer
from bedside.service.protocol import Mute, Reply, Request, Say, Simple, Start, Status
from bedside.tts.render import LEVEL_DBFS
from bedside.wiring import assemble, voice_for
from tests.end_to_end.night import Bedroom

T = TypeVar("T")


class House:
    """Time goes on only while a client waits and in `run`. log: the event log so far."""

    def __init__(self, assistant: Assistant, room: SimulatedRoom, server: ControlServer, log: list[Any]) -> None:
        self.assistant = assistant
        self.room = room
        self.server = server
        self.log = log
        self.path = server.path
        self._clients = ThreadPoolExecutor(max_workers=16)

    def run(self, seconds: float) -> None:
        """Go on for so many seconds of sound."""
        until = self.room.now + seconds
        self.assistant.run(lambda: self.room.now >= until)

    def run_until(self, condition: Callable[[], bool], within: float = 120.0) -> None:
        until = self.room.now + within
        self.assistant.run(lambda: condition() or self.room.now >= until)
        assert condition(), self.log[-5:]

    def wait_for(self, work: Callable[[], T]) -> T:
        """What `work`, done in a thread, gives; bedside goes on meanwhile."""
        future = self._clients.submit(work)

        def finished() -> bool:
            time.sleep(0.0005)
            return future.done()

        self.assistant.run(finished)
        return future.result(timeout=0)

    def ask(self, request: Request) -> Reply:
        """The reply, good or bad."""
        try:
            return self.wait_for(lambda: ask(request, [self.path]))
        except RefusedError as error:
            return error.reply

    def start(self, routine: str, side: Any = None) -> Reply:
        return self.ask(Start(routine=routine, side=side))

    def tell(self, command: Any) -> Reply:
        return self.ask(Simple(command=command))

    def say(self, text: str) -> Reply:
        return self.ask(Say(text=text))

    def mute(self, seconds: float) -> Reply:
        return self.ask(Mute(seconds=seconds))

    def status(self) -> Status:
        status = self.tell("status").status
        assert status is not None
        return status

    def close(self) -> None:
        self._clients.shutdown()


@contextmanager
def house(bedroom: Bedroom, path: Path, *says: dict[str, Any], hours: float = 20.0, **more: Any) -> Iterator[House]:
    """A bedside whose control socket is at `path`. says, more: as in `Bedroom.scene`."""
    config = load_config(bedroom.config_file)
    content, model = bedroom.parts
    log: list[Any] = []
    trouble: list[str] = []
    scene = read_scene(bedroom.scene(hours * 3600.0, *says, **more))
    with ExitStack() as stack:
        room = stack.enter_context(SimulatedRoom(scene, None, LEVEL_DBFS + config.voice.gain_db))
        voice = stack.enter_context(voice_for(config, trouble.append))
        assistant = assemble(config, content, model, voice, room, log.append, trouble.append)
        server = stack.enter_context(ControlServer(path))
        about = About("0", "embedded")
        assistant.attendants.append(Attendant(assistant, content.library.routines, about, server.take))
        home = House(assistant, room, server, log)
        stack.callback(home.close)
        yield home
    assert trouble == []
