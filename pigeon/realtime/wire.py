"""What a client may put on the wire: the stock servers believe more than is good for them.

Hooks into Engine.IO and Socket.IO are private: both are pinned, and tests hold each of them.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
from collections.abc import Callable
from typing import Any

import structlog
from flask_socketio import SocketIO
from socketio import packet

from pigeon.realtime import frames
from pigeon.realtime.turns import Line, Message, Turns

log = structlog.get_logger()
ATTACHMENTS = 5
CONNECTS = 5
"""Of one connection: a client that is let in asks once."""
NAMESPACE = "/"
RESET = struct.pack("ii", 1, 0)
"""Closed at once: who goes on sending is not left waiting for us to read it."""
RESERVED = ("*", "connect", "disconnect")
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

EVENTS = ("2", "5")
WITH_ATTACHMENTS = "5"
HEAD = re.compile(r'[25][^\["]{0,120}?(\d{0,100})\["([^"\\]{0,64})"')
"""Of an event: its number for the acknowledgement, and its name."""

After = Callable[[], None]
"""What follows when an event has been acknowledged."""

Count = Callable[[str, str], dict[str, Any] | None]
"""Of a connection's socket and the name of an event: None, or the refusal to answer with."""


def guard(sockets: SocketIO, *, is_paced: bool, count: Count, after: After) -> None:
    """Order, rates and sizes; what nobody can read is closed, without a traceback for each."""
    frames.limit(is_paced=is_paced)
    server: Any = sockets.server
    _refuse_events(server)
    _refuse_namespaces(server)
    _take_turns(server, count, after)


def cut(server: Any, engine_sid: str) -> None:
    """Close a connection now, whether or not its client reads what we would still say."""
    environ = server.environ.get(engine_sid, {})
    found = server.eio.sockets.get(engine_sid)
    if found is not None:
        found.close(wait=False, abort=True, reason=server.reason.SERVER_DISCONNECT)
    sock = environ.get("gunicorn.socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            sock.shutdown(socket.SHUT_RDWR)


# -- one after another -----------------------------------------------------------------------------


def _take_turns(server: Any, count: Count, after: After) -> None:
    def handle(engine_sid: str, line: Line, message: Message) -> None:
        try:
            if not _is_refused(server, engine_sid, message, count):
                _check_connects(line, message)
                server._handle_eio_message(engine_sid, message)
                _check_attachments(server, engine_sid)
                after()
        except UNREADABLE as error:
            log.info("socket_message_unreadable", error=type(error).__name__)
            cut(server, engine_sid)
        except Exception:
            log.exception("socket_message_failed")
            cut(server, engine_sid)

    turns = Turns(
        handle=handle,
        leave=server._handle_eio_disconnect,
        spawn=server.start_background_task,
    )

    def read(engine_sid: str, message: Message) -> None:
        if not turns.add(engine_sid, message):
            log.info("socket_line_full")
            cut(server, engine_sid)

    server.eio.on("message", read)
    server.eio.on("disconnect", turns.end)


def _check_connects(line: Line, message: Message) -> None:
    if message[:1] == "0":
        line.connects += 1
        if line.connects > CONNECTS:
            raise ValueError("too many connects")


def _check_attachments(server: Any, engine_sid: str) -> None:
    waiting = server._binary_packet.get(engine_sid)
    if waiting is not None and waiting.attachment_count > ATTACHMENTS:
        raise ValueError("too many attachments")


def _is_refused(server: Any, engine_sid: str, message: Message, count: Count) -> bool:
    """Whether an event was answered already: over somebody's rate it is not even unpacked."""
    sid = server.manager.sid_from_eio_sid(engine_sid, NAMESPACE)
    if sid is None or message[:1] not in EVENTS:
        return False
    head = HEAD.match(str(message))
    refusal = count(sid, head[2] if head else "")
    if refusal is None:
        return False
    if message[:1] == WITH_ATTACHMENTS:
        raise ValueError("over the rate, with attachments")
    if head and head[1]:
        kind = server.packet_class
        answer = kind(packet.ACK, namespace=NAMESPACE, id=int(head[1]), data=[refusal])
        server._send_packet(engine_sid, answer)
    return True


# -- what is no event ------------------------------------------------------------------------------


def _refuse_events(server: Any) -> None:
    """An event has a name; those of the library's own events are not for clients to send."""
    handle = server._handle_event

    def handle_named(engine_sid: str, namespace: str, number: int | None, data: Any) -> None:
        name = data[0] if isinstance(data, list) and data else None
        if not isinstance(name, str) or name in RESERVED:
            raise ValueError("not an event")
        handle(engine_sid, namespace, number, data)

    server._handle_event = handle_named


def _refuse_namespaces(server: Any) -> None:
    """With an object, from which clients make their error; the library answers a bare text."""
    connect = server._handle_connect

    def connect_known(engine_sid: str, namespace: str | None, data: Any) -> None:
        if (namespace or NAMESPACE) == NAMESPACE:
            connect(engine_sid, namespace, data)
            return
        refusal = {"message": "Invalid namespace"}
        error = server.packet_class(packet.CONNECT_ERROR, data=refusal, namespace=namespace)
        server._send_packet(engine_sid, error)

    server._handle_connect = connect_known
