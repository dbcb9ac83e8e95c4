"""What was said in a conversation, by pages; a cursor is the number of a message."""

from __future__ import annotations

from pigeon.domain.messages import Message, seq_of
from pigeon.domain.page import Page
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.messages import conversations, hydration
from pigeon.stores.messages import Conversation, StoredMessage
from pigeon.stores.messages_urls import message_store

PAGE = 10
"""Of what is older."""
PAGE_SINCE = 50
"""Of what is newer, for who was away."""


def page(
    viewer_id: int,
    username: str,
    *,
    before: int | None = None,
    since: int | None = None,
    limit: int = PAGE,
) -> Page[Message]:
    """Messages before a number, newest first, or since one, oldest first; not what was deleted.

    Of `next`, the number of the last one, the page after it goes on. NotFound for whom the viewer
    may not know of; before the first message the page is empty.
    """
    viewer = access.viewer(viewer_id)
    _, conversation = conversations.find(username, viewer)
    part = conversation.member(viewer_id) if conversation else None
    if conversation is None or part is None:
        return Page(items=[], next=None)
    if since is not None:
        floor = max(since, part.cleared_seq)
        return _cut(
            message_store().since(conversation.id, floor, limit + 1), limit, conversation, viewer
        )
    found = message_store().before(conversation.id, before, limit + 1)
    kept = [one for one in found if seq_of(one.id) > part.cleared_seq]
    return _cut(kept, limit, conversation, viewer)


def _cut(
    found: list[StoredMessage], limit: int, conversation: Conversation, viewer: Viewer
) -> Page[Message]:
    shown = found[:limit]
    items = hydration.messages_of(shown, {one.id: conversation for one in shown}, viewer)
    return Page(items=items, next=str(seq_of(shown[-1].id)) if len(found) > limit else None)
