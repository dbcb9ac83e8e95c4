"""The door of the sockets: who may try a handshake, and how one that cannot succeed is refused."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import structlog

from pigeon.realtime.buckets import Buckets
from pigeon.realtime.frames import BadHandshake
from pigeon.services.accounts.logins import network_of

log = structlog.get_logger()
Environ = dict[str, Any]
Start = Callable[..., Any]

HANDSHAKES = (1_500, 50.0)
"""Of an address: a school comes back at once after a restart; then so many a second."""
RETRY_S = 2
KEY_BYTES = 16
NO_SESSION = "websocket-only"
"""The id of everybody who tries to poll: nothing is kept of them."""
REFUSAL = "\x1e".join(("0%s", '44{"message":"websocket only"}'))
"""An open packet of Engine.IO, then Socket.IO's refusal, which clients show as `connect_error`."""
CLOSE = "1"


class Gate:
    """In front of Engine.IO's `handle_request`; `close` lets nobody in any more."""

    def __init__(self, server: Any, *, origins: list[str], is_limited: bool) -> None:
        self._server = server
        self._engine = server.eio
        self._handle = self._engine.handle_request
        self._origins = origins
        self._handshakes = Buckets(*HANDSHAKES) if is_limited else None
        self._is_closed = False
        self._engine.handle_request = self.handle

    def close(self) -> None:
        """A process that stops refuses first, so that nobody comes back to be thrown out again."""
        self._is_closed = True

    def handle(self, environ: Environ, start: Start) -> Iterable[bytes]:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if self._is_closed:
            return _answer(start, "503 Service Unavailable", "stopping", wait_s=RETRY_S)
        if self._polls(environ, query):
            return self._refuse_polling(environ, start, query)
        if not _is_handshake(environ):
            return _answer(start, "400 Bad Request", "not a websocket handshake")
        network = network_of(environ.get("REMOTE_ADDR", ""))
        if self._handshakes and not self._handshakes.take(network):
            log.info("handshakes_limited", network=network)
            return _answer(start, "429 Too Many Requests", "too many handshakes", wait_s=RETRY_S)
        try:
            answer: Iterable[bytes] = self._handle(environ, start)
        except BadHandshake:
            self._close(environ)
            return _answer(start, "400 Bad Request", "not a websocket handshake")
        return answer

    # -- clients that poll first -------------------------------------------------------------------

    def _polls(self, environ: Environ, query: dict[str, list[str]]) -> bool:
        """Whether the library would poll; who names another version or JSONP gets its refusal."""
        if query.get("transport", ["polling"])[0] != "polling" or "j" in query:
            return False
        origin = environ.get("HTTP_ORIGIN")
        if origin and origin not in self._origins:
            return False
        return query.get("EIO") == ["4"] and environ["REQUEST_METHOD"] in ("GET", "POST")

    def _refuse_polling(
        self, environ: Environ, start: Start, query: dict[str, list[str]]
    ) -> list[bytes]:
        """Every handshake gets the same answer; what follows under its id ends quietly."""
        cors = self._engine._cors_headers(environ)
        if "sid" not in query:
            return _answer(start, "200 OK", REFUSAL % self._opening(), headers=cors)
        is_post = environ["REQUEST_METHOD"] == "POST"
        return _answer(start, "200 OK", "ok" if is_post else CLOSE, headers=cors)

    def _opening(self) -> str:
        return json.dumps(
            {
                "sid": NO_SESSION,
                "upgrades": [],
                "pingTimeout": self._engine.ping_timeout * 1000,
                "pingInterval": self._engine.ping_interval * 1000,
                "maxPayload": self._engine.max_http_buffer_size,
            }
        )

    def _close(self, environ: Environ) -> None:
        """The library made a socket for it already."""
        held = [sid for sid, one in self._server.environ.items() if one is environ]
        for sid in held:
            found = self._engine.sockets.pop(sid)
            found.close(wait=False, abort=True, reason=self._engine.reason.TRANSPORT_ERROR)


def _is_handshake(environ: Environ) -> bool:
    """Everything that RFC 6455 (4.2.1) asks of it."""
    tokens = [part.strip() for part in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "upgrade" in tokens
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and _is_key(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
    )


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (ValueError, binascii.Error):
        return False


def _answer(
    start: Start,
    status: str,
    text: str,
    *,
    wait_s: int | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    body = text.encode()
    own = [
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if wait_s is not None:
        own.append(("Retry-After", str(wait_s)))
    start(status, [*own, *headers])
    return [body]
