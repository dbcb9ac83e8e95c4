"""The members of conversations in MongoDB, all of them, whatever died while they were made.

A conversation says who is in it, and each member how many they are. So who reads members sees
whether one is missing, and makes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from pigeon.domain.errors import NotFound
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages_mongo_documents import Document
from pigeon.stores.messages_mongo_link import Link


def get_members(link: Link, chat_id: int) -> list[Document]:
    """Of one conversation; NotFound where there is none."""
    found = next(iter(list_members(link, [chat_id])), None)
    if found is None:
        raise NotFound
    return found


def list_members(link: Link, chat_ids: Collection[int]) -> Iterator[list[Document]]:
    """Of each conversation, in the order of their users; an unknown one is left out."""
    lacking = set(chat_ids)
    of_these = {"chat_id": {"$in": sorted(lacking)}}
    for members in documents.by_chat(link.members.find(of_these)):
        if len(members) == members[0]["among"]:
            lacking.remove(members[0]["chat_id"])
            yield members
    if lacking:
        for chat in link.conversations.find({"_id": {"$in": sorted(lacking)}}):
            yield _completed(link, chat)


def _completed(link: Link, chat: Document) -> list[Document]:
    for member in documents.new_members(chat):
        with suppress(DuplicateKeyError):
            link.members.insert_one(member)
    return next(documents.by_chat(link.members.find({"chat_id": chat["_id"]})))
