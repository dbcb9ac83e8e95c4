"""Messages under fire: who takes part, what is done to the processes, and how it comes to rest."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.harness import children, messages_checks
from tests.harness.crowd import Member
from tests.harness.kills import WITHIN_S, Fight
from tests.harness.messages import Ledger, Rest, Side
from tests.harness.messages_people import Writer
from tests.harness.messages_presence import Attendance, Friends, wrongly_gone
from tests.harness.messages_strikes import Home, Strikes, port_of
from tests.harness.sites import status_of

WEB, REALTIME = 2, 2
RESTS_AFTER = 4
"""One fault of so many is followed by a rest: nothing heals a gap of which nobody was told."""
SETTLE_S = 30.0
LEAVE_S = 20.0
ROUND = (
    *("realtime:kill", "realtime:kill", "realtime:stop", "realtime:pause", "realtime:pause"),
    *("realtime-master:kill", "web:kill", "web:kill", "web:stop", "web:pause"),
    *("redis-state:kill", "redis-state:stop", "redis-state:pause"),
    *("redis-cache:kill", "redis-cache:pause", "web-master:stop"),
    *("store:kill", "store:kill", "store:stop", "store:pause"),
)
"""What is done in twenty turns: each part of the site in each way at least once."""


@dataclass(kw_only=True)
class Battle(Fight):
    """A piece of work is a message. Devices listen until the battle is over."""

    home: Home
    pairs: Sequence[tuple[Member, Member]]
    friends: Sequence[tuple[Member, Member]]
    """Pairs who follow each other, and so may see whether the other is there."""
    lease_s: int
    """After it a realtime process that was killed has nobody any more."""
    attendance: Attendance = field(default_factory=Attendance)
    targets: tuple[str, ...] = ROUND
    strikes: Strikes = field(default_factory=Strikes)
    is_hunting: bool = False
    """Whether it is over at the first rest at which anything is violated."""
    ledger: Ledger = field(default_factory=Ledger)
    devices: list[Writer] = field(default_factory=list)
    is_resting: bool = False
    idle: int = 0
    """How many devices write nothing at the moment."""

    def add_device(self, member: Member, number: int, *, way: str) -> None:
        """One more of this person; which realtime process it is at goes by its number."""
        name = f"{member.username}-{number}"
        self.devices.append(
            Writer(
                battle=self,
                member=member,
                name=name,
                server=self.address(WEB + number % REALTIME),
                way=way,
                partners=_others(self.pairs, member),
                friends=Friends(
                    device=name,
                    me=member.username,
                    usernames=_others(self.friends, member),
                    attendance=self.attendance,
                ),
            )
        )

    def workers(self) -> list[Callable[[], None]]:
        return [device.work for device in self.devices]

    def watchers(self) -> list[Callable[[], None]]:
        return [device.listen for device in self.devices]

    def end(self) -> None:
        super().end()
        for device in self.devices:
            device.left.wait(LEAVE_S)

    def next_piece(self) -> int | None:
        """One more message, unless everybody rests."""
        with self.lock:
            self.idle += 1
        while self.is_resting and not self.over.is_set():
            time.sleep(0.02)
        piece = super().next_piece()
        if piece is not None:
            with self.lock:
                self.idle -= 1
        return piece

    def achieved(self) -> str:
        return f"{self.ledger.counts['acknowledged']} acknowledged"

    def strike(self, kind: str, dice: random.Random) -> str:
        """Now and then it hits the last ones who write before a rest."""
        self.is_resting = (self.killed + 1) % RESTS_AFTER == 0
        done = self._done(kind, dice)
        return f"{done}, then a rest of {self._rest():.1f} s" if self.is_resting else done

    def _done(self, kind: str, dice: random.Random) -> str:
        part, _, how = kind.partition(":")
        if part == "store":
            return f"store: {self.home.strike(how, dice, self.strikes)}"
        pid = self.one_of(part, dice)
        return f"{part}: {self.strikes.hit(pid, how, dice, server=self._sign_of(part, pid))}"

    def _sign_of(self, part: str, pid: int) -> str:
        """What a process of sockets says itself; others say nothing to devices."""
        port = port_of(pid) if part.startswith("realtime") else ""
        return f"{self.site.url.rpartition(':')[0]}:{port}" if port else ""

    def address(self, server: int) -> str:
        host, _, port = self.site.url.rpartition(":")
        return f"{host}:{int(port) + server}"

    def api(self, path: str) -> str:
        """On either web process."""
        return f"{self.address(random.randrange(WEB))}/api/v1{path}"

    def refused_at_the_door(self, device: str, code: str) -> None:
        """Clients log out when they are told that nobody knows them."""
        self.ledger.count(f"refused at the door: {code}")
        if code == "unauthenticated":
            self.violate(f"{device} has a good token and was refused")

    def violate(self, what: str) -> None:
        self.violations.append(f"{time.monotonic() - self.began:7.2f} {what}")

    def summary(self) -> str:
        counted = ", ".join(f"{name} {n:,}" for name, n in sorted(self.ledger.counts.items()))
        slowest = f"slowest acknowledgement {self.ledger.slowest_s:.1f} s"
        return f"seed {self.seed}: {self.killed} faults; {counted}; {slowest}"

    # at rest

    def _rest(self) -> float:
        """Nobody writes for a moment, and every device must come to show what there is.

        How many seconds that took.
        """
        began = time.monotonic()
        children.wait_until(
            lambda: self.idle == len(self.devices) or self.over.is_set(),
            timeout_s=WITHIN_S,
            what="silence",
        )
        self._wait_for_connections()
        truth = {device.name: device.newest() for device in self.devices}
        behind = self._settled(
            lambda: [fault for one in self.devices for fault in one.behind(truth[one.name])]
        )
        for fault in behind:
            self.violate(fault)
        if self.is_hunting:
            self._end_when_found()
        self.is_resting = False
        return time.monotonic() - began

    def _end_when_found(self) -> None:
        self.violations += [] if self.violations else self._violated()
        if self.violations:
            self.note(f"{self.achieved()} when it was found")
            self.over.set()

    def come_to_rest(self) -> list[str]:
        """Wait until all is quiet; what is violated then.

        Devices must come to show everything by themselves: nobody tells them that it is over.
        """
        children.wait_until(
            lambda: status_of(f"{self.site.url}/readyz") == 200, timeout_s=60, what="a ready site"
        )
        self._wait_for_connections()
        return [*self.violations, *self._violated()]

    def _violated(self) -> list[str]:
        sides = [side for pair in self.pairs for side in self._sides(*pair)]
        self._settled(lambda: self._on_screens(sides))
        rest = Rest(sides=sides, screens=[device.screen() for device in self.devices])
        return [*messages_checks.check(self.ledger, rest), *wrongly_gone(self.attendance)]

    def _wait_for_connections(self) -> None:
        children.wait_until(
            lambda: all(one.wire is not None for one in self.devices) or self.over.is_set(),
            timeout_s=60,
            what="every device's connection",
        )

    def _settled(self, find_faults: Callable[[], list[str]]) -> list[str]:
        """What is still wrong after a while."""
        with suppress(AssertionError):
            children.wait_until(lambda: not find_faults(), timeout_s=SETTLE_S, what="a settling")
        return find_faults()

    def _on_screens(self, sides: list[Side]) -> list[str]:
        rest = Rest(sides=sides, screens=[device.screen() for device in self.devices])
        return [*messages_checks.screens(rest), *messages_checks.counts(self.ledger, rest)]

    def _sides(self, first: Member, second: Member) -> list[Side]:
        return [
            side_of(self._device_of(one), other.username)
            for one, other in ((first, second), (second, first))
        ]

    def _device_of(self, member: Member) -> Writer:
        return next(device for device in self.devices if device.member is member)


def _others(pairs: Sequence[tuple[Member, Member]], member: Member) -> list[str]:
    return [(b if a is member else a).username for a, b in pairs if member in (a, b)]


def side_of(device: Writer, partner: str) -> Side:
    """Read by the pages that a thread is scrolled in."""
    chat: dict[str, Any] = device.insist("GET", f"/chats/{partner}").json()
    history: list[dict[str, Any]] = []
    before = ""
    while before is not None:
        page = device.insist("GET", f"/chats/{partner}/messages{before}").json()
        history += page["items"]
        before = None if page["next"] is None else f"?before={page['next']}"
    return Side(
        who=device.member.username,
        partner=partner,
        chat_id=chat["id"],
        history=history[::-1],
        unread_count=chat["unread_count"],
        read_up_to=chat["read_up_to"],
        their_read_up_to=chat["their_read_up_to"],
    )
