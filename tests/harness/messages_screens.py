"""A conversation as a device shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

Message = dict[str, Any]


@dataclass
class Shown:
    """A conversation on a screen."""

    chat_id: str
    partner: str
    messages: dict[int, Message] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    """Numbers of stubs; a text that comes late must not replace them."""

    def put(self, message: Message) -> None:
        seq = message["seq"]
        if message["is_deleted"]:
            self.gone.add(seq)
        elif seq in self.gone:
            message = message | {"is_deleted": True, "text": ""}
        self.messages[seq] = message

    def drop(self, seq: int) -> None:
        self.gone.add(seq)
        if seq in self.messages:
            self.put(self.messages[seq])

    @property
    def whole_up_to(self) -> int:
        """The last number without a gap before it."""
        return next(seq for seq in count() if seq + 1 not in self.messages)

    @property
    def has_gap(self) -> bool:
        return bool(self.messages) and max(self.messages) > len(self.messages)
