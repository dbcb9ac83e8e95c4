"""People who write to each other under fire: they insist, read out of order, and unsend."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.harness.kills import WITHIN_S
from tests.harness.messages import Sending
from tests.harness.messages_devices import Device
from tests.harness.messages_screens import Message
from tests.harness.messages_wire import Lost

ACKNOWLEDGED_S = 5.0
FAR = 1_000
DEEDS = {"read": 0.35, "unsend": 0.05, "type": 0.1}
"""How likely each of them is after a message."""
OTHER_WAY = 0.2
"""How often somebody takes the other way: HTTP instead of the socket, or the reverse."""


@dataclass(kw_only=True)
class Writer(Device):
    """A device with somebody at it; `way` is how it writes unless it takes the other one."""

    way: str
    partners: list[str]

    def work(self) -> None:
        """Write until there is nothing left to write."""
        dice = random.Random(f"{self.battle.seed}-{self.name}")
        deeds: dict[str, Callable[[random.Random], None]] = {
            "read": self._read,
            "unsend": self._unsend,
            "type": self._type,
        }
        while (piece := self.battle.next_piece()) is not None:
            self._write(piece, dice)
            for name, chance in DEEDS.items():
                if dice.random() < chance:
                    deeds[name](dice)

    # writing

    def _write(self, piece: int, dice: random.Random) -> None:
        sending = Sending(
            key=f"{self.name}_{piece}",
            sender=self.member.username,
            recipient=dice.choice(self.partners),
            text=f"piece {piece} of {self.name}",
            began=time.monotonic(),
        )
        self.battle.ledger.send(sending)
        message = self._until_answered(lambda: self._send(sending, dice), dice, sending.key)
        if message is not None:
            self.show(message, "an acknowledgement", sending.began)

    def _send(self, sending: Sending, dice: random.Random) -> Message | None:
        """One attempt, in either way: the key is the same."""
        send = {"socket": self._emit, "http": self._post}[self._way(dice)]
        message = send(sending)
        if message is not None:
            self.battle.ledger.answered(sending, message, time.monotonic())
        return message

    def _way(self, dice: random.Random) -> str:
        if dice.random() > OTHER_WAY:
            return self.way
        return "http" if self.way == "socket" else "socket"

    def _emit(self, sending: Sending) -> Message | None:
        payload = {
            "to": sending.recipient,
            "text": sending.text,
            "client_msg_id": sending.key,
        }
        answer = self._call("chat.send", payload)
        return answer["message"] if answer else None

    def _post(self, sending: Sending) -> Message | None:
        path = f"/chats/{sending.recipient}/messages"
        answer = self.ask("POST", path, {"text": sending.text, "client_msg_id": sending.key})
        return answer.json() if answer is not None else None

    # what else

    def _read(self, dice: random.Random) -> None:
        """Up to the newest, or to an older one, or further than there is anything."""
        with self.lock:
            known = {id_: shown for id_, shown in self.chats.items() if shown.messages}
        if not known:
            return
        chat_id = dice.choice(sorted(known))
        newest = max(known[chat_id].messages)
        up_to = dice.choice([newest] * 10 + [dice.randint(1, newest)] * 9 + [newest + FAR])
        self._until_answered(
            lambda: self._read_once(known[chat_id].partner, chat_id, up_to, dice), dice, "a read"
        )

    def _read_once(
        self, partner: str, chat_id: str, up_to: int, dice: random.Random
    ) -> dict[str, Any] | None:
        began = time.monotonic()
        if self._way(dice) == "socket":
            payload = {"with": partner, "up_to": up_to}
            answer = self._call("chat.read", payload, take=self._count_acknowledged)
        else:
            found = self.ask("PUT", f"/chats/{partner}/read", {"up_to": up_to})
            answer = found.json() if found is not None else None
        if answer is not None:
            me = self.member.username
            self.read_by(me, chat_id, answer["up_to"], "an acknowledgement", began)
        return answer

    def _count_acknowledged(self, answer: dict[str, Any]) -> None:
        if answer["ok"]:
            self.count(answer)

    def _unsend(self, dice: random.Random) -> None:
        with self.lock:
            mine = [
                message
                for _, shown in sorted(self.chats.items())
                for message in shown.messages.values()
                if message["from"] == self.member.username and not message["is_deleted"]
            ]
        if not mine:
            return
        gone = dice.choice(mine)
        path = f"/messages/{gone['id']}"
        if self._until_answered(lambda: self.ask("DELETE", path), dice, path) is not None:
            self.battle.ledger.unsent((gone["chat_id"], gone["seq"]), time.monotonic())

    def _type(self, dice: random.Random) -> None:
        self._call("chat.typing", {"with": dice.choice(self.partners)})

    # asking

    def _until_answered(self, attempt: Callable[[], Any], dice: random.Random, what: str) -> Any:
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until and not self.battle.over.is_set():
            answer = attempt()
            if answer is not None:
                return answer
            time.sleep(dice.uniform(0.02, 0.2))
        self.battle.violate(f"{what} of {self.name} was never answered")
        return None

    def _call(self, event: str, payload: Any, **how: Any) -> dict[str, Any] | None:
        """One attempt on the socket; None without a connection or an answer."""
        wire = self.wire
        if wire is None:
            return None
        try:
            answer: dict[str, Any] = wire.call(event, payload, timeout_s=ACKNOWLEDGED_S, **how)
        except Lost:
            self.battle.ledger.count("unacknowledged")
            return None
        if answer["ok"]:
            return answer
        if answer["error"]["code"] == "unavailable":
            self.battle.ledger.count("refused")
        else:
            self.battle.violate(f"{event} of {self.name}: {answer}")
        return None
