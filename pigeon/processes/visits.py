"""Connections of clients: how long each may keep a server waiting, and how many an address has.

gunicorn itself waits for ever for the rest of a body, and has one number of connections for all.
Only the standard library: the gevent worker patches before anything else is imported.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

from pigeon.processes.peers import address_of, network_of
from pigeon.processes.turns import Turn, give_way

HEAD_BYTES = 40 * 1024
"""Of a request's line and headers; nginx has 32 KiB, and what is read at once may hold more."""
SLOWEST = 4 * 1024
"""Bytes a second that a body has to bring on the whole: a bad line has ten times as much."""
UNREAD = 1024 * 1024
"""So much of a refused body is passed over at a time; Linux does not even copy it."""
PASS_OVER = socket.MSG_TRUNC if sys.platform == "linux" else 0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
NEARLY = 0.9
HEAD, BODY, IDLE, SOCKET, CLOSING = "head", "body", "idle", "socket", "closing"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """`waiting` and `idle` connections an address, `share` of an address in all, `room` for all."""

    waiting: int = 256
    idle: int = 256
    share: int = 1_500
    room: int = 2_000


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds: for a head, or a body without progress; for a next request; for an answer to go.

    What a refused body still sends is read for `linger_s`, or its sender, who does not read before
    everything is sent, would see a broken connection in place of the answer. The pause after each
    part of it, `UNREAD`, bounds what that costs; an address's refused bodies share that pace.
    """

    stall_s: float = 30.0
    idle_s: float = 75.0
    send_s: float = 60.0
    linger_s: float = 10.0
    linger_pause_s: float = 0.01


class Visits:
    """All connections of a process."""

    def __init__(
        self,
        bounds: Bounds,
        patience: Patience,
        is_trusted: Callable[[str], bool],
        long_head: Callable[[], Exception] = ValueError,
    ) -> None:
        self.bounds = bounds
        self.patience = patience
        self.long_head = long_head
        self._is_trusted = is_trusted
        self._hosts: dict[str, Host] = {}
        self.idle: dict[Visit, None] = {}

    def open(self, sock: socket.socket, peer: object) -> Visit:
        """A connection that was accepted; over its address's bounds another one ends for it."""
        name = address_of(peer)
        if not name or self._is_trusted(name):
            host = Host("")  # a proxy speaks for everybody, and bounds them itself
        else:
            key = network_of(name)
            host = self._hosts.setdefault(key, Host(key))
        visit = Visit(sock, self, host)
        host.visits[visit] = None
        self._make_room(host, visit)
        return visit

    def remove(self, visit: Visit) -> None:
        host = visit.host
        for visits in (host.visits, host.waiting, host.idle, self.idle):
            visits.pop(visit, None)
        if not host.visits:
            self._hosts.pop(host.name, None)

    def end_idle(self) -> None:
        """Close what waits for a next request: the process is about to stop."""
        for visit in list(self.idle):
            visit.end()

    def may_idle(self, visit: Visit) -> bool:
        return not visit.host.name or len(visit.host.idle) < self.bounds.idle

    def wait(self, visit: Visit, phase: str) -> None:
        """`visit` waits for its client. Who has waited longest for the rest of a request goes."""
        host = visit.host
        if phase == IDLE:
            host.idle[visit] = self.idle[visit] = None
            return
        host.waiting[visit] = None
        if host.name and len(host.waiting) > self.bounds.waiting:
            self._end(next(iter(host.waiting)))

    def resume(self, visit: Visit) -> None:
        for visits in (visit.host.waiting, visit.host.idle, self.idle):
            visits.pop(visit, None)

    def _make_room(self, host: Host, newest: Visit) -> None:
        if host.name and len(host.visits) > self.bounds.share:
            self._end(next(iter(host.idle or host.waiting), newest))
        taken = sum(len(each.visits) for each in self._hosts.values())
        if self.idle and taken > self.bounds.room * NEARLY:
            self._end(next(iter(self.idle)))

    def _end(self, visit: Visit) -> None:
        self.resume(visit)  # its place is free now, and not when its handler wakes up
        visit.host.visits.pop(visit, None)
        visit.end()


