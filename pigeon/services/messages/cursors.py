"""How far somebody has read; a cursor only goes forward."""

from __future__ import annotations

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.events import MessagesRead
from pigeon.domain.messages import Reading, pair_key
from pigeon.services import access
from pigeon.services.messages import conversations, people, unread
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import publish


def check_may_read(username: str, *, by: int) -> None:
    """NotFound for whom the reader may not know of."""
    conversations.find(username, access.viewer(by))


def read(username: str, up_to: int, *, by: int) -> Reading:
    """Move the reader's cursor, never back and never past the last message; again is fine.

    The sender is told, if both send receipts and the reader has accepted the conversation.
    """
    if up_to < 0:
        raise Invalid({"up_to": FieldError("bad_format")})
    partner_id, conversation = conversations.find(username, access.viewer(by))
    reached = 0
    if conversation is not None:
        reached = message_store().read(conversation.id, by, up_to)
        unread.evict(by)
        publish(
            MessagesRead(
                conversation_id=conversation.id,
                reader_id=by,
                up_to=reached,
                member_ids=conversation.member_ids,
            )
        )
    here, total = unread.counts_of(by, conversation.id if conversation else 0)
    return Reading(
        chat_id=pair_key(by, partner_id),
        partner=people.names([partner_id])[partner_id],
        up_to=reached,
        count=here,
        total=total,
    )
