"""Socket.IO by hand, as much of it as a client of messages needs: frames, events, acknowledgements.

A library would reconnect by itself and hide what happens in between; here a connection begins,
says what it hears in the order in which it comes, and ends.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import websocket

CONNECT_S = 10.0
LOOK_S = 0.5
"""How often who waits for a frame looks whether it is over."""


class Lost(Exception):
    """The connection ended, or an acknowledgement did not come in time."""


class Refused(Exception):
    """The server does not let this client in; the code says why."""


class Wire:
    """A connection. One thread calls `run`; any other may `call`.

    `sign` is called at each event and acknowledgement before anything else is done with it.
    """

    def __init__(
        self, url: str, token: str, *, origin: str, sign: Callable[[], None] = lambda: None
    ) -> None:
        self._sign = sign
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Waiting] = {}
        self._turn = threading.Lock()
        self.is_open = True
        address = f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        try:
            self._ws = websocket.create_connection(address, timeout=CONNECT_S, origin=origin)
        except (OSError, websocket.WebSocketException) as error:
            raise Lost from error
        try:
            self._enter(token)
        except (OSError, websocket.WebSocketException) as error:
            self.close()
            raise Lost from error
        except BaseException:
            self.close()
            raise

    def _enter(self, token: str) -> None:
        self._ws.recv()  # the handshake of Engine.IO
        self._ws.send("40" + json.dumps({"token": token}))
        answer = str(self._ws.recv())
        if answer.startswith("44"):
            told = json.loads(answer[2:])
            raise Refused((told.get("data") or {}).get("code") or told.get("message"))
        if not answer.startswith("40"):
            raise Lost(answer)
        self._ws.settimeout(LOOK_S)

    def run(self, hear: Callable[[str, Any], None], is_over: Callable[[], bool]) -> None:
        """Hear events until the connection ends; acknowledgements wake who waits for them."""
        try:
            while not is_over():
                with suppress(websocket.WebSocketTimeoutException):
                    self._take(str(self._ws.recv()), hear)
        except (OSError, websocket.WebSocketException):
            pass
        finally:
            self.close()

    def _take(self, packet: str, hear: Callable[[str, Any], None]) -> None:
        kind, rest = packet[:2], packet[2:]
        if kind in ("42", "43"):
            self._sign()
        if packet == "2":
            self._send("3")
        elif kind == "42":
            name, *payload = json.loads(rest)
            hear(name, payload[0] if payload else None)
        elif kind == "43":
            number, _, answer = rest.partition("[")
            waiting = self._waiting.pop(int(number), None)
            if waiting is not None:
                waiting.wake(json.loads("[" + answer)[0])
        elif kind in ("41", "1", ""):
            raise websocket.WebSocketConnectionClosedException(packet)

    def call(
        self,
        event: str,
        payload: Any,
        *,
        timeout_s: float,
        take: Callable[[Any], None] | None = None,
    ) -> Any:
        """Send and wait for the acknowledgement; Lost without one.

        `take` is told it in the thread of `run`, so in its place among what is heard.
        """
        number, waiting = next(self._numbers), Waiting(take)
        self._waiting[number] = waiting
        try:
            self._send(f"42{number}{json.dumps([event, payload])}")
            return waiting.answer(timeout_s)
        except (OSError, websocket.WebSocketException) as error:
            raise Lost from error
        finally:
            self._waiting.pop(number, None)

    def ask(self, event: str, payload: Any, take: Callable[[Any], None]) -> None:
        """Send, and have `take` told the acknowledgement if one comes; Lost when nothing leaves."""
        number = next(self._numbers)
        self._waiting[number] = Waiting(take)
        try:
            self._send(f"42{number}{json.dumps([event, payload])}")
        except (OSError, websocket.WebSocketException) as error:
            raise Lost from error

    def _send(self, text: str) -> None:
        with self._turn:
            self._ws.send(text)

    def close(self) -> None:
        self.is_open = False
        self._ws.shutdown()
        for waiting in list(self._waiting.values()):
            waiting.lose()


class Waiting:
    """Who waits for one acknowledgement."""

    def __init__(self, take: Callable[[Any], None] | None) -> None:
        self._take = take
        self._came = threading.Event()
        self._answer: Any = None

    def wake(self, answer: Any) -> None:
        if self._take is not None:
            self._take(answer)
        self._answer = answer
        self._came.set()

    def lose(self) -> None:
        self._came.set()

    def answer(self, timeout_s: float) -> Any:
        if not self._came.wait(timeout_s) or self._answer is None:
            raise Lost
        return self._answer
