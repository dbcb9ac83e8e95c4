"""What the devices of people in a conversation are told: hints, of what is stored already.

A message reads differently for each member, so everybody gets a frame of their own. Counts are read
as late as possible, and once more after they were pushed: of two processes that count at the same
time the one that is overtaken corrects itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pigeon.cache.codec import adapter
from pigeon.domain.messages import Message, conversation_of, pair_key, seq_of
from pigeon.services import access, presence
from pigeon.services.messages import conversations, hydration, people, unread
from pigeon.stores.messages import Conversation, Member, StoredMessage
from pigeon.stores.messages_urls import message_store

ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Frame:
    user_id: int
    event: str
    payload: dict[str, Any]


def of_message(message_id: int) -> Iterator[Frame]:
    """`chat.message` for each member who may meet the other; the recipient first."""
    stored, conversation = _find(message_id)
    if stored is None or conversation is None:
        return
    for member in _recipients_first(conversation, stored.sender_id):
        if message := _seen_by(member.user_id, stored, conversation):
            payload = adapter(Message).dump_python(message, mode="json")
            yield Frame(user_id=member.user_id, event="chat.message", payload=payload)


def of_unsent(message_id: int) -> Iterator[Frame]:
    stored, conversation = _find(message_id)
    if stored is None or conversation is None:
        return
    for member in conversation.members:
        if partner := _partner_of(conversation, member.user_id):
            payload = {"id": str(stored.id), "seq": seq_of(stored.id), "with": partner}
            yield _frame(member.user_id, "chat.deleted", conversation, payload)


def of_reading(conversation_id: int, reader_id: int, up_to: int) -> Iterator[Frame]:
    """`chat.read`, to one's own devices, and to the other if both send receipts."""
    conversation = message_store().load([conversation_id]).get(conversation_id)
    if conversation is None:
        return
    by = people.names([reader_id])[reader_id]
    for member in conversation.members:
        partner = _partner_of(conversation, member.user_id)
        if partner and (member.user_id == reader_id or _sees_receipts(member.user_id, partner)):
            payload = {"with": partner, "by": by, "up_to": up_to}
            yield _frame(member.user_id, "chat.read", conversation, payload)


def of_change(conversation_id: int, user_id: int) -> Iterator[Frame]:
    """`chat.changed`, to one's own devices: accepted, deleted, or muted."""
    conversation = message_store().load([conversation_id]).get(conversation_id)
    partner = _partner_of(conversation, user_id) if conversation else None
    if conversation is not None and partner is not None:
        yield _frame(user_id, "chat.changed", conversation, {"with": partner})


def of_unread(conversation_id: int, *user_ids: int) -> Iterator[Frame]:
    """`chat.unread` for those of the people who are online; the last one of each is right."""
    conversation = message_store().load([conversation_id]).get(conversation_id)
    if conversation is None:
        return
    for user_id in presence.online_among(user_ids):
        partner = _partner_of(conversation, user_id)
        if partner is not None:
            yield from _until_right(user_id, conversation, partner)


def _until_right(user_id: int, conversation: Conversation, partner: str) -> Iterator[Frame]:
    said: tuple[int, int] | None = None
    for _ in range(ATTEMPTS):
        found = unread.counts_of(user_id, conversation.id)
        if found == said:
            return
        said = found
        payload = {"with": partner, "count": found[0], "total": found[1]}
        yield _frame(user_id, "chat.unread", conversation, payload)


def of_typing(writer_id: int, reader_id: int) -> Iterator[Frame]:
    """`chat.typing`, to the other: nothing of it is stored."""
    payload = {
        "chat_id": pair_key(writer_id, reader_id),
        "from": people.names([writer_id])[writer_id],
    }
    yield Frame(user_id=reader_id, event="chat.typing", payload=payload)


# -- who -------------------------------------------------------------------------------------------


def members_of(message_id: int) -> tuple[int, list[int]]:
    """The conversation of a message, and who is in it."""
    number = conversation_of(message_id)
    conversation = message_store().load([number]).get(number)
    return number, [member.user_id for member in conversation.members] if conversation else []


def _find(message_id: int) -> tuple[StoredMessage | None, Conversation | None]:
    number = conversation_of(message_id)
    stored = message_store().get_many([message_id]).get(message_id)
    return stored, message_store().load([number]).get(number)


def _recipients_first(conversation: Conversation, sender_id: int) -> list[Member]:
    return sorted(conversation.members, key=lambda member: member.user_id == sender_id)


def _seen_by(user_id: int, stored: StoredMessage, conversation: Conversation) -> Message | None:
    if _partner_of(conversation, user_id) is None:
        return None
    viewer = access.viewer(user_id)
    return hydration.messages_of([stored], {stored.id: conversation}, viewer)[0]


def _partner_of(conversation: Conversation, user_id: int) -> str | None:
    """What a member calls the other; None where the conversation is hidden from them."""
    partner_id = people.partner_id(conversation, user_id)
    row = people.rows([partner_id], access.viewer(user_id)).get(partner_id)
    return row.username if row is not None else None


def _sees_receipts(user_id: int, partner: str) -> bool:
    return conversations.get(user_id, partner).their_read_up_to is not None


def _frame(user_id: int, event: str, conversation: Conversation, payload: dict[str, Any]) -> Frame:
    return Frame(user_id=user_id, event=event, payload=payload | {"chat_id": conversation.key})
