"""What the demo's people wrote to each other, some of it unread: with times in the past.

Stored by the home of messages, whichever it is. What is there already is not stored twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from pigeon.demo.conversations import DemoConversation, list_conversations
from pigeon.demo.discussions import Place
from pigeon.demo.people import FOLLOWS, POSTS
from pigeon.domain.clock import utc_now
from pigeon.domain.messages import pair_key, seq_of
from pigeon.extensions import db
from pigeon.models import PostModel, UserModel
from pigeon.services.messages import hydration, unread
from pigeon.stores.messages import Draft
from pigeon.stores.messages_urls import message_store


def is_missing() -> bool:
    """Whether the conversation that ended last is not there, or not whole."""
    newest = list_conversations()[-1]
    people = _people(newest.usernames)
    if len(people) < len(newest.usernames):
        return True
    found = message_store().find(pair_key(*people.values()))
    return found is None or found.last_seq < len(newest.messages)


def fill() -> None:
    """Let everybody write; the people and posts of the demo are there."""
    conversations = list_conversations()
    people = _people({name for one in conversations for name in one.usernames})
    posts = _posts(people)
    for one in conversations:
        _write(one, people, posts)
    unread.evict(*people.values())


def _people(names: set[str] | tuple[str, ...]) -> dict[str, int]:
    rows = db.session.execute(
        select(UserModel.username, UserModel.id).where(UserModel.username.in_(names))
    )
    return {row[0]: row[1] for row in rows}


def _posts(people: Mapping[str, int]) -> dict[Place, int]:
    """Ids of the posts by their places."""
    captions = {(people[post.username], post.caption): post for post in POSTS}
    found = db.session.scalars(select(PostModel).where(PostModel.author_id.in_(people.values())))
    return {
        (post.username, post.hours_ago): row.id
        for row in found
        if (post := captions.get((row.author_id, row.caption))) is not None
    }


def _write(
    conversation: DemoConversation, people: Mapping[str, int], posts: Mapping[Place, int]
) -> None:
    ids = [people[name] for name in conversation.usernames]
    key = pair_key(*ids)
    number = message_store().open(key, ids).id
    for said in conversation.messages:
        sender, other = said.username, conversation.other(said.username)
        accepted = {people[name] for name in (sender, other) if _accepts(name, sender)}
        draft = Draft(
            sender_id=people[sender],
            client_msg_id=f"demo-{key}-{said.number}",
            sent_us=hydration.microseconds_of(utc_now() - timedelta(hours=said.hours_ago)),
            text=said.text,
            post_id=posts.get(said.post) if said.post else None,
            accepted_by=frozenset(accepted),
        )
        stored, _ = message_store().append(number, draft)
        if said.is_unsent:
            message_store().unsend(stored.id)
        if not said.is_unread:
            message_store().read(number, people[other], seq_of(stored.id))


def _accepts(name: str, sender: str) -> bool:
    return name == sender or (name, sender) in FOLLOWS
