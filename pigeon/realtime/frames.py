"""The WebSocket under Engine.IO: what is too large, too fast or compressed is cut off at the frame.

Both libraries are pinned and the hooks are private: tests hold each of them.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import engineio.async_drivers.gevent as engineio_gevent
import gevent
import simple_websocket
from wsproto.utilities import LocalProtocolError, ProtocolError

from pigeon.realtime.buckets import Bucket

MESSAGE_BYTES = 64 * 1024
PER_S = 50
"""Frames of a connection, whatever they hold."""
AT_ONCE = PER_S + 1
"""Fifty events beside the packet that opens the connection."""
CHUNK = 16 * 1024
SEND_S = 30.0
"""A frame may take so long to leave; a line that fails for a moment has the kernel's buffer."""
ENGINE_PACKET = re.compile(r"[0-6](?!\s*[\[{])")
"""A packet: the digit of its kind, not followed by a JSON payload.

Engine.IO itself would parse such a payload; no client of Socket.IO sends one.
"""


class BadHandshake(Exception):
    """It is no WebSocket handshake; nothing was answered yet."""


def limit(*, is_paced: bool) -> None:
    """Put our server under Engine.IO; without `is_paced` frames may come as fast as they like.

    Engine.IO looks at the size after the whole message is in memory; an unfinished message of
    200 MB, or a small compressed one, would fill it.
    """

    class LimitedServer(_LimitedServer):
        bucket_size = AT_ONCE if is_paced else None

    wrapper: Any = engineio_gevent.SimpleWebSocketWSGI
    module: Any = __import__(wrapper.__module__, fromlist=["simple_websocket"])
    module.simple_websocket = _Namespace(LimitedServer)


class _LimitedServer(simple_websocket.Server):  # type: ignore[misc]
    """A connection that ends at the first frame over its rate.

    What it had sent before and nobody has handled yet is thrown away.
    """

    bucket_size: int | None = None
    sock: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        limits = {"max_message_size": MESSAGE_BYTES, "receive_bytes": CHUNK}
        super().__init__(*args, **kwargs | limits)

    def handshake(self) -> None:
        self.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self.sock = _Wire(self.sock)
        try:
            super().handshake()
        except (ProtocolError, ValueError) as error:
            raise BadHandshake from error
        if self.bucket_size is not None:
            self._pace(Bucket(self.bucket_size, PER_S))

    def receive(self, timeout: float | None = None) -> Any:
        data = super().receive(timeout)
        if isinstance(data, str) and not ENGINE_PACKET.match(data):
            raise ValueError("not a packet")
        return data

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Close the connection even if it is broken, and wake who waits in `receive`."""
        try:
            super().close(reason, message)
        except OSError:
            self.connected = False
        finally:
            self.event.set()

    def _pace(self, bucket: Bucket) -> None:
        events = self.ws.events

        def paced() -> Iterator[Any]:
            for event in events():
                if getattr(event, "frame_finished", True) and not bucket.take():
                    self.input_buffer.clear()
                    raise LocalProtocolError("too many frames")
                yield event

        self.ws.events = paced


class _Wire:
    """A socket that sends whole frames one at a time, and gives way to others when it reads."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._turn = threading.Lock()

    def send(self, data: bytes) -> int:
        """Everything: a frame that was sent in part would break all that follow.

        Who reads nothing is hung up on: what is said to them would pile up here for ever.
        """
        with self._turn:
            try:
                with gevent.Timeout(SEND_S, TimeoutError("the client does not read")):
                    self._sock.sendall(data)
            except TimeoutError:
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)
                raise
        return len(data)

    def recv(self, size: int) -> bytes:
        """Let other greenlets run first: a client that always has more to read would stop them."""
        gevent.sleep(0)
        data: bytes = self._sock.recv(size)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Namespace:
    """`simple_websocket` as Engine.IO's driver sees it."""

    def __init__(self, server: type) -> None:
        self.Server = server
        self.ConnectionClosed = simple_websocket.ConnectionClosed
