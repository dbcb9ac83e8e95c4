"""Conversations as one of their members sees them: listed, opened, accepted, deleted.

A conversation is accepted by who wrote in it, follows the other, or accepted it; that stays so.
Until then it is a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pigeon.domain.errors import Conflict, NotFound
from pigeon.domain.events import AcquaintanceChanged, ConversationChanged
from pigeon.domain.messages import Chat, Message, pair_key, seq_of
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.presence import Presence
from pigeon.domain.users import UserRow
from pigeon.services import access, presence
from pigeon.services.access.messages import Terms
from pigeon.services.access.viewers import Viewer
from pigeon.services.messages import hydration, people, unread
from pigeon.stores.messages import Conversation, Listed, Member
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import publish

BOXES = ("inbox", "requests")
LOOKED_AT = 50
"""Conversations of one look into a box: some of them may be hidden."""
NEW = Member(user_id=0, is_accepted=False, read_seq=0, cleared_seq=0)
"""Somebody's part in a conversation in which nobody has written yet."""


# -- one -------------------------------------------------------------------------------------------


def find(username: str, viewer: Viewer) -> tuple[int, Conversation | None]:
    """The partner, and the conversation once there is one; NotFound for whom the viewer misses."""
    partner_id = people.find_partner(username, viewer)
    if partner_id == viewer.id:
        raise NotFound
    return partner_id, message_store().find(pair_key(viewer.id or 0, partner_id))


def get(viewer_id: int, username: str) -> Chat:
    """The conversation with somebody, also before its first message."""
    viewer = access.viewer(viewer_id)
    partner_id, conversation = find(username, viewer)
    return _chat(viewer, partner_id, conversation)


def _chat(viewer: Viewer, partner_id: int, conversation: Conversation | None) -> Chat:
    if conversation is None:
        conversation = _before_the_first(viewer.id or 0, partner_id)
        found = [Listed(conversation=conversation, rank=0, last_message=None)]
    else:
        last = message_store().before(conversation.id, None, 1)
        found = [Listed(conversation=conversation, rank=0, last_message=last[0] if last else None)]
    chats = _chats(found, viewer)
    if not chats:
        raise NotFound
    return chats[0]


def _before_the_first(viewer_id: int, partner_id: int) -> Conversation:
    members = tuple(
        Member(user_id=one, is_accepted=False, read_seq=0, cleared_seq=0)
        for one in sorted((viewer_id, partner_id))
    )
    return Conversation(id=0, key=pair_key(viewer_id, partner_id), last_seq=0, members=members)


# -- lists -----------------------------------------------------------------------------------------


def list_of(viewer_id: int, box: str, request: PageRequest) -> Page[Chat]:
    """Conversations by their last message, newest first."""
    viewer = access.viewer(viewer_id)
    found: list[Listed] = []
    for batch in _batches(viewer_id, box, request.before):
        shown = _met(batch, viewer)
        found += shown
        if len(found) > request.limit:
            break
    return cut(found, request, lambda one: one.rank).map(lambda some: _chats(some, viewer))


def _batches(viewer_id: int, box: str, before: int | None) -> Iterator[list[Listed]]:
    is_inbox = box == BOXES[0]
    while True:
        batch = message_store().list_of(
            viewer_id, accepted=is_inbox, before=before, limit=LOOKED_AT + 1
        )
        yield batch
        if len(batch) <= LOOKED_AT:
            return
        before = batch[-1].rank


def _met(listed: Sequence[Listed], viewer: Viewer) -> list[Listed]:
    """Without conversations with somebody whom the viewer must not meet."""
    partners = {one.rank: people.partner_id(one.conversation, viewer.id or 0) for one in listed}
    shown = people.rows(set(partners.values()), viewer)
    return [one for one in listed if partners[one.rank] in shown]


def count_requests(viewer_id: int) -> int:
    """Conversations that wait to be accepted, as far as one look goes."""
    viewer = access.viewer(viewer_id)
    return len(_met(next(_batches(viewer_id, BOXES[1], None)), viewer))


# -- as the viewer sees them -----------------------------------------------------------------------


