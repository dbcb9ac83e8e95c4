"""What the devices of people in a conversation are told: hints, of what is stored already.

A message reads differently for each member, so everybody gets a frame of their own. Counts are read
as late as possible, and once more after they were pushed: of two processes that count at the same
time the one that is overtaken corrects itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pigeon.cache.codec import adapter
from pigeon.cache.trips import trip
from pigeon.domain.messages import Message, conversation_of, pair_key, seq_of
from pigeon.services import access, presence
from pigeon.services.messages import hydration, people, unread
from pigeon.services.messages import terms as messages_terms
from pigeon.services.users import users
from pigeon.stores.messages import Conversation, StoredMessage
from pigeon.stores.messages_urls import message_store

ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True)
class Frame:
    user_id: int
    event: str
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Room:
    """A conversation whose members may meet, and what they are called."""

    conversation: Conversation
    names: dict[int, str]

    def frame(self, user_id: int, event: str, **payload: Any) -> Frame:
        """With `chat_id`, and `with` as this member calls the other."""
        partner = self.names[people.partner_id(self.conversation, user_id)]
        about = {"chat_id": self.conversation.key, "with": partner}
        return Frame(user_id=user_id, event=event, payload=about | payload)


def of_message(message_id: int) -> Iterator[Frame]:
    """`chat.message` for each member, the recipient first; then what is unread now."""
    stored, room = _find(message_id)
    if stored is None or room is None:
        return
    members = room.conversation.member_ids
    for user_id in _recipients_first(members, stored.sender_id):
        yield Frame(user_id=user_id, event="chat.message", payload=_shown(stored, room, user_id))
    yield from _unread(room, members)


def of_text(said: Message, sender_id: int, member_ids: Iterable[int]) -> Iterator[Frame]:
    """`chat.message` for each member, the recipient first; it was sent just now: nothing is read.

    `said` is as its sender sees it.
    """
    for user_id in _recipients_first(member_ids, sender_id):
        own = said if user_id == sender_id else replace(said, client_msg_id=None)
        payload = adapter(Message).dump_python(own, mode="json")
        yield Frame(user_id=user_id, event="chat.message", payload=dict(payload))


def of_counts(message_id: int) -> Iterator[Frame]:
    """`chat.unread` for each member of the message's conversation."""
    room = _enter(conversation_of(message_id))
    if room is not None:
        yield from _unread(room, room.conversation.member_ids)


def _recipients_first(member_ids: Iterable[int], sender_id: int) -> list[int]:
    return sorted(member_ids, key=lambda one: one == sender_id)


def of_unsent(message_id: int) -> Iterator[Frame]:
    """`chat.deleted` for each member; then what is unread now."""
    stored, room = _find(message_id)
    if stored is None or room is None:
        return
    members = room.conversation.member_ids
    for user_id in members:
        yield room.frame(user_id, "chat.deleted", id=str(stored.id), seq=seq_of(stored.id))
    yield from _unread(room, members)


def of_reading(conversation_id: int, reader_id: int, up_to: int) -> Iterator[Frame]:
    """`chat.read`, to one's own devices, and to the other if both send receipts."""
    room = _enter(conversation_id)
    if room is None:
        return
    by = room.names[reader_id]
    yield room.frame(reader_id, "chat.read", by=by, up_to=up_to)
    yield from _unread(room, [reader_id])
    for member in room.conversation.others(reader_id):
        if _sees_receipts(member.user_id, of=reader_id, conversation=room.conversation):
            yield room.frame(member.user_id, "chat.read", by=by, up_to=up_to)


def _sees_receipts(user_id: int, *, of: int, conversation: Conversation) -> bool:
    terms = access.messages.terms_of({user_id, of})
    has_accepted = messages_terms.has_accepted(conversation, of, user_id)
    return access.messages.shows_receipts(
        terms.get(user_id), terms.get(of), has_accepted=has_accepted
    )


def of_change(conversation_id: int, user_id: int) -> Iterator[Frame]:
    """`chat.changed`, to one's own devices: accepted, deleted, or muted."""
    room = _enter(conversation_id)
    if room is not None:
        yield room.frame(user_id, "chat.changed")
        yield from _unread(room, [user_id])


def of_relation(user_id: int, other_id: int) -> Iterator[Frame]:
    """`chat.unread`, to one's own devices, when a block or a mute changed what counts."""
    viewer, key = access.viewer(user_id), pair_key(user_id, other_id)
    conversation = message_store().find(key)
    if conversation is None:
        return
    count, total = unread.counts_of(user_id, conversation.id)
    if count:
        shown = 0 if access.messages.hidden_among(viewer, [other_id]) else count
        about = {"chat_id": key, "with": people.names([other_id])[other_id]}
        payload = about | {"count": shown, "total": total}
        yield Frame(user_id=user_id, event="chat.unread", payload=payload)


def of_leaving(conversation_id: int, user_id: int) -> Iterator[Frame]:
    """`chat.unread`, to the others in a conversation of somebody who left or was shut out."""
    conversation = message_store().load([conversation_id]).get(conversation_id)
    if conversation is not None:
        ids = conversation.member_ids
        room = Room(conversation=conversation, names=people.names(ids))
        yield from _unread(room, [one for one in ids if one != user_id and _meets(one, user_id)])


def _meets(user_id: int, other_id: int) -> bool:
    """Whom a block keeps away is not told of the other's leaving either."""
    return not access.messages.hidden_among(access.viewer(user_id), [other_id])


def of_typing(writer_id: int, reader_id: int) -> Iterator[Frame]:
    """`chat.typing`, to the other: nothing of it is stored."""
    payload = {
        "chat_id": pair_key(writer_id, reader_id),
        "from": people.names([writer_id])[writer_id],
    }
    yield Frame(user_id=reader_id, event="chat.typing", payload=payload)


# -- what they say ---------------------------------------------------------------------------------


def _shown(stored: StoredMessage, room: Room, user_id: int) -> dict[str, Any]:
    viewer = access.viewer(user_id)
    (message,) = hydration.messages_of([stored], {stored.id: room.conversation}, viewer, room.names)
    return dict(adapter(Message).dump_python(message, mode="json"))


def _unread(room: Room, user_ids: list[int]) -> Iterator[Frame]:
    """`chat.unread` for those of the people who are online; the last one of each is right."""
    for user_id in presence.online_among(user_ids):
        said: tuple[int, int] | None = None
        for _ in range(ATTEMPTS):
            found = unread.counts_of(user_id, room.conversation.id)
            if found == said:
                break
            said = found
            yield room.frame(user_id, "chat.unread", count=found[0], total=found[1])


# -- who -------------------------------------------------------------------------------------------


def _find(message_id: int) -> tuple[StoredMessage | None, Room | None]:
    stored = message_store().get_many([message_id]).get(message_id)
    return stored, _enter(conversation_of(message_id)) if stored else None


def _enter(conversation_id: int) -> Room | None:
    """The conversation, as long as it is hidden from nobody in it.

    A block hides it from both, so one member is asked; who is shut out hides it from the other.
    """
    conversation = message_store().load([conversation_id]).get(conversation_id)
    if conversation is None:
        return None
    ids = conversation.member_ids
    viewer = access.viewer(ids[0])
    cards, _ = trip(users.cards.read(ids), viewer.relations.read_apart())
    if access.messages.hidden_among(viewer, ids):
        return None
    if access.messages.shut_out_among([one for one in ids if one not in cards]):
        return None
    return Room(conversation=conversation, names=people.names_of(ids, cards))
