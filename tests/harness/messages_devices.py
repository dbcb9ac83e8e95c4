"""A device as ours behave: it shows what it hears, and fetches what it may have missed.

It keeps every message by its number, so that none is shown twice; at a gap in the numbers, at a new
connection and at `resync` it asks the API for what is newer than the last one without a gap.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests

from tests.harness.messages import LONG_AGO, Cursor, Look, Reach, Screen
from tests.harness.messages_presence import Friends
from tests.harness.messages_screens import Message, Shown
from tests.harness.messages_wire import Lost, Refused, Wire

if TYPE_CHECKING:
    from tests.harness.crowd import Member
    from tests.harness.messages_battle import Battle

TIMEOUT_S = 10.0
RETRY_AFTER_S = 3
PAGE = 50
LOOKS_AGAIN = 0.1
"""How often who is told of a message asks at once whether it is there."""


@dataclass(kw_only=True)
class Device:
    """`listen` runs in a thread of its own; `api` and `show` are for whoever uses the device."""

    battle: Battle
    member: Member
    name: str
    server: str
    friends: Friends
    stays_away: threading.Event = field(default_factory=threading.Event)
    """Set while whoever is at the device does not come back."""
    chats: dict[str, Shown] = field(default_factory=dict)
    badges: dict[str, int] = field(default_factory=dict)
    total: int = 0
    wire: Wire | None = None
    """Set while it is connected and has caught up."""
    left: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def listen(self) -> None:
        """Be connected until the battle is over."""
        dice = random.Random(f"{self.battle.seed}-{self.name}-listening")
        try:
            while not self.battle.over.is_set():
                if not self.stays_away.is_set():
                    with suppress(Lost):
                        self._connect()
                time.sleep(dice.uniform(0.05, 0.4))
        finally:
            self.left.set()

    def _connect(self) -> None:
        try:
            wire = self._wire()
        except Refused as refusal:
            self.battle.refused_at_the_door(self.name, str(refusal))
            raise Lost from refusal
        try:
            self.catch_up()
            self.wire = wire
            self.friends.come(wire)
            wire.run(self.hear, self.battle.over.is_set)
        finally:
            self.wire = None
            self.friends.go()
            wire.close()

    def _wire(self) -> Wire:
        return Wire(
            self.server,
            self.member.token,
            origin=self.battle.site.url,
            sign=lambda: self.battle.strikes.trigger.sign(self.server),
        )

    # what is heard

    def hear(self, event: str, payload: Any) -> None:
        self.battle.ledger.count(event)
        if event == "resync":
            self.friends.watch()
            self.catch_up()
        elif event == "presence.changed":
            self.friends.hear(payload)
        elif event == "chat.message":
            self.show(payload, "a frame")
        elif event == "chat.deleted":
            with self.lock:
                self._shown(payload["chat_id"], payload["with"]).drop(payload["seq"])
        elif event == "chat.read":
            self.read_by(payload["by"], payload["chat_id"], payload["up_to"], "a frame")
        elif event == "chat.unread":
            self.count(payload)

    def show(self, message: Message, where: str, began: float = LONG_AGO) -> None:
        """Put a message in its place, and fetch what is missing before it."""
        self._put(message, where, began)
        with self.lock:
            shown = self.chats[message["chat_id"]]
        if shown.has_gap:
            self.battle.ledger.count("gaps")
            self._fetch_newer(shown)
        elif random.random() < LOOKS_AGAIN:
            self._fetch_newer(shown, than=message["seq"] - 1)

    def _put(self, message: Message, where: str, began: float) -> None:
        me, both = self.member.username, {message["from"], message["to"]}
        if me not in both:
            self.battle.violate(f"{self.name} was shown what is not its own: {message}")
            return
        self.battle.ledger.look(
            Look(who=me, where=where, message=message, began=began, ended=time.monotonic())
        )
        (partner,) = both - {me}
        with self.lock:
            self._shown(message["chat_id"], partner).put(message)

    def _shown(self, chat_id: str, partner: str) -> Shown:
        return self.chats.setdefault(chat_id, Shown(chat_id, partner))

    def count(self, told: dict[str, Any]) -> None:
        """Badges, from a frame or an acknowledgement."""
        self.badges[told["chat_id"]], self.total = told["count"], told["total"]

    def read_by(
        self, reader: str, chat_id: str, up_to: int, where: str, began: float = LONG_AGO
    ) -> None:
        self.battle.ledger.cursor(
            Cursor(
                reader=reader,
                chat_id=chat_id,
                value=up_to,
                began=began,
                ended=time.monotonic(),
                where=f"{where} of {self.name}",
            )
        )

    # what is fetched

    def catch_up(self) -> None:
        """Fetch what is newer than what is shown, and the badges.

        Requests first: a conversation that is accepted meanwhile is met in the inbox.
        """
        badges = {}
        for box in ("requests", "inbox"):
            for chat, began in self._pages("/chats", "before", box=box):
                badges[chat["id"]] = chat["unread_count"]
                self._take_chat(chat, began)
        with self.lock:
            self.badges, self.total = badges, sum(badges.values())

    def _take_chat(self, chat: dict[str, Any], began: float) -> None:
        partner = chat["with"]["username"]
        self.read_by(self.member.username, chat["id"], chat["read_up_to"], "the inbox", began)
        if chat["their_read_up_to"] is not None:
            self.read_by(partner, chat["id"], chat["their_read_up_to"], "the inbox", began)
        with self.lock:
            shown = self._shown(chat["id"], partner)
        if chat["last_message"] and chat["last_message"]["seq"] > shown.whole_up_to:
            self._fetch_newer(shown)

    def _fetch_newer(self, shown: Shown, *, than: int | None = None) -> None:
        """Than a number, or than what there is without a gap."""
        path = f"/chats/{shown.partner}/messages"
        last, asked = shown.whole_up_to if than is None else than, time.monotonic()
        for message, began in self._pages(path, "since", since=last):
            self._put(message, "the history", began)
            last, asked = message["seq"], began
        me = self.member.username
        self.battle.ledger.reach(Reach(who=me, chat_id=shown.chat_id, last=last, began=asked))

    def _pages(self, path: str, into: str, **query: Any) -> Iterator[tuple[Any, float]]:
        """Every thing of a list, and when its page was asked for."""
        while True:
            began = time.monotonic()
            asked = urlencode(query | {"limit": PAGE})
            page = self.insist("GET", f"{path}?{asked}").json()
            yield from ((item, began) for item in page["items"])
            if page["next"] is None:
                return
            query[into] = page["next"]

    # asking

    def insist(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Until it is answered; Lost when the battle is over before."""
        while not self.battle.over.is_set():
            answer = self.ask(method, path, body)
            if answer is not None:
                return answer
            time.sleep(random.uniform(0.05, 0.2))
        raise Lost

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response | None:
        """One attempt; None when nothing came back, or a refusal that asks to try again."""
        headers = {"Authorization": f"Bearer {self.member.token}"}
        try:
            answer = requests.request(
                method, self.battle.api(path), json=body, headers=headers, timeout=TIMEOUT_S
            )
        except requests.RequestException:
            self.battle.ledger.count("unanswered")
            return None
        return self._checked(answer, f"{method} {path} of {self.name}")

    def _checked(self, answer: requests.Response, what: str) -> requests.Response | None:
        if answer.status_code in (200, 201, 204):
            return answer
        wait_s = answer.headers.get("Retry-After", "")
        if answer.status_code == 503 and wait_s.isdigit() and int(wait_s) <= RETRY_AFTER_S:
            self.battle.ledger.count("refused")
            return None
        self.battle.violate(
            f"{what}: {answer.status_code}, Retry-After {wait_s!r}: {answer.text[:300]}"
        )
        return None

    # at rest

    def newest(self) -> dict[str, tuple[int, int]]:
        """The last number and the unread count of each conversation, as the API says it."""
        return {
            chat["id"]: (chat["last_message"]["seq"], chat["unread_count"])
            for box in ("requests", "inbox")
            for chat, _ in self._pages("/chats", "before", box=box)
        }

    def behind(self, newest: dict[str, tuple[int, int]]) -> list[str]:
        """In what the screen is not what the API says."""
        shown = {
            chat_id: (one.whole_up_to, self.badges.get(chat_id, 0))
            for chat_id, one in list(self.chats.items())
        }
        faults = [
            f"{self.name} rests at {shown.get(chat_id)} in {chat_id}, which is at {expected}"
            for chat_id, expected in newest.items()
            if shown.get(chat_id) != expected
        ]
        unread = sum(count for _, count in newest.values())
        if self.total != unread:
            faults.append(f"{self.name} rests with {self.total} unread of {unread}")
        return [*faults, *self.friends.behind()]

    def screen(self) -> Screen:
        with self.lock:
            return Screen(
                who=self.member.username,
                device=self.name,
                messages={chat_id: dict(shown.messages) for chat_id, shown in self.chats.items()},
                badges=dict(self.badges),
                total=self.total,
            )
