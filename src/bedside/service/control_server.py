"""The control socket of a running bedside: one thread takes requests, the assistant's loop carries them out."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from pathlib import Path
from typing import Self

from bedside.service.control_socket import open_socket
from bedside.service.protocol import LONGEST_LINE, Reply, Request, RequestError, read_request, refused

MOST = 8
"""So many connections at a time; who comes then is told so."""

PATIENCE = 5.0

MOST_UNREAD = 1 << 18
"""Bytes that may have come from a client that is hung up on; more than a socket holds."""


class Pending:
    """A request that waits for the loop. answer: to be called once, in any thread."""

    def __init__(self, request: Request, server: ControlServer, connection: _Connection) -> None:
        self.request = request
        self._server = server
        self._connection = connection

    def answer(self, reply: Reply) -> None:
        self._server.answered(self, self._connection, reply)


class _Connection:
    """One client. due: when it must have sent a line, or been answered. ended: it sends no more."""

    def __init__(self, sock: socket.socket, due: float) -> None:
        self.sock = sock
        self.received = bytearray()
        self.pending: Pending | None = None
        self.due = due
        self.ended = False
        self.reads = False

    def next_line(self) -> bytes | None:
        """Take a whole line, without its end. The last one needs none."""
        line, found, rest = self.received.partition(b"\n")
        if not found and not (self.ended and line.strip()):
            return None
        self.received = rest
        return bytes(line)


class ControlServer:
    """Listens at `path` while it is entered. Raises ControlError if the socket cannot be opened.

    Each client has one request under way at a time, so nothing piles up however fast it asks. patience: seconds for a
    line to come, and for the loop to answer.
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self._patience = patience
        self._listener = open_socket(path)
        self._inode = path.lstat().st_ino
        self._asleep, self._waker = socket.socketpair()
        self._lock = threading.Lock()
        self._requests: deque[Pending] = deque()
        self._answers: deque[tuple[Pending, _Connection, Reply]] = deque()
        self._connections: set[_Connection] = set()
        self._closing = False
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._serve, name="control socket", daemon=True)

    def __enter__(self) -> Self:
        for sock in (self._asleep, self._waker):
            sock.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._asleep, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._wake()
        self._thread.join()
        for connection in list(self._connections):
            self._drop(connection)
        self._selector.close()
        with contextlib.suppress(OSError):
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()
        for sock in (self._listener, self._asleep, self._waker):
            sock.close()

    def take(self) -> Pending | None:
        """The next request, for the loop to answer; None if there is none. Costs next to nothing then."""
        if not self._requests:
            return None
        with self._lock:
            return self._requests.popleft() if self._requests else None

    def answered(self, pending: Pending, connection: _Connection, reply: Reply) -> None:
        """Hand a reply over to the thread of the socket."""
        self._answers.append((pending, connection, reply))
        self._wake()

    def _wake(self) -> None:
        # A full pipe wakes it as well.
        with contextlib.suppress(BlockingIOError):
            self._waker.send(b"\0")

    # ---- all below in the thread of the socket

    def _serve(self) -> None:
        while True:
            due = min((connection.due for connection in self._connections), default=None)
            ready = self._selector.select(None if due is None else max(0.0, due - time.monotonic()))
            if self._closing:
                return
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._asleep:
                    with contextlib.suppress(BlockingIOError):
                        self._asleep.recv(LONGEST_LINE)
                else:
                    self._receive(key.data)
            while self._answers:
                pending, connection, reply = self._answers.popleft()
                if connection.pending is pending:
                    connection.pending = None
                    self._send(connection, reply)
                    self._go_on(connection)
            now = time.monotonic()
            for connection in [each for each in self._connections if each.due <= now]:
                self._too_late(connection)

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError:
            # No descriptor is left: it must not be tried again a thousand times a second.
            time.sleep(0.1)
            return
        sock.setblocking(False)
        connection = _Connection(sock, time.monotonic() + self._patience)
        self._connections.add(connection)
        if len(self._connections) > MOST:
            self._send(connection, refused("too many talk to bedside at once. Try again.", "busy"))
            self._drop(connection)
        else:
            self._listen(connection)

    def _receive(self, connection: _Connection) -> None:
        try:
            piece = connection.sock.recv(LONGEST_LINE)
        except BlockingIOError:
            return
        except OSError:
            self._drop(connection)
            return
        connection.received += piece
        # Who only sends no more may wait for the reply still.
        connection.ended = not piece
        self._go_on(connection)

    def _go_on(self, connection: _Connection) -> None:
        """Take up the next line that is there, else wait for it."""
        while connection in self._connections and connection.pending is None:
            line = connection.next_line()
            if line is None:
                break
            if not line.strip():
                continue
            try:
                pending = Pending(read_request(line), self, connection)
            except RequestError as error:
                self._send(connection, refused(str(error), error.reason))
                continue
            connection.pending = pending
            with self._lock:
                self._requests.append(pending)
        if connection not in self._connections:
            return
        if connection.pending is not None:
            self._listen(connection, False)
            connection.due = time.monotonic() + self._patience
        elif connection.ended:
            self._drop(connection)
        elif len(connection.received) >= LONGEST_LINE:
            self._send(connection, refused(f"a request has at most {LONGEST_LINE} bytes.", "too_long"))
            self._drop(connection)
        else:
            self._listen(connection)

    def _too_late(self, connection: _Connection) -> None:
        pending = connection.pending
        if pending is not None:
            with self._lock:
                # It is never carried out when nobody waits for it any more.
                if pending in self._requests:
                    self._requests.remove(pending)
            self._send(connection, refused("bedside does not answer: its sound stands still.", "not_answering"))
        self._drop(connection)

    def _send(self, connection: _Connection, reply: Reply) -> None:
        """Send a reply; who does not read them is dropped. The next line is then waited for anew."""
        connection.due = time.monotonic() + self._patience
        line = reply.line()
        try:
            whole = connection.sock.send(line) == len(line)
        except OSError:
            whole = False
        if not whole:
            self._drop(connection)

    def _listen(self, connection: _Connection, reads: bool = True) -> None:
        if reads != connection.reads:
            connection.reads = reads
            if reads:
                self._selector.register(connection.sock, selectors.EVENT_READ, connection)
            else:
                self._selector.unregister(connection.sock)

    def _drop(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._listen(connection, False)
            self._connections.remove(connection)
            # Closed with something unread, the other side would see an error before it sees the reply.
            with contextlib.suppress(OSError):
                connection.sock.recv(MOST_UNREAD)
            connection.sock.close()
