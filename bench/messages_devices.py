"""Devices that send messages and say when each was acknowledged, and heard by whom."""

from __future__ import annotations

import json
import selectors
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import websocket

TEXT = "two pigeons, one crumb, and a long walk home"
PATIENCE_S = 10.0
GAP_S = 0.025
"""From one message to the next: as many a second for every way that is compared."""
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """How somebody gets in, what others call them, and the process of each of their devices."""

    token: str
    name: str
    urls: tuple[str, ...]


@dataclass(kw_only=True)
class Times:
    """Seconds from sending: the acknowledgement, the other's last device, everybody's last."""

    ack: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)


class Device:
    """A connection; frames are read one at a time, so a socket is readable while one waits."""

    def __init__(self, url: str, token: str) -> None:
        address = f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        self.socket = websocket.create_connection(
            address, timeout=PATIENCE_S, origin="http://localhost"
        )
        self.socket.recv()
        self.socket.send("40" + json.dumps({"token": token}))
        while not (answer := str(self.socket.recv())).startswith("40"):
            assert not answer.startswith("44"), answer

    def fileno(self) -> int:
        return int(self.socket.sock.fileno())

    def send(self, to: str, own: str) -> None:
        body = {"to": to, "text": TEXT, "client_msg_id": own}
        self.socket.send(f"427{json.dumps(['chat.send', body])}")

    def read(self) -> str:
        packet = str(self.socket.recv())
        if packet == "2":
            self.socket.send("3")
        return packet


class Pair:
    """Two people; the first writes, from the first of their devices."""

    def __init__(self, writer: Person, reader: Person) -> None:
        self._to = reader.name
        self.mine = [Device(url, writer.token) for url in writer.urls]
        self.theirs = [Device(url, reader.token) for url in reader.urls]

    @property
    def devices(self) -> list[Device]:
        return self.mine + self.theirs

    def send(self) -> str:
        own = f"across-{next(_numbers)}"
        self.mine[0].send(self._to, own)
        return own

    def told(self, patience_s: float = PATIENCE_S) -> tuple[float, dict[Device, float]]:
        """Send one message: when it was acknowledged, and when each device heard it.

        Fewer devices than there are when the rest hears nothing for so long.
        """
        ack, heard = 0.0, dict[Device, float]()
        began = time.perf_counter()
        self.send()
        for device, packet in _heard(self.devices, until=began + patience_s):
            now = time.perf_counter() - began
            if packet.startswith("437"):
                assert '"ok":true' in packet.replace(" ", ""), packet
                ack = now
            elif packet.startswith('42["chat.message"'):
                heard[device] = now
            if ack and len(heard) == len(self.devices):
                break
        return ack, heard

    def close(self) -> None:
        for device in self.devices:
            with suppress(OSError):
                device.socket.shutdown()


def _heard(devices: list[Device], *, until: float) -> Iterator[tuple[Device, str]]:
    with selectors.DefaultSelector() as ready:
        for device in devices:
            ready.register(device, selectors.EVENT_READ, device)
        while (left_s := until - time.perf_counter()) > 0:
            for key, _ in ready.select(left_s):
                yield key.data, key.data.read()


def times(pairs: Iterable[Pair]) -> Times:
    """A message of each pair, one after another and at the same pace for everybody."""
    found = Times()
    due = time.perf_counter()
    for pair in pairs:
        time.sleep(max(0.0, due - time.perf_counter()))
        due = max(due, time.perf_counter()) + GAP_S
        ack, heard = pair.told()
        assert len(heard) == len(pair.devices), "a device heard nothing"
        found.ack.append(ack)
        found.other.append(max(heard[device] for device in pair.theirs))
        found.all.append(max(heard.values()))
    return found


def shares(pairs: Iterable[Pair], patience_s: float) -> list[float]:
    """Of each pair's other side, the part of the devices that heard a message."""
    found = []
    for pair in pairs:
        _, heard = pair.told(patience_s)
        found.append(len(heard.keys() & set(pair.theirs)) / len(pair.theirs))
    return found
