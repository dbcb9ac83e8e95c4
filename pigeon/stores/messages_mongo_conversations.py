"""How a conversation comes into MongoDB, and how it is found there."""

from __future__ import annotations

from collections.abc import Collection

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from pigeon.crash_points import crash_point
from pigeon.domain.errors import Unavailable
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages import CONVERSATION_MAX, Conversation, known
from pigeon.stores.messages_mongo_link import Link
from pigeon.stores.messages_mongo_members import list_members
from pigeon.stores.messages_mongo_sending import finish

ATTEMPTS = 64


def find(link: Link, key: str) -> Conversation | None:
    chat = link.conversations.find_one({"key": key})
    return load(link, [chat["_id"]]).get(chat["_id"]) if chat else None


def find_many(link: Link, keys: Collection[str]) -> dict[str, Conversation]:
    chats = link.conversations.find({"key": {"$in": sorted(keys)}}, {"_id": 1}) if keys else ()
    return {one.key: one for one in load(link, [chat["_id"] for chat in chats]).values()}


def load(link: Link, chat_ids: Collection[int]) -> dict[int, Conversation]:
    ids = known(chat_ids, CONVERSATION_MAX)
    if not ids:
        return {}
    finish(link, chat_ids=ids)
    found = (documents.conversation(members) for members in list_members(link, ids))
    return {one.id: one for one in found}


def make(link: Link, key: str, user_ids: list[int]) -> Conversation:
    """Under a number that nobody had; there may be gaps between those of conversations."""
    for _ in range(ATTEMPTS):
        number = _next_number(link)
        try:
            link.conversations.insert_one(documents.new_conversation(number, key, user_ids))
        except DuplicateKeyError:
            _count_what_is_there(link)
        crash_point("conversation.inserted")
        if found := find(link, key):
            return found
    raise Unavailable(reason="no number is free for a conversation")


def _next_number(link: Link) -> int:
    """Of a counter that may be behind: who meets a number that is taken moves it forward."""
    after, change = ReturnDocument.AFTER, {"$inc": {"last": 1}}
    found = link.counters.find_one_and_update(documents.COUNTER, change, return_document=after)
    if found is None:
        link.make_counter()
        return _next_number(link)
    return int(found["last"])


def _count_what_is_there(link: Link) -> None:
    for chat in link.conversations.find({}, {"_id": 1}).sort("_id", -1).limit(1):
        link.counters.update_one(documents.COUNTER, {"$max": {"last": chat["_id"]}})
