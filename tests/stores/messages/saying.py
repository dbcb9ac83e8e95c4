"""People who say something, for tests of any home."""

from __future__ import annotations

from itertools import count
from typing import Any

from pigeon.domain.messages import pair_key
from pigeon.stores.messages import Conversation, Draft, MessageStore, StoredMessage

ANN, BEN, CAT, DAN = 11, 12, 13, 14
NOON_US = 1_764_331_200_000_000
_numbers = count(1)


def draft(sender_id: int, text: str = "hello", **fields: Any) -> Draft:
    """Each a microsecond after the one before, under an id of its own."""
    number = next(_numbers)
    own = {"client_msg_id": f"client-{number}", "sent_us": NOON_US + number}
    return Draft(sender_id=sender_id, text=text, **(own | fields))


def pair(store: MessageStore, one: int, other: int) -> Conversation:
    return store.open(pair_key(one, other), (one, other))


def say(
    store: MessageStore, chat: Conversation, sender_id: int, text: str = "hello", **fields: Any
) -> StoredMessage:
    """The message, which is new."""
    message, is_new = store.append(chat.id, draft(sender_id, text, **fields))
    assert is_new
    return message


def again(store: MessageStore, chat: Conversation) -> Conversation:
    """As it is now."""
    return store.load([chat.id])[chat.id]


def numbers(store: MessageStore, chat: Conversation) -> list[int]:
    """Of all that is stored, in order, read page by page."""
    found: list[int] = []
    while page := store.since(chat.id, found[-1] if found else 0, 50):
        found += [message.id - (chat.id << 32) for message in page]
    return found