class Host:
    """The connections of one address, those that wait in the order in which they began to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.visits: dict[Visit, None] = {}
        self.waiting: dict[Visit, None] = {}
        self.idle: dict[Visit, None] = {}
        self.draining = 0


class Visit:
    """A client's socket as gunicorn reads requests from it; what is over reads as an end.

    `expect_body` and `expect_head` tell it where gunicorn is; everything else is the socket's.
    """

    def __init__(self, sock: socket.socket, visits: Visits, host: Host) -> None:
        self.sock = sock
        self.host = host
        self.turn: Turn | None = None
        self.is_over = False
        self._visits = visits
        self._patience = visits.patience
        self._phase = HEAD
        self._began = time.monotonic()
        self._received = 0
        self._must_continue = False
        self._unread: Callable[[], int] = lambda: 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)

    def recv(self, size: int) -> bytes:
        """The next bytes; none when the client left, or has used up its time or its place."""
        if self._phase == CLOSING:
            return b"" if self.is_over else self.sock.recv(size)
        if self._must_continue:
            self._must_continue = False
            self.sock.sendall(CONTINUE)
        data = self._await(size)
        if self._phase == IDLE:
            self._begin(HEAD)
        self._received += len(data)
        if self._phase == HEAD and self._received > HEAD_BYTES:
            self._unread = lambda: 1  # whoever sends it comes to read why not
            raise self._visits.long_head()
        if self._phase == BODY:
            give_way()  # a client that sends fast never makes gevent wait by itself
        return data

    def expect_body(self, unread: Callable[[], int], *, must_continue: bool = False) -> None:
        """The head is read; `unread` counts what is left of the body. Asked for when it is read."""
        self._begin(BODY)
        self._unread = unread
        self._must_continue = must_continue
        self.sock.settimeout(self._patience.send_s)

    def has_left(self) -> bool:
        """Whether the client hung up; what it sent ahead is not looked through."""
        patience_s = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            return not self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self.sock.settimeout(patience_s)

    def expect_frames(self) -> None:
        """It became a socket of its own protocol, which keeps its own time."""
        self._begin(SOCKET)
        self.sock.settimeout(None)

    def expect_head(self) -> None:
        """The request is answered."""
        self._begin(IDLE)

    def end(self) -> None:
        """Hang up now, whoever waits for it."""
        self.is_over = True
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def shutdown(self, how: int) -> None:
        """Say that nothing more comes, and let who still sends a refused body come to read that."""
        with suppress(OSError):
            self.sock.shutdown(how)
        if self._unread() and not self.is_over:
            self._drain()
        self._phase = CLOSING

    def close(self) -> None:
        if self._phase != CLOSING and self._unread() and not self.is_over:
            self.shutdown(socket.SHUT_WR)
        self._visits.remove(self)
        self.sock.close()

    def _begin(self, phase: str) -> None:
        self._phase = phase
        self._began = time.monotonic()
        self._received = 0

    def _wait_s(self) -> float:
        passed = time.monotonic() - self._began
        if self._phase == IDLE:
            return self._patience.idle_s - passed
        stall_s = self._patience.stall_s
        if self._phase == BODY:
            return min(stall_s, stall_s + self._received / SLOWEST - passed)
        return stall_s - passed

    def _await(self, size: int) -> bytes:
        """What the client sends next; other requests of it are served until that is there."""
        with self.pause():
            data = self._recv(size, self._wait_s())
            came = time.monotonic()
        self._began += time.monotonic() - came  # a line of its own requests is no stall
        return data

    def pause(self) -> AbstractContextManager[None]:
        """As long as this waits for its client, its turn is somebody else's."""
        return self.turn.paused() if self.turn else nullcontext()

    def _recv(self, size: int, wait_s: float, flags: int = 0) -> bytes:
        if self.is_over or wait_s <= 0:
            self.is_over = True
            return b""
        self._visits.wait(self, self._phase)
        try:
            self.sock.settimeout(wait_s)
            return self.sock.recv(size, flags)
        except TimeoutError:
            self.is_over = True
            return b""
        except OSError:
            if self.is_over:
                return b""
            raise
        finally:
            self._visits.resume(self)
            with suppress(OSError):
                self.sock.settimeout(self._patience.send_s)

    def _drain(self) -> None:
        until = time.monotonic() + self._patience.linger_s
        self._phase = BODY
        self.host.draining += 1
        with suppress(OSError):
            while self._recv(UNREAD, until - time.monotonic(), PASS_OVER):
                time.sleep(self._patience.linger_pause_s * self.host.draining)
        self.host.draining -= 1
        self.is_over = True
