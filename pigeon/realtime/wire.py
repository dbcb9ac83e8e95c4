"""What a client may put on the wire: the stock servers believe more than is good for them.

Hooks into Engine.IO and Socket.IO are private: both are pinned, and tests hold each of them.
"""

from __future__ import annotations

import re
from typing import Any

import engineio.async_drivers.gevent as engineio_gevent
import simple_websocket
import structlog
from flask_socketio import SocketIO

log = structlog.get_logger()
MESSAGE_BYTES = 64 * 1024
ATTACHMENTS = 5
ENGINE_PACKET = re.compile(r"[0-6](?!\s*[\[{])")
"""A kind and no JSON of Engine.IO's own, which Socket.IO has no use for."""
RESERVED = ("*", "connect", "disconnect")
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


def guard(sockets: SocketIO) -> None:
    """Close what sends too much, or what nobody can read, without a traceback for each."""
    _limit_messages()
    _refuse_events(sockets.server)
    _refuse_messages(sockets.server)


def _limit_messages() -> None:
    """Enforce the size while a message is received, and refuse compression.

    Engine.IO looks at the size after the whole message is in memory; an unfinished message of
    200 MB, or a small compressed one, would fill it.
    """

    class LimitedServer(simple_websocket.Server):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs | {"max_message_size": MESSAGE_BYTES})

        def handshake(self) -> None:
            self.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            super().handshake()

        def receive(self, timeout: float | None = None) -> Any:
            data = super().receive(timeout)
            if isinstance(data, str) and not ENGINE_PACKET.match(data):
                raise ValueError("not a packet")
            return data

    wrapper: Any = engineio_gevent.SimpleWebSocketWSGI
    module: Any = __import__(wrapper.__module__, fromlist=["simple_websocket"])
    module.simple_websocket = _Namespace(LimitedServer)


class _Namespace:
    """`simple_websocket` as Engine.IO's driver sees it."""

    def __init__(self, server: type) -> None:
        self.Server = server
        self.ConnectionClosed = simple_websocket.ConnectionClosed


def _refuse_messages(server: Any) -> None:
    """Close a connection whose message is no packet, or announces endless attachments."""

    def read(engine_sid: str, data: str | bytes) -> None:
        try:
            server._handle_eio_message(engine_sid, data)
            waiting = server._binary_packet.get(engine_sid)
            if waiting is not None and waiting.attachment_count > ATTACHMENTS:
                raise ValueError("too many attachments")
        except UNREADABLE as error:
            log.info("socket_message_unreadable", error=type(error).__name__)
            server.eio.disconnect(engine_sid)

    server.eio.on("message", read)


def _refuse_events(server: Any) -> None:
    """An event has a name; those of the library's own events are not for clients to send."""
    handle = server._handle_event

    def handle_named(engine_sid: str, namespace: str, number: int | None, data: Any) -> None:
        name = data[0] if isinstance(data, list) and data else None
        if not isinstance(name, str) or name in RESERVED:
            raise ValueError("not an event")
        handle(engine_sid, namespace, number, data)

    server._handle_event = handle_named
