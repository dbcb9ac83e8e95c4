"""Many sockets that only answer pings, held by one thread."""

from __future__ import annotations

import json
import selectors
import threading
import time
from contextlib import suppress
from typing import Any

import websocket

LOOK_S = 0.2
CONNECT_S = 60.0


class Herd:
    """Those that are open; who is hung up on is forgotten."""

    def __init__(self) -> None:
        self._ready = selectors.DefaultSelector()
        self._turn = threading.Lock()
        self._open: set[websocket.WebSocket] = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._answer)

    def __enter__(self) -> Herd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        for opened in list(self._open):
            self._forget(opened)
        self._ready.close()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, url: str, token: str) -> None:
        """Connect and be let in; ConnectionError for who is refused."""
        address = f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        try:
            opened = websocket.create_connection(
                address, timeout=CONNECT_S, origin="http://localhost"
            )
        except websocket.WebSocketException as error:
            raise ConnectionError from error
        try:
            _let_in(opened, token)
        except (OSError, websocket.WebSocketException) as error:
            opened.shutdown()
            raise ConnectionError from error
        with self._turn:
            self._open.add(opened)
            self._ready.register(opened.sock, selectors.EVENT_READ, opened)

    def _answer(self) -> None:
        while not self._is_over.is_set():
            if not self._open:
                time.sleep(LOOK_S)
                continue
            for key, _ in self._ready.select(LOOK_S):
                self._read(key.data)

    def _read(self, opened: Any) -> None:
        try:
            _pong(opened, str(opened.recv()))
        except (OSError, websocket.WebSocketException):
            self._forget(opened)

    def _forget(self, opened: Any) -> None:
        with self._turn, suppress(KeyError, ValueError):
            self._open.discard(opened)
            self._ready.unregister(opened.sock)
        opened.shutdown()


def _let_in(opened: Any, token: str) -> None:
    opened.recv()
    opened.send("40" + json.dumps({"token": token}))
    while not (said := str(opened.recv())).startswith("40"):
        if said.startswith("44"):
            raise ConnectionError(said)
        _pong(opened, said)


def _pong(opened: Any, said: str) -> None:
    if said == "":
        raise ConnectionError("hung up on")
    if said == "2":
        opened.send("3")


def await_end(herd: Herd, within_s: float = 10.0) -> None:
    """Until the process of all of them is gone."""
    until = time.monotonic() + within_s
    while len(herd):
        assert time.monotonic() < until, "somebody is still connected"
        time.sleep(0.005)
