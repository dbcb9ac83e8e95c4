"""Messages in MongoDB, without transactions.

Each step of a change leaves what the next reader can finish (`messages_mongo_sending`). Whoever
reads members has finished first what concerns them, so no reader sees a change by half. A page is
asked for by the ids that it must have, for numbers are dense.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from pigeon.domain.errors import NotFound, Unavailable
from pigeon.domain.messages import SEQ_MAX, conversation_of, message_id, seq_of
from pigeon.stores import messages_mongo_conversations as conversations
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores import messages_mongo_sending as sending
from pigeon.stores.messages import (
    CONVERSATION_MAX,
    ID_MAX,
    Conversation,
    Draft,
    Listed,
    StoredMessage,
    known,
)
from pigeon.stores.messages_mongo_documents import Document, member_id
from pigeon.stores.messages_mongo_link import Check, Link, Links, reaching, take

AT_ONCE = 256
"""Ids of one trip."""
AHEAD = 8
"""So many numbers after the last that members know of are looked at for newer messages."""
COUNTED_BY_ID = 64
"""So many that may be unread in a conversation are counted by their ids, with those of others."""


class MongoMessages:
    """The home of messages on a server of MongoDB; `check` says whether this one may be used."""

    def __init__(self, url: str, check: Check = take) -> None:
        self._links = Links(url, check)

    @property
    def link(self) -> Link:
        return self._links.get()

    def close(self) -> None:
        """What this process has open."""
        self._links.close()

    def problems(self) -> list[str]:
        """What keeps it from its work now, a sentence each."""
        try:
            self.link.probe()
        except PyMongoError:
            return ["MongoDB does not answer: messages are refused"]
        except Unavailable as error:
            return [error.reason]
        return []

    # -- conversations -----------------------------------------------------------------------------

    @reaching()
    def open(self, key: str, member_ids: Collection[int]) -> Conversation:
        users = sorted(set(member_ids))
        return conversations.find(self.link, key) or conversations.make(self.link, key, users)

    @reaching()
    def find(self, key: str) -> Conversation | None:
        return conversations.find(self.link, key)

    @reaching()
    def find_many(self, keys: Collection[str]) -> dict[str, Conversation]:
        return conversations.find_many(self.link, keys)

    @reaching()
    def load(self, conversation_ids: Collection[int]) -> dict[int, Conversation]:
        return conversations.load(self.link, conversation_ids)

    # -- messages ----------------------------------------------------------------------------------

    @reaching(again=False)
    def append(self, conversation_id: int, draft: Draft) -> tuple[StoredMessage, bool]:
        return sending.append(self.link, conversation_id, draft)

    @reaching()
    def find_sent(self, sender_id: int, client_msg_id: str) -> StoredMessage | None:
        key = {"sender_id": sender_id, "client_msg_id": client_msg_id}
        found = self.link.messages.find_one(key)
        return documents.message(found) if found else None

    @reaching()
    def get_many(self, message_ids: Collection[int]) -> dict[int, StoredMessage]:
        return {found.id: found for found in self._of_ids(known(message_ids, ID_MAX))}

    @reaching()
    def before(self, conversation_id: int, seq: int | None, limit: int) -> list[StoredMessage]:
        """In one trip where a message has the number below `seq`, else behind the last number."""
        if not 0 < conversation_id <= CONVERSATION_MAX:
            return []
        if seq is None or seq > SEQ_MAX:
            return self._newest(conversation_id, SEQ_MAX, limit)
        page = self._down_from(conversation_id, seq - 1, limit)
        is_whole = bool(page) and seq_of(page[0].id) == seq - 1
        return page if is_whole else self._newest(conversation_id, seq, limit)

    def _newest(self, chat_id: int, below: int, limit: int) -> list[StoredMessage]:
        top = self._last(chat_id)
        while True:
            top = min(below - 1, top + AHEAD)
            page = self._down_from(chat_id, top, limit + AHEAD)
            if not page or seq_of(page[0].id) < top or top == below - 1:
                return page[:limit]

    def _down_from(self, chat_id: int, top: int, limit: int) -> list[StoredMessage]:
        numbers = range(top, max(0, top - limit), -1)
        return self._of_ids([message_id(chat_id, one) for one in numbers])[::-1]

    def _last(self, chat_id: int) -> int:
        return documents.last_of(self.link.members.find({"chat_id": chat_id}, {"last_seq": 1}))

    @reaching()
    def since(self, conversation_id: int, seq: int, limit: int) -> list[StoredMessage]:
        if not 0 < conversation_id <= CONVERSATION_MAX:
            return []
        first = max(0, min(seq, SEQ_MAX)) + 1
        numbers = range(first, min(first + limit, SEQ_MAX + 1))
        return self._of_ids([message_id(conversation_id, one) for one in numbers])

    def _of_ids(self, ids: list[int]) -> list[StoredMessage]:
        """In the order of their ids."""
        found = [
            documents.message(one)
            for some in _parts(sorted(ids))
            for one in self.link.messages.find({"_id": {"$in": some}})
        ]
        return sorted(found, key=lambda one: one.id)

    @reaching()
    def unsend(self, message_id: int) -> None:
        self._make_stubs(known([message_id], ID_MAX))

    @reaching()
    def erase_sent(self, sender_id: int, limit: int) -> Sequence[int]:
        theirs = {"sender_id": sender_id, "is_deleted": False}
        ids = [one["_id"] for one in self.link.everything.find(theirs, {"_id": 1}).limit(limit)]
        self._make_stubs(ids)
        return sorted({conversation_of(found) for found in ids})

    def _make_stubs(self, ids: list[int]) -> None:
        if ids:
            self.link.messages.update_many({"_id": {"$in": ids}}, {"$set": documents.STUB})

    # -- members -----------------------------------------------------------------------------------

    @reaching()
    def read(self, conversation_id: int, user_id: int, up_to: int) -> int:
        """In one trip, but where `up_to` is more than the member is told of."""
        cursor = self._move(conversation_id, user_id, min(up_to, SEQ_MAX))
        if cursor is None:
            cursor = self._move(conversation_id, user_id, self._told(conversation_id, user_id))
        if cursor is None:
            raise NotFound
        return cursor

    def _move(self, chat_id: int, user_id: int, up_to: int | None) -> int | None:
        if up_to is None:
            return None
        mine = {"_id": member_id(chat_id, user_id), "last_seq": {"$gte": up_to}}
        change = {"$max": {"read_seq": up_to}}
        after = ReturnDocument.AFTER
        found = self.link.members.find_one_and_update(mine, change, return_document=after)
        return int(found["read_seq"]) if found else None

    def _told(self, chat_id: int, user_id: int) -> int | None:
        """The last number, of which this member is told, too; None for no member."""
        chat = conversations.load(self.link, [chat_id]).get(chat_id)
        if chat is None or chat.member(user_id) is None:
            return None
        mine = {"_id": member_id(chat_id, user_id)}
        self.link.members.update_one(mine, {"$max": {"last_seq": chat.last_seq}})
        return chat.last_seq

    @reaching()
    def accept(self, conversation_id: int, user_id: int) -> None:
        mine = {"_id": member_id(conversation_id, user_id)}
        self.link.members.update_one(mine, {"$set": {"is_accepted": True}})

    @reaching()
    def clear(self, conversation_id: int, user_id: int) -> None:
        last = self._told(conversation_id, user_id)
        if last is not None:
            mine = {"_id": member_id(conversation_id, user_id)}
            self.link.members.update_one(mine, {"$max": {"cleared_seq": last, "read_seq": last}})

    @reaching()
    def list_of(
        self, user_id: int, *, accepted: bool, before: int | None, limit: int
    ) -> list[Listed]:
        sending.finish(self.link, user_id=user_id)
        below = ID_MAX if before is None else min(before, ID_MAX)
        mine = list(islice(self._shown(user_id, accepted, below, limit), limit))
        found = conversations.load(self.link, [one["chat_id"] for one in mine])
        last = {
            conversation_of(one.id): one
            for one in self._of_ids([message_id(chat.id, chat.last_seq) for chat in found.values()])
        }
        return [
            Listed(
                conversation=found[one["chat_id"]],
                rank=one["rank"],
                last_message=last.get(one["chat_id"]),
            )
            for one in mine
        ]

    def _shown(self, user_id: int, accepted: bool, below: int, limit: int) -> Iterator[Document]:
        """What was said since it was cleared, newest first, page by page."""
        while True:
            mine = {"user_id": user_id, "is_accepted": accepted, "rank": {"$lt": below}}
            page = list(self.link.members.find(mine).sort("rank", -1).limit(limit))
            yield from (one for one in page if one["last_seq"] > one["cleared_seq"])
            if len(page) < limit:
                return
            below = page[-1]["rank"]

    @reaching()
    def unread_of(
        self, user_id: int, conversation_ids: Collection[int] | None = None
    ) -> dict[int, int]:
        sending.finish(self.link, user_id=user_id)
        cursors = {one["chat_id"]: one for one in self._mine(user_id, conversation_ids)}
        counts = dict.fromkeys(conversation_ids or (), 0) | dict.fromkeys(cursors, 0)
        few: list[int] = []
        for chat_id, one in cursors.items():
            first = max(one["read_seq"], one["cleared_seq"]) + 1
            ids = range(message_id(chat_id, first), message_id(chat_id, one["last_seq"] + 1))
            if len(ids) > COUNTED_BY_ID:
                counts[chat_id] = self._count(user_id, {"$gte": ids[0], "$lte": ids[-1]})
            else:
                few.extend(ids)
        for some in _parts(few):
            for found in self.link.messages.find(_of_others(user_id, {"$in": some}), {"_id": 1}):
                counts[conversation_of(found["_id"])] += 1
        return counts

    def _mine(self, user_id: int, conversation_ids: Collection[int] | None) -> Iterable[Document]:
        mine: Document = {"user_id": user_id}
        if conversation_ids is not None:
            ids = known(conversation_ids, CONVERSATION_MAX)
            mine = {"_id": {"$in": [member_id(chat, user_id) for chat in ids]}}
        return self.link.members.find(mine)

    def _count(self, user_id: int, ids: Document) -> int:
        return self.link.messages.count_documents(_of_others(user_id, ids))


def _of_others(user_id: int, ids: Document) -> Document:
    return {"_id": ids, "sender_id": {"$ne": user_id}, "is_deleted": False}


def _parts(ids: list[Any]) -> Iterator[list[Any]]:
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some
