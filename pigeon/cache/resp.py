"""A pipelining RESP client for the hot paths, where redis-py's encoding is the bottleneck.

Speaks to one node over TCP or a unix socket; everything else goes through redis-py.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import hiredis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

Argument = bytes
CHUNK = 65_536
MOST = 50
"""Connections of a process to one URL at a time; who comes later waits for a turn."""
TURN_S = 5.0


_LENGTHS = [b"\r\n$%d\r\n" % length for length in range(256)]


def encode(arguments: Sequence[bytes]) -> bytes:
    """One command as a RESP array of bulk strings."""
    parts = [b"*%d" % len(arguments)]
    for part in arguments:
        length = len(part)
        parts.append(_LENGTHS[length] if length < 256 else b"\r\n$%d\r\n" % length)
        parts.append(part)
    parts.append(b"\r\n")
    return b"".join(parts)


class Connection:
    """One socket; not to be shared between threads while a pipeline is in flight."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._reader = hiredis.Reader(replyError=ResponseError)
        self._socket = _connect(url, timeout_s)
        try:
            self._greet(url)
        except BaseException:
            self.close()
            raise

    def pipeline(self, payload: bytes, replies: int) -> list[Any]:
        """Send encoded commands, read their replies; an error reply is in the list, not raised."""
        self._socket.sendall(payload)
        return self.read(replies)

    def send(self, payload: bytes) -> None:
        self._socket.sendall(payload)

    def read(self, replies: int) -> list[Any]:
        answers: list[Any] = []
        while len(answers) < replies:
            reply = self._reader.gets()
            if reply is not False:
                answers.append(reply)
                continue
            data = self._socket.recv(CHUNK)
            if not data:
                raise RedisConnectionError("Redis closed the connection")
            self._reader.feed(data)
        return answers

    def set_timeout(self, timeout_s: float) -> None:
        """How long `read` waits before it raises TimeoutError; what came in part is kept."""
        self._socket.settimeout(timeout_s)

    def close(self) -> None:
        self._socket.close()

    def _greet(self, url: str) -> None:
        for command in _greetings(url):
            (reply,) = self.pipeline(encode(command), 1)
            if isinstance(reply, ResponseError):
                raise RedisConnectionError(str(reply))


class Pool:
    """Free connections of this process to one URL; taken for a pipeline, given back after it."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._start()

    def _start(self) -> None:
        """Also in a forked child: what the parent holds stays the parent's."""
        self._pid = os.getpid()
        self._free: list[Connection] = []
        self._turns = threading.BoundedSemaphore(MOST)

    def pipeline(self, commands: Iterable[Sequence[bytes]]) -> list[Any]:
        """The replies in the order of the commands; the first error reply is raised."""
        encoded = [encode(command) for command in commands]
        return self.checked(b"".join(encoded), len(encoded))

    def checked(self, payload: bytes, replies: int) -> list[Any]:
        """Like pipeline, for commands that are encoded already."""
        answers = self.send(payload, replies)
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers

    def stream(self, payloads: Iterable[tuple[bytes, int]]) -> Iterator[list[Any]]:
        """The replies of many pipelines, the next one sent before the last one is read."""
        connection = self._connect()
        try:
            ahead = 0
            for payload, replies in payloads:
                connection.send(payload)
                if ahead:
                    yield connection.read(ahead)
                ahead = replies
            if ahead:
                yield connection.read(ahead)
        except OSError as error:
            raise _translated(error) from error
        finally:
            connection.close()

    def send(self, payload: bytes, replies: int) -> list[Any]:
        """Like pipeline, for commands that are encoded already; errors stay in the list.

        Sent again on a new connection when one that was kept turns out to be closed, as all are
        after Redis was restarted: commands must bear to run twice.
        """
        if self._pid != os.getpid():
            self._start()
        turns = self._turns
        if not turns.acquire(timeout=TURN_S):
            raise RedisConnectionError("every connection is in use")
        try:
            return self._send(payload, replies)
        finally:
            turns.release()

    def _send(self, payload: bytes, replies: int) -> list[Any]:
        kept = self._find_kept()
        if kept is not None:
            try:
                return self._exchange(kept, payload, replies)
            except RedisConnectionError:
                self._close_kept()
        return self._exchange(self._connect(), payload, replies)

    def _exchange(self, connection: Connection, payload: bytes, replies: int) -> list[Any]:
        try:
            answers = connection.pipeline(payload, replies)
        except BaseException as error:
            connection.close()  # half-read replies must never reach the next caller
            if isinstance(error, OSError):
                raise _translated(error) from error
            raise
        self._free.append(connection)
        return answers

    def _find_kept(self) -> Connection | None:
        if self._pid != os.getpid():
            self._start()
        try:
            return self._free.pop()
        except IndexError:
            return None

    def _close_kept(self) -> None:
        while (connection := self._find_kept()) is not None:
            connection.close()

    def _connect(self) -> Connection:
        try:
            return Connection(self._url, self._timeout_s)
        except OSError as error:
            raise _translated(error) from error


def _translated(error: OSError) -> RedisError:
    """The name that redis-py has for what happened to a socket."""
    hung = isinstance(error, TimeoutError)
    return RedisTimeoutError(str(error)) if hung else RedisConnectionError(str(error))


_pools: dict[tuple[str, float], Pool] = {}


def pool(url: str, timeout_s: float = 0.25) -> Pool:
    """The process's pool for `url`."""
    known = _pools.get((url, timeout_s))
    return known or _pools.setdefault((url, timeout_s), Pool(url, timeout_s))


def _connect(url: str, timeout_s: float) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(timeout_s)
        try:
            sock.connect(unquote(parts.path))
        except OSError:
            sock.close()
            raise
        return sock
    sock = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout_s)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _greetings(url: str) -> list[list[bytes]]:
    parts = urlsplit(url)
    commands: list[list[bytes]] = []
    if parts.password:
        user = [unquote(parts.username).encode()] if parts.username else []
        commands.append([b"AUTH", *user, unquote(parts.password).encode()])
    database = parse_qs(parts.query).get("db", [parts.path.lstrip("/")])[0]
    if parts.scheme == "unix" and "db" not in parse_qs(parts.query):
        database = "0"
    if database not in ("", "0"):
        commands.append([b"SELECT", database.encode()])
    return commands
