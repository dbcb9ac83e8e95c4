"""From what a store keeps to what one reader sees: names, pictures, cards of posts and stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from pigeon.domain import limits
from pigeon.domain.messages import Card, Message, seq_of
from pigeon.domain.posts import Image, PostCard
from pigeon.domain.stories import StoryCard
from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.messages import people
from pigeon.services.posts import cards as post_cards
from pigeon.services.stories import cards as story_cards
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
    carried = _Carried(
        pictures=_pictures([one.media_id for one in stored if one.media_id is not None]),
        posts=_posts([one.post_id for one in stored if one.post_id is not None], viewer),
        stories=_stories([one.story_id for one in stored if one.story_id is not None], viewer),
    )
    called = people.names(members) if names is None else names
    return [_message(one, conversations[one.id], viewer, called, carried) for one in stored]


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """What messages carry, by the ids of what it is."""

    pictures: Mapping[int, Image]
    posts: Mapping[int, Card]
    stories: Mapping[int, Card]


def _message(
    stored: StoredMessage,
    conversation: Conversation,
    viewer: Viewer,
    names: Mapping[int, str],
    carried: _Carried,
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
        image=carried.pictures.get(shown.media_id or 0) if shown else None,
        post=carried.posts.get(shown.post_id or 0) if shown else None,
        story=carried.stories.get(shown.story_id or 0) if shown else None,
        is_reaction=shown.is_reaction if shown else False,
        is_deleted=is_stub,
        sent_at=time_of(stored.sent_us),
        client_msg_id=stored.client_msg_id if stored.sender_id == viewer.id else None,
    )


def _pictures(ids: Sequence[int]) -> dict[int, Image]:
    if not ids:
        return {}
    rows = db.session.scalars(select(MediaModel).where(MediaModel.id.in_(ids)))
    return {row.id: media.image_of(row) for row in rows}


def _posts(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    if not ids:
        return {}
    found = post_cards.cards.many(list(set(ids)))
    seen = {card.id: card for card in access.posts.visible(viewer, found.values())}
    return {post_id: _post(post_id, seen.get(post_id)) for post_id in ids}


def _post(post_id: int, post: PostCard | None) -> Card:
    if post is None:
        return Card(id=str(post_id), available=False)
    return Card(
        id=str(post_id),
        available=True,
        author=post.author,
        thumb_url=post.images[0].thumb_url if post.images else None,
        text=post.caption[: limits.EXCERPT],
    )


def _stories(ids: Sequence[int], viewer: Viewer) -> dict[int, Card]:
    """Whether each is still there is asked of the clock now, whatever is cached of it."""
    if not ids:
        return {}
    found = story_cards.find_many(list(set(ids)))
    seen = {card.id: card for card in access.stories.visible(viewer, found.values())}
    return {story_id: _story(story_id, seen.get(story_id)) for story_id in ids}


def _story(story_id: int, story: StoryCard | None) -> Card:
    if story is None:
        return Card(id=str(story_id), available=False)
    return Card(
        id=str(story_id),
        available=True,
        author=story.author,
        thumb_url=story.image.thumb_url if story.image else None,
        text=story.text[: limits.EXCERPT],
    )
