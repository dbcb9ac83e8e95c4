"""Messages in SQL as the documents of MongoDB, piece by piece, for a home that they move to.

Ids, numbers, cursors, ranks and stubs stay what they are. A piece begins after a cursor, which is
an id, so what was copied up to one need not be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores import messages_statements as statements
from pigeon.stores.messages_mongo_documents import Document

_conversation, _member = statements.CONVERSATIONS.c, statements.MEMBERS.c
_message = statements.MESSAGES.c
TABLES = {
    "conversations": statements.CONVERSATIONS,
    "members": statements.MEMBERS,
    "messages": statements.MESSAGES,
}
_OWN = ("is_accepted", "read_seq", "cleared_seq", "last_seq", "rank")
"""What a member's row has of its own."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Documents by their collection, and the cursor that the next piece begins after."""

    documents: Mapping[str, Sequence[Document]]
    cursor: int


Read = Callable[[int, int], Piece | None]
"""The piece after a cursor, of so many; None when there is nothing more."""


def counts() -> dict[str, int]:
    """How many there are, by collection."""
    return {name: _scalar(select(func.count()).select_from(t)) for name, t in TABLES.items()}


def known(name: str, ids: Collection[Any]) -> set[Any]:
    """Of these ids of documents, those that there are."""
    if name == "members":
        chats = {int(one.partition(":")[0]) for one in ids}
        rows = _rows(select(statements.MEMBERS).where(_member.conversation_id.in_(chats)))
        return {documents.member_id(row["conversation_id"], row["user_id"]) for row in rows}
    own = TABLES[name].c.id
    return {row["id"] for row in _rows(select(own).where(own.in_(ids)))}


def last_conversation_id() -> int:
    return _scalar(select(func.max(_conversation.id)))


def conversations(after: int, limit: int) -> Piece | None:
    """Conversations with their members."""
    chats = _rows(
        select(_conversation.id, _conversation.key)
        .where(_conversation.id > after)
        .order_by(_conversation.id)
        .limit(limit)
    )
    if not chats:
        return None
    cursor = chats[-1]["id"]
    rows = _rows(
        select(statements.MEMBERS)
        .where(_member.conversation_id > after, _member.conversation_id <= cursor)
        .order_by(_member.conversation_id, _member.user_id)
    )
    grouped = groupby(rows, itemgetter("conversation_id"))
    members = {chat_id: list(some) for chat_id, some in grouped}
    made = [_chat(chat, members.get(chat["id"], [])) for chat in chats]
    found = {
        "conversations": [chat for chat, _ in made],
        "members": [one for _, some in made for one in some],
    }
    return Piece(documents=found, cursor=cursor)


def messages(after: int, limit: int) -> Piece | None:
    """Messages, all members told of them."""
    rows = _rows(
        select(statements.MESSAGES).where(_message.id > after).order_by(_message.id).limit(limit)
    )
    if not rows:
        return None
    found = [{"_id": row.pop("id"), **row} for row in rows]
    return Piece(documents={"messages": found}, cursor=found[-1]["_id"])


STREAMS: dict[str, Read] = {"conversations": conversations, "messages": messages}


def _chat(row: Document, members: list[Document]) -> tuple[Document, list[Document]]:
    user_ids = [one["user_id"] for one in members]
    chat: Document = {"_id": row["id"], "key": row["key"], "user_ids": user_ids}
    made = documents.new_members(chat)
    return chat, [
        new | {name: old[name] for name in _OWN} for new, old in zip(made, members, strict=True)
    ]


def _rows(statement: Any) -> list[Document]:
    """In a transaction of its own, for the next piece is asked for much later."""
    found = [dict(row) for row in db.session.execute(statement).mappings()]
    db.session.rollback()
    return found


def _scalar(statement: Any) -> int:
    found = db.session.scalar(statement)
    db.session.rollback()
    return int(found or 0)
