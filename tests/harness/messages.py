"""What people under fire said to each other, and all that was shown to them meanwhile.

Devices (`messages_devices`) write it down as it happens; `messages_checks` judges it afterwards.
Times are seconds of one monotonic clock. An answer shows a moment between its beginning and its
end. A frame may have waited on its way, so nobody knows how old what it shows is: its beginning
is `LONG_AGO`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

LONG_AGO = float("-inf")
Place = tuple[str, int]
"""A conversation and a number in it."""


@dataclass(kw_only=True)
class Sending:
    """A message that its sender repeats, under one key, until it is acknowledged."""

    key: str
    sender: str
    recipient: str
    text: str
    began: float
    ended: float | None = None
    """When it was acknowledged for the first time."""
    answers: list[dict[str, Any]] = field(default_factory=list)
    """Each of them; a key that was sent again is answered again."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A message as somebody was shown it."""

    who: str
    where: str
    message: dict[str, Any]
    began: float
    ended: float

    @property
    def place(self) -> Place:
        return self.message["chat_id"], self.message["seq"]


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far somebody has read, as it was shown to them or to their partner."""

    reader: str
    chat_id: str
    value: int
    began: float
    ended: float
    where: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How far a conversation went, for somebody who asked the API for what is new."""

    who: str
    chat_id: str
    last: int
    began: float


@dataclass(frozen=True, kw_only=True)
class Unsending:
    """An acknowledged wish that a message be a stub from now on."""

    place: Place
    ended: float


@dataclass
class Ledger:
    """Shared by all threads."""

    sendings: dict[str, Sending] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    cursors: list[Cursor] = field(default_factory=list)
    reaches: list[Reach] = field(default_factory=list)
    unsendings: list[Unsending] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, sending: Sending) -> None:
        with self.lock:
            self.sendings[sending.key] = sending

    def answered(self, sending: Sending, message: dict[str, Any], at: float) -> None:
        with self.lock:
            sending.answers.append(message)
            if sending.ended is None:
                sending.ended = at
                self.counts["acknowledged"] += 1
                self.slowest_s = max(self.slowest_s, at - sending.began)

    def look(self, look: Look) -> None:
        with self.lock:
            self.looks.append(look)

    def cursor(self, cursor: Cursor) -> None:
        with self.lock:
            self.cursors.append(cursor)

    def reach(self, reach: Reach) -> None:
        with self.lock:
            self.reaches.append(reach)

    def unsent(self, place: Place, at: float) -> None:
        with self.lock:
            self.unsendings.append(Unsending(place=place, ended=at))
            self.counts["unsent"] += 1

    def count(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1


@dataclass(frozen=True, kw_only=True)
class Side:
    """A conversation at rest, as the API shows it to one of its two members."""

    who: str
    partner: str
    chat_id: str
    history: list[dict[str, Any]]
    """Oldest first, all of it."""
    unread_count: int
    read_up_to: int
    their_read_up_to: int | None


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What a device shows at rest: messages and badges by conversation, and the badge of all."""

    who: str
    device: str
    messages: dict[str, dict[int, dict[str, Any]]]
    badges: dict[str, int]
    total: int


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Everything after the last word."""

    sides: list[Side]
    screens: list[Screen]

    def sides_of(self, who: str) -> Iterable[Side]:
        return (side for side in self.sides if side.who == who)