def _chats(found: Sequence[Listed], viewer: Viewer) -> list[Chat]:
    """In the order given; those with somebody whom the viewer must not meet are left out."""
    mine = viewer.id or 0
    partners = {one.conversation.id: people.partner_id(one.conversation, mine) for one in found}
    rows = people.rows(set(partners.values()), viewer)
    terms = access.messages.terms_of({mine, *rows})
    unread_in = message_store().unread_of(mine, [one for one in partners if one])
    last, known = _last_messages(found, viewer), presence.of(rows, viewer)
    return [
        _of(one.conversation, viewer, rows[partner], terms, unread_in, last, known)
        for one in found
        if (partner := partners[one.conversation.id]) in rows
    ]


def _last_messages(found: Sequence[Listed], viewer: Viewer) -> dict[int, Message]:
    stored = {
        one.last_message.id: one.conversation
        for one in found
        if one.last_message is not None
        and seq_of(one.last_message.id) > _part(one.conversation, viewer).cleared_seq
    }
    wanted = [
        one.last_message for one in found if one.last_message and one.last_message.id in stored
    ]
    messages = hydration.messages_of(wanted, stored, viewer)
    return {stored[int(message.id)].id: message for message in messages}


def _part(conversation: Conversation, viewer: Viewer) -> Member:
    return conversation.member(viewer.id or 0) or NEW


def _of(
    conversation: Conversation,
    viewer: Viewer,
    row: UserRow,
    terms: dict[int, Terms],
    unread_in: dict[int, int],
    last: dict[int, Message],
    known: dict[int, Presence],
) -> Chat:
    mine, theirs = _part(conversation, viewer), conversation.member(int(row.id)) or NEW
    follows_me = row.viewer is not None and row.viewer.follows_me
    request = request_of(conversation, row, mine, theirs)
    partner = terms.get(int(row.id))
    shows_receipts = access.messages.shows_receipts(
        terms.get(viewer.id or 0), partner, has_accepted=request != "outgoing"
    )
    return Chat(
        id=conversation.key,
        partner=row,
        presence=known.get(int(row.id)) or Presence(username=row.username),
        last_message=last.get(conversation.id),
        unread_count=unread_in.get(conversation.id, 0) if partner is not None else 0,
        read_up_to=mine.read_seq,
        their_read_up_to=theirs.read_seq if shows_receipts else None,
        request=request,
        is_muted=int(row.id) in viewer.relations.apart.chat,
        may_send=access.messages.may_write(
            partner, follows_me=follows_me, is_accepted=theirs.is_accepted
        ),
    )


def request_of(conversation: Conversation, row: UserRow, mine: Member, theirs: Member) -> str:
    """Whether one side waits for the other; nobody does before the first message."""
    if conversation.last_seq == 0 or people.is_deleted_name(row.username):
        return "none"
    follows_me, follow = (row.viewer.follows_me, row.viewer.follow) if row.viewer else (False, "")
    if not (mine.is_accepted or follow == "following"):
        return "incoming"
    return "none" if theirs.is_accepted or follows_me else "outgoing"


# -- changes ---------------------------------------------------------------------------------------


def accept(username: str, *, by: int) -> Chat:
    """Let somebody write who asked to; again is fine. Their receipts begin to show."""
    conversation = _get_begun(username, by)
    message_store().accept(conversation.id, by)
    _tell_change(conversation, by)
    return get(by, username)


def delete(username: str, *, by: int) -> None:
    """Hide what there is from oneself, and decline a request; a later message opens it again."""
    _, conversation = find(username, access.viewer(by))
    if conversation is None:
        return
    message_store().clear(conversation.id, by)
    unread.evict(by)
    _tell_change(conversation, by)


def accept_followed(follower_id: int, followee_id: int) -> None:
    """Whom somebody follows may write to them: what waited as a request moves to the inbox."""
    conversation = message_store().find(pair_key(follower_id, followee_id))
    part = conversation.member(follower_id) if conversation is not None else None
    if conversation is not None and part is not None and not part.is_accepted:
        message_store().accept(conversation.id, follower_id)
        _tell_change(conversation, follower_id)


def _tell_change(conversation: Conversation, user_id: int) -> None:
    publish(ConversationChanged(conversation_id=conversation.id, user_id=user_id))
    publish(AcquaintanceChanged(member_ids=conversation.member_ids))


def _get_begun(username: str, by: int) -> Conversation:
    """A conversation with a first message, without which there is nothing to accept; NotFound."""
    _, conversation = find(username, access.viewer(by))
    if conversation is None or conversation.last_seq == 0:
        raise NotFound
    return conversation


def check_is_other(user_id: int, *, by: int) -> None:
    """Conflict `self`: nobody writes to themselves."""
    if user_id == by:
        raise Conflict("self")
