"""How a message comes into MongoDB, and how what a sender left undone is finished.

The insert of a message takes its number: its `_id` is the number after the last that its members
know, or that this process wrote a moment ago. Nobody else can have it: who comes second is refused,
looks whether it is the same message, and else looks further. So numbers are dense, and come only
from what is stored.

The insert also says that the message is `untold`. Then its members are told, and then the word
goes. A sender that dies in between leaves the word, and whoever reads members tells them first.
Only the insert waits for the journals of a majority. What follows may be lost with a server, but
never the telling without the word's going: a server keeps writes in their order.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable

from pymongo.errors import DuplicateKeyError

from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Unavailable
from pigeon.domain.messages import conversation_of, message_id
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages import Draft, StoredMessage
from pigeon.stores.messages_mongo_documents import Document, member_id
from pigeon.stores.messages_mongo_link import Link
from pigeon.stores.messages_mongo_members import get_members

LOOKED_AT_ONCE = 32
ATTEMPTS = 64
COMMITTED_WITHIN_S = 2.0
PAUSE_S = 0.01
LEFT_BEHIND_S = 10.0
"""What is untold for so long has no sender any more: whoever comes by tells it."""


# -- sending ---------------------------------------------------------------------------------------


def append(link: Link, chat_id: int, draft: Draft) -> tuple[StoredMessage, bool]:
    with link.writing_in(chat_id):
        document, is_new = _stored(link, chat_id, draft)
    if "untold" in document:
        tell(link, [document])
    return documents.message(document), is_new


def _stored(link: Link, chat_id: int, draft: Draft) -> tuple[Document, bool]:
    number = (link.written.find(chat_id) or _last_told(link, chat_id)) + 1
    for _ in range(ATTEMPTS):
        document = documents.new_message(message_id(chat_id, number), draft)
        try:
            link.messages.insert_one(document)
        except DuplicateKeyError:
            if same := _find_same(link, draft):
                return same, False
            number = _next_free(link, chat_id, number)
        else:
            crash_point("message.inserted")
            link.written.note(chat_id, number)
            return document, True
    raise Unavailable(reason="too many write to one conversation at once")


def _next_free(link: Link, chat_id: int, number: int) -> int:
    """The first number from this one on that no message has, also none under way."""
    while True:
        some = [message_id(chat_id, one) for one in range(number, number + LOOKED_AT_ONCE)]
        found = link.everything.find({"_id": {"$in": some}}, {"_id": 1})
        taken = {one["_id"] for one in found}
        for place, at in enumerate(some):
            if at not in taken:
                return number + place
        number = max(number + LOOKED_AT_ONCE, _last_told(link, chat_id) + 1)


def _last_told(link: Link, chat_id: int) -> int:
    return documents.last_of(get_members(link, chat_id))


def _find_same(link: Link, draft: Draft) -> Document | None:
    """The message with this key, once it is as safe as what its first sender waits for."""
    key = {"sender_id": draft.sender_id, "client_msg_id": draft.client_msg_id}
    until = time.monotonic() + COMMITTED_WITHIN_S
    while link.everything.find_one(key, {"_id": 1}):
        if found := link.messages.find_one(key):
            return found
        if time.monotonic() > until:
            raise Unavailable(reason="the majority does not have a message yet")
        time.sleep(PAUSE_S)
    return None


def tell(link: Link, messages: Collection[Document]) -> None:
    """Tell the members of what they are not told yet, then take the word for that away."""
    updates = [one for message in messages for one in documents.telling(message)]
    link.told_members.bulk_write(updates)
    crash_point("message.told")
    some = [message["_id"] for message in messages]
    link.told_messages.update_many({"_id": {"$in": some}}, documents.TOLD)


# -- what was left undone --------------------------------------------------------------------------


def finish(
    link: Link, *, chat_ids: Collection[int] | None = None, user_id: int | None = None
) -> None:
    """Tell what is untold in these conversations, or in those of a person.

    Only what a majority has: its members must never know of a number that vanishes.
    """
    left = list(link.messages.find({"untold": 1}))
    if not left:
        return
    concerned = set(chat_ids or ()) or _chats_of(link, user_id, left)
    before_us = int((utc_now().timestamp() - LEFT_BEHIND_S) * 1_000_000)
    mine = [
        one
        for one in left
        if conversation_of(one["_id"]) in concerned or one["sent_us"] < before_us
    ]
    if mine:
        tell(link, mine)


def _chats_of(link: Link, user_id: int | None, left: Iterable[Document]) -> set[int]:
    chats = {conversation_of(one["_id"]) for one in left}
    mine = [member_id(chat, user_id or 0) for chat in chats]
    found = link.members.find({"_id": {"$in": mine}}, {"chat_id": 1})
    return {one["chat_id"] for one in found}
