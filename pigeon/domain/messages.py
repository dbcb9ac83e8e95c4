"""Conversations between people and the messages in them: the objects of the contract.

A conversation has a key, which is its public id, and members. Today every conversation is of a
pair; only the function `pair_key` knows that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pigeon.domain.ids import find_id
from pigeon.domain.posts import Image
from pigeon.domain.presence import Presence
from pigeon.domain.users import UserRef, UserRow

SEQ_BITS = 32
"""Of a message's id; the bits above are the number of its conversation."""
SEQ_MAX = (1 << SEQ_BITS) - 1
DELETED = "deleted-"
"""Begins the name of somebody who withdrew; the rest is their id."""
_ON_THE_WIRE = {"sender": "from", "recipient": "to", "partner": "with"}
"""Names of fields that Python keeps for itself."""


def message_id(conversation_id: int, seq: int) -> int:
    """The id of a message is its place: ids order as conversation and number do."""
    return conversation_id << SEQ_BITS | seq


def conversation_of(message_id: int) -> int:
    return message_id >> SEQ_BITS


def seq_of(message_id: int) -> int:
    return message_id & SEQ_MAX


def find_seq(text: str) -> int | None:
    """The number that a string stands for, 0 for "before the first"; None when it is none."""
    number = 0 if text == "0" else find_id(text)
    return number if number is not None and number <= SEQ_MAX else None


def pair_key(user_id: int, other_id: int) -> str:
    """The key of the conversation of two people, whoever asks first."""
    return f"{min(user_id, other_id)}-{max(user_id, other_id)}"


def deleted_name(user_id: int) -> str:
    """What somebody is called who withdrew; nobody else can have such a name."""
    return f"{DELETED}{user_id}"


def _wire_name(field: str) -> str:
    return _ON_THE_WIRE.get(field, field)


class OnTheWire:
    """Base of objects with a field that is called otherwise in JSON."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": _wire_name,
        "serialize_by_alias": True,
    }


@dataclass(frozen=True, kw_only=True)
class Card:
    """Something that a message carries. Not available, it is empty but for its id."""

    id: str
    available: bool
    author: UserRef | None = None
    thumb_url: str | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Message(OnTheWire):
    """A message as one reader sees it; `client_msg_id` is its sender's alone.

    `sender` and `recipient` are usernames, on the wire `from` and `to`.
    """

    id: str
    chat_id: str
    seq: int
    sender: str
    recipient: str
    text: str
    image: Image | None
    post: Card | None
    story: Card | None
    is_reaction: bool
    is_deleted: bool
    sent_at: datetime
    client_msg_id: str | None


@dataclass(frozen=True, kw_only=True)
class Chat(OnTheWire):
    """A conversation as one of its members sees it; `partner` is `with` on the wire.

    `request` is `incoming` while I have not accepted it, `outgoing` while the other has not.
    """

    id: str
    partner: UserRow
    presence: Presence
    last_message: Message | None
    unread_count: int
    read_up_to: int
    their_read_up_to: int | None
    request: str
    is_muted: bool
    may_send: bool


@dataclass(frozen=True, kw_only=True)
class Reading(OnTheWire):
    """What is unread after reading up to a message; `partner` is `with` on the wire.

    `total` counts every conversation that is not muted.
    """

    chat_id: str
    partner: str
    up_to: int
    count: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Partner(UserRow):
    """Somebody to write to."""

    presence: Presence
