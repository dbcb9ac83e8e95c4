"""Who is shown as being there while everything under it is killed, stopped and paused.

A person is there while a client of theirs is connected, as the client knows it. Servers may find
out that somebody is gone as late as a lease ends, but must call nobody gone who is there or has
been a moment ago.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.harness.messages_wire import Lost, Wire

SHORTEST_ABSENCE_S = 5.0
"""Nobody who is back before that is shown as offline: a page that is loaded again is no absence."""
LATE_S = 10.0
"""So late may be heard that somebody was gone, by who hears through something that stood still."""
GONE_S = 2.0
"""After the lease of a process that was killed, its people are shown as offline."""
AGAIN_S = 0.5
OFFLINE = "offline"
Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A device hears that somebody is offline."""

    device: str
    username: str
    at: float


@dataclass
class Attendance:
    """Who was there when, and who was said to be gone; shared by all threads."""

    began: float = field(default_factory=time.monotonic)
    told: list[Told] = field(default_factory=list)
    stays: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    _open: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def come(self, username: str, device: str) -> None:
        with self._lock:
            self._open[username, device] = time.monotonic()

    def go(self, username: str, device: str) -> None:
        with self._lock:
            came = self._open.pop((username, device), None)
            if came is not None:
                self.stays[username].append((came, time.monotonic()))

    def hear(self, device: str, username: str, status: str) -> None:
        if status == OFFLINE:
            with self._lock:
                at = time.monotonic()
                self.told.append(Told(device=device, username=username, at=at))

    def is_there(self, username: str) -> bool:
        with self._lock:
            return any(who == username for who, _ in self._open)

    def recently(self, told: Told) -> str:
        """When they were connected at about that time."""
        ends = [
            f"{came - self.began:.2f} to {went - self.began:.2f}"
            for came, went in self.spans(told.username)
            if went > told.at - 3 * LATE_S and came < told.at + LATE_S
        ]
        return ", ".join(ends)

    def spans(self, username: str) -> list[Span]:
        """When they were connected, until now."""
        now = time.monotonic()
        with self._lock:
            still = [(came, now) for (who, _), came in self._open.items() if who == username]
            return sorted([*self.stays[username], *still])


@dataclass(kw_only=True)
class Friends:
    """Those whom a device watches, and what it shows of them."""

    device: str
    me: str
    usernames: list[str]
    attendance: Attendance
    shown: dict[str, str] = field(default_factory=dict)
    _wire: Wire | None = None

    def come(self, wire: Wire) -> None:
        self._wire = wire
        self.attendance.come(self.me, self.device)
        self.watch()

    def go(self) -> None:
        self._wire = None
        self.attendance.go(self.me, self.device)

    def watch(self) -> None:
        """Ask anew: something may have been missed."""
        wire = self._wire
        if wire is not None:
            wire.ask("presence.watch", {"usernames": self.usernames}, self._take)

    def _take(self, answer: dict[str, Any]) -> None:
        """Refused while a store is away: then again, until it is answered."""
        if not answer["ok"]:
            threading.Timer(AGAIN_S, self._watch_again).start()
        for presence in answer.get("items", ()):
            self.shown[presence["username"]] = presence["status"]

    def _watch_again(self) -> None:
        with suppress(Lost):
            self.watch()

    def hear(self, presence: dict[str, Any]) -> None:
        self.shown[presence["username"]] = presence["status"]
        self.attendance.hear(self.device, presence["username"], presence["status"])

    def shows_gone(self, username: str) -> bool:
        return self.shown.get(username) == OFFLINE

    def behind(self) -> list[str]:
        """In what it does not show the truth."""
        return [
            f"{self.device} rests with {one} as {self.shown.get(one)}"
            for one in self.usernames
            if self.shown.get(one) is None or self.shows_gone(one) == self.attendance.is_there(one)
        ]


def wrongly_gone(attendance: Attendance) -> Iterator[str]:
    """Whoever was said to be offline was away for a while, just before."""
    for told in attendance.told:
        absences = list(_absences(attendance, told.username, told.at))
        if not any(end > told.at - LATE_S for _, end in absences):
            at = told.at - attendance.began
            yield (
                f"{told.device} was told at {at:.2f} that {told.username} is offline, who was not:"
                f" {attendance.recently(told)}"
            )


def _absences(attendance: Attendance, username: str, until: float) -> Iterator[Span]:
    """Those that were long enough by then."""
    left = attendance.began
    for came, went in attendance.spans(username):
        if came >= until:
            break
        if came - left >= SHORTEST_ABSENCE_S:
            yield left, came
        left = max(left, went)
    if until - left >= SHORTEST_ABSENCE_S:
        yield left, until
