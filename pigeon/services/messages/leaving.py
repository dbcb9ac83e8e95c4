"""What somebody leaves behind in conversations: stubs, under the name of a deleted account."""

from __future__ import annotations

from collections.abc import Collection

from pigeon.domain.events import PartnerLeft
from pigeon.services.messages import unread
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import publish

AT_ONCE = 500


def erase_some(user_id: int) -> bool:
    """Make stubs of some messages of somebody who left; True while something is left."""
    touched = message_store().erase_sent(user_id, AT_ONCE)
    _evict_members(touched)
    return bool(touched)


def _evict_members(conversation_ids: Collection[int]) -> None:
    found = message_store().load(conversation_ids)
    people = {member.user_id for one in found.values() for member in one.members}
    if people:
        unread.evict(*people)


def refresh(user_id: int) -> None:
    """Somebody was shut out, let in, or left: what is unread of theirs counts no more, or again."""
    for accepted in (True, False):
        before: int | None = None
        while found := message_store().list_of(
            user_id, accepted=accepted, before=before, limit=AT_ONCE
        ):
            ids = [one.conversation.id for one in found]
            _evict_members(ids)
            for conversation_id in ids:
                publish(PartnerLeft(conversation_id=conversation_id, user_id=user_id))
            before = found[-1].rank
