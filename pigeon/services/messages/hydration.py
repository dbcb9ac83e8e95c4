"""From what a store keeps to what one reader sees: names, pictures, and cards of posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from pigeon.domain import limits
from pigeon.domain.messages import Card, Message, seq_of
from pigeon.domain.posts import Image, PostCard
from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.messages import people
from pigeon.services.posts import cards as post_cards
from pigeon.stores.messages import Conversation, StoredMessage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_of(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds_of(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def messages_of(
    stored: Collection[StoredMessage],
    conversations: Mapping[int, Conversation],
    viewer: Viewer,
    names: Mapping[int, str] | None = None,
) -> list[Message]:
    """Messages in the order given, as one member of their conversations sees them.

    `conversations` are those of the messages, by message id; `names` those of their members, when
    the caller has them already.
    """
    members = {member.user_id for one in conversations.values() for member in one.members}
    called = people.names(members) if names is None else names
    pictures = _pictures([one.media_id for one in stored if one.media_id is not None])
    cards = _cards([one.post_id for one in stored if one.post_id is not None], viewer)
    return [_message(one, conversations[one.id], viewer, called, pictures, cards) for one in stored]


def _message(
    stored: StoredMessage,
    conversation: Conversation,
    viewer: Viewer,
    names: Mapping[int, str],
    pictures: Mapping[int, Image],
    cards: Mapping[int, Card],
) -> Message:
    sender = names[stored.sender_id]
    is_stub = stored.is_deleted or people.is_deleted_name(sender)
    shown = None if is_stub else stored
    return Message(
        id=str(stored.id),
        chat_id=conversation.key,
        seq=seq_of(stored.id),
        sender=sender,
        recipient=names[people.partner_id(conversation, stored.sender_id)],
        text=shown.text if shown else "",
        image=pictures.get(shown.media_id or 0) if shown else None,
        post=cards.get(shown.post_id or 0) if shown else None,
        story=None,
        is_reaction=False,
        is_deleted=is_stub,
        sent_at=time_of(stored.sent_us),
        client_msg_id=stored.client_msg_id if stored.sender_id == viewer.id else None,
    )


def _pictures(ids: Sequence[int]) -> dict[int, Image]:
    if not ids:
        return {}
    rows = db.session.scalars(select(MediaModel).where(MediaModel.id.in_(ids)))
    return {row.id: media.image_of(row) for row in rows}


def _cards(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    if not ids:
        return {}
    found = post_cards.cards.many(list(set(ids)))
    seen = {card.id: card for card in access.posts.visible(viewer, found.values())}
    return {post_id: _card(post_id, seen.get(post_id)) for post_id in ids}


def _card(post_id: int, post: PostCard | None) -> Card:
    if post is None:
        return Card(id=str(post_id), available=False)
    return Card(
        id=str(post_id),
        available=True,
        author=post.author,
        thumb_url=post.images[0].thumb_url if post.images else None,
        text=post.caption[: limits.EXCERPT],
    )
