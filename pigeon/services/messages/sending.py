"""Saying something, and taking it back.

A message is stored first, then acknowledged, then told to the devices of both. What is sent again
under the same `client_msg_id`, because the acknowledgement was lost, is stored once, answered
alike, and told again: whoever was to tell it the first time may have died before.
"""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.events import AcquaintanceChanged, MessageStored, MessageUnsent, TextSent
from pigeon.domain.messages import Message, conversation_of, pair_key
from pigeon.services import access
from pigeon.services.access.messages import Recipient
from pigeon.services.access.viewers import Viewer
from pigeon.services.messages import (
    checks,
    conversations,
    hydration,
    people,
    pictures,
    terms,
    unread,
)
from pigeon.services.messages.checks import Content
from pigeon.services.posts import cards as post_cards
from pigeon.stores.messages import Conversation, Draft, StoredMessage
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import publish

_MEMORY = 100_000
_known: dict[str, Conversation] = {}
"""Conversations by key, for their ids and members, which never change; nothing else of them."""

_writers: dict[tuple[int, int], None] = {}
"""Who wrote in which conversation since this process began, as far as it is remembered."""


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """Somebody to whom the sender may write, before anything is read of what they say."""

    username: str
    sender: Viewer
    recipient: Recipient

    @property
    def partner_id(self) -> int:
        return self.recipient.user_id


def address(username: str, *, by: int) -> Addressed:
    """NotFound for whom the sender may not know of, then Forbidden `messages_closed`."""
    return Addressed(
        username=username,
        sender=access.viewer(by),
        recipient=terms.get_recipient_named(by, username),
    )


def send(username: str, content: Content, *, by: int, client_msg_id: str) -> tuple[Message, bool]:
    """Say something to somebody: (the message, whether it is new). Refused as `address` is."""
    return send_to(address(username, by=by), content, by=by, client_msg_id=client_msg_id)


def send_to(
    to: Addressed, content: Content, *, by: int, client_msg_id: str
) -> tuple[Message, bool]:
    """The same, to whom the sender was found to be able to write; Invalid, then Conflict `self`."""
    if content.upload is not None:
        to = address(to.username, by=by)  # a file takes long to come, and people block meanwhile
    viewer, partner_id = to.sender, to.partner_id
    text = checks.check(content, client_msg_id)
    if content.post_id is not None:
        _check_post(content.post_id, viewer)
    conversations.check_is_other(partner_id, by=by)
    conversation = _open(by, partner_id)
    media_id = pictures.claim(content, by=by, client_msg_id=client_msg_id)
    draft = Draft(
        sender_id=by,
        client_msg_id=client_msg_id,
        sent_us=hydration.microseconds_of(utc_now()),
        text=text,
        media_id=media_id,
        post_id=content.post_id,
        story_id=content.story_id,
        is_reaction=content.is_reaction,
        accepted_by=frozenset({by, partner_id} if to.recipient.follows_writer else {by}),
        reads=content.is_thread_open,
    )
    stored, is_new = message_store().append(conversation.id, draft)
    crash_point("message.stored")
    if not is_new:
        publish(MessageStored(message_id=stored.id, member_ids=conversation.member_ids))
        _note_writer(conversation, by)
        return _answer(stored, viewer), False
    names, about = to.recipient.names, {stored.id: conversation}
    (said,) = hydration.messages_of([stored], about, viewer, names)
    _publish_new(said, stored, conversation)
    _note_writer(conversation, by)
    return said, True


def _publish_new(said: Message, stored: StoredMessage, conversation: Conversation) -> None:
    """A text is told as it was answered; how a picture or a card looks, everybody's frame asks."""
    members = conversation.member_ids
    if stored.text and stored.story_id is None:
        publish(TextSent(said=said, sender_id=stored.sender_id, member_ids=members))
    else:
        publish(MessageStored(message_id=stored.id, member_ids=members))


def _note_writer(conversation: Conversation, by: int) -> None:
    """Who writes accepts, and whether for the first time a home does not say: once a process."""
    if (conversation.id, by) not in _writers:
        _writers[conversation.id, by] = None
        while len(_writers) > _MEMORY:
            _writers.pop(next(iter(_writers)), None)
        publish(AcquaintanceChanged(member_ids=conversation.member_ids))


def _check_post(post_id: int, viewer: Viewer) -> None:
    card = post_cards.find(post_id, viewer)
    if card is None or not access.posts.may_see(viewer, card):
        raise Invalid({"post_id": FieldError("unknown")})


def _open(by: int, partner_id: int) -> Conversation:
    key = pair_key(by, partner_id)
    found = _known.get(key)
    if found is None:
        found = _known[key] = message_store().open(key, (by, partner_id))
        while len(_known) > _MEMORY:
            _known.pop(next(iter(_known)), None)
    return found


def _answer(stored: StoredMessage, viewer: Viewer) -> Message:
    """As its sender sees it; the id may have been used before, in another conversation."""
    number = conversation_of(stored.id)
    about = {stored.id: message_store().load([number])[number]}
    return hydration.messages_of([stored], about, viewer)[0]


def unsend(message_id: int, *, by: int) -> None:
    """Leave a stub for both sides; again is fine. Forbidden for the recipient, else NotFound."""
    viewer = access.viewer(by)
    stored, conversation = get_seen(message_id, viewer)
    access.messages.check_unsends(viewer, stored.sender_id)
    message_store().unsend(stored.id)
    crash_point("message.unsent")
    if stored.media_id is not None:
        pictures.delete(stored.media_id)
    unread.evict(*conversation.member_ids)
    publish(MessageUnsent(message_id=stored.id, member_ids=conversation.member_ids))


def get_seen(message_id: int, viewer: Viewer) -> tuple[StoredMessage, Conversation]:
    """A message of a conversation that the viewer is in and that is not hidden; NotFound."""
    stored = message_store().get_many([message_id]).get(message_id)
    number = conversation_of(message_id)
    conversation = message_store().load([number]).get(number)
    if stored is None or conversation is None or conversation.member(viewer.id or 0) is None:
        raise NotFound
    people.row_of(people.partner_id(conversation, viewer.id or 0), viewer)
    return stored, conversation
