"""Answers on their way to a client that may read slowly. Only the standard library."""

from __future__ import annotations

from typing import Any

from pigeon.processes.visits import Visit


class Sender:
    """The socket as answers are sent: who reads slowly keeps no turn meanwhile."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._sock = visit.sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        sent = self._send_now(data)
        if sent < len(data):
            with self._visit.pause():
                self._sock.sendall(memoryview(data)[sent:])

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        with self._visit.pause():
            return self._sock.sendfile(file, offset, count)

    def _send_now(self, data: bytes) -> int:
        """As much as fits on the way to the client."""
        patience_s = self._sock.gettimeout()
        self._sock.settimeout(0)
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0
        finally:
            self._sock.settimeout(patience_s)
