"""The documents that MongoDB keeps of messages, and what they stand for.

    conversations   {_id, key, user_ids}
    members         {_id: "conversation:user", chat_id, user_id, key, among,
                     is_accepted, read_seq, cleared_seq, last_seq, rank}
    messages        {_id: conversation << 32 | number, sender_id, client_msg_id, sent_us, text,
                     media_id, post_id, story_id, is_reaction, is_deleted}, and until its members
                    are told {untold: 1, accepting: [user], reads}
    counters        {_id: "conversations", last}

Messages of releases that knew no stories have neither `story_id` nor `is_reaction`.
Fields are plain numbers and texts: whatever speaks MongoDB's wire can keep and compare those.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from pymongo import UpdateMany, UpdateOne

from pigeon.domain.messages import conversation_of, seq_of
from pigeon.stores.messages import Conversation, Draft, Member, StoredMessage, rank_of

Document = dict[str, Any]

STUB = {
    "text": "",
    "media_id": None,
    "post_id": None,
    "story_id": None,
    "is_reaction": False,
    "is_deleted": True,
}
COUNTER = {"_id": "conversations"}
TOLD = {"$unset": {"untold": "", "accepting": "", "reads": ""}}


def member_id(chat_id: int, user_id: int) -> str:
    return f"{chat_id}:{user_id}"


# -- conversations ---------------------------------------------------------------------------------


def new_conversation(chat_id: int, key: str, user_ids: Collection[int]) -> Document:
    return {"_id": chat_id, "key": key, "user_ids": sorted(user_ids)}


def new_members(chat: Document) -> list[Document]:
    """Of a conversation that nothing is said in; `among` is how many there are of them."""
    return [
        {
            "_id": member_id(chat["_id"], user_id),
            "chat_id": chat["_id"],
            "user_id": user_id,
            "key": chat["key"],
            "among": len(chat["user_ids"]),
            "is_accepted": False,
            "read_seq": 0,
            "cleared_seq": 0,
            "last_seq": 0,
            "rank": 0,
        }
        for user_id in chat["user_ids"]
    ]


def by_chat(members: Iterable[Document]) -> Iterator[list[Document]]:
    """The members of each conversation, in their order."""
    in_order = sorted(members, key=itemgetter("chat_id", "user_id"))
    return (list(some) for _, some in groupby(in_order, itemgetter("chat_id")))


def conversation(members: list[Document]) -> Conversation:
    """From all of its members, in the order of their users."""
    return Conversation(
        id=members[0]["chat_id"],
        key=members[0]["key"],
        last_seq=last_of(members),
        members=tuple(_member(one) for one in members),
    )


def _member(one: Document) -> Member:
    return Member(
        user_id=one["user_id"],
        is_accepted=one["is_accepted"],
        read_seq=one["read_seq"],
        cleared_seq=one["cleared_seq"],
    )


def last_of(members: Iterable[Document]) -> int:
    """The last number that any of them was told of."""
    return max((one["last_seq"] for one in members), default=0)


# -- messages --------------------------------------------------------------------------------------


def new_message(at: int, draft: Draft) -> Document:
    """With what its members are to be told."""
    stored = StoredMessage(
        id=at,
        sender_id=draft.sender_id,
        client_msg_id=draft.client_msg_id,
        sent_us=draft.sent_us,
        text=draft.text,
        media_id=draft.media_id,
        post_id=draft.post_id,
        story_id=draft.story_id,
        is_reaction=draft.is_reaction,
        is_deleted=False,
    )
    telling = {"untold": 1, "accepting": sorted(draft.accepted_by), "reads": draft.reads}
    return told_message(stored) | telling


def told_message(stored: StoredMessage) -> Document:
    """Of which its members know."""
    document = dict(vars(stored))
    document["_id"] = document.pop("id")
    return document


def message(document: Document) -> StoredMessage:
    return StoredMessage(
        id=document["_id"],
        sender_id=document["sender_id"],
        client_msg_id=document["client_msg_id"],
        sent_us=document["sent_us"],
        text=document["text"],
        media_id=document["media_id"],
        post_id=document["post_id"],
        story_id=document.get("story_id"),
        is_reaction=document.get("is_reaction", False),
        is_deleted=document["is_deleted"],
    )


def telling(document: Document) -> list[UpdateOne | UpdateMany]:
    """What its members are told of a message. All of it only grows, so again or late is fine."""
    chat_id, seq = conversation_of(document["_id"]), seq_of(document["_id"])
    last = {"last_seq": seq, "rank": rank_of(document["sent_us"], chat_id)}
    accepting = [member_id(chat_id, user_id) for user_id in document["accepting"]]
    updates: list[UpdateOne | UpdateMany] = [UpdateMany({"chat_id": chat_id}, {"$max": last})]
    if document["reads"]:
        mine = {"_id": member_id(chat_id, document["sender_id"])}
        updates.append(UpdateOne(mine, {"$max": {"read_seq": seq}}))
    if accepting:
        updates.append(UpdateMany({"_id": {"$in": accepting}}, {"$set": {"is_accepted": True}}))
    return updates
