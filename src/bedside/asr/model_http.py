"""Web connections that notice a stall, and redirects that stay on protected web addresses."""

from __future__ import annotations

import http.client
import ssl
import urllib.request
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bedside.errors import ModelError

_LOCAL = ("localhost", "127.0.0.1", "::1")


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if new.scheme not in ("http", "https"):
            raise ModelError(f"{old.hostname} redirects to {new.scheme or 'nothing'}, not to a web address.")
        if old.scheme == "https" and new.scheme == "http" and new.hostname not in _LOCAL:
            raise ModelError(f"{old.hostname} redirects to an unprotected address ({new.hostname}); refused.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, stall: float) -> None:
        super().__init__()
        self._stall = stall

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_stalling, http.client.HTTPConnection, self._stall), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, stall: float, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._stall, self._trust = stall, context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_stalling, http.client.HTTPSConnection, self._stall), req, context=self._trust)


def _stalling(
    kind: type[http.client.HTTPConnection], stall: float, *args: Any, **options: Any
) -> http.client.HTTPConnection:
    """A connection that, once made, waits `stall` seconds for each byte; urllib has one time-out for both."""

    class Connection(kind):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            self.sock.settimeout(stall)

    connection: http.client.HTTPConnection = Connection(*args, **options)
    return connection


def opener(stall: float) -> urllib.request.OpenerDirector:
    """What opens web addresses. `stall`: seconds without a byte, once connected, until TimeoutError."""
    context = ssl.create_default_context()
    if not context.get_ca_certs() and not context.cert_store_stats()["x509_ca"]:
        # A machine without ca-certificates: Vosk's own dependency requests brings a list along.
        import certifi

        context.load_verify_locations(certifi.where())
    return urllib.request.build_opener(_Redirects(), _Http(stall), _Https(stall, context))
