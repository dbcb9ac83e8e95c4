"""Every reader asks for access: who is hidden from a viewer is hidden in all that they read.

Hidden by a block of either side, by suspension, and for what only followers see by being private.
What was read before is in the caches then, so each is read twice: with what they hold, and without.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.cache.trips import trip
from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.domain.messages import pair_key
from pigeon.domain.page import PageRequest
from pigeon.domain.users import UserHit
from pigeon.extensions import cache, db
from pigeon.models import MediaModel, PublicationModel
from pigeon.services import access, tags, watches
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import changes as comments_changes
from pigeon.services.comments import comments
from pigeon.services.explore import explore
from pigeon.services.follows import follows
from pigeon.services.likes import likers, likes
from pigeon.services.media import media, owners
from pigeon.services.messages import (
    conversations,
    frames,
    hydration,
    partners,
    people,
    reading,
    sending,
    typing,
    unread,
)
from pigeon.services.messages import pictures as message_pictures
from pigeon.services.messages.checks import Content
from pigeon.services.notifications import notifications
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import pictures, posts
from pigeon.services.relations import blocks
from pigeon.services.saves import saves
from pigeon.services.searches import captions as searches_captions
from pigeon.services.searches import history, suggesting
from pigeon.services.searches import people as searches_people
from pigeon.services.stories import pictures as story_pictures
from pigeon.services.stories import replies, stories, tray, viewers, viewing
from pigeon.services.suggestions import ranking, suggestions
from pigeon.services.timelines import timelines
from pigeon.services.users import avatars, suspensions, users
from pigeon.services.write_backs import flusher
from pigeon.stores.messages import Conversation, StoredMessage
from pigeon.stores.messages_urls import message_store
from tests.factories import Person, make_comment, make_follow, make_post, make_story, make_user
from tests.factories.uploads import make_upload
from tests.harness.environment import ROOT


def _turn_private(hidden: Person, reader: Person) -> None:
    users.update_profile(hidden.id, {"is_private": True})
    follows.remove_follower(reader.id, by=hidden.id)


HIDES: dict[str, Callable[[Person, Person], None]] = {
    "blocked by them": lambda hidden, reader: blocks.block(reader.id, by=hidden.id),
    "blocked by the reader": lambda hidden, reader: blocks.block(hidden.id, by=reader.id),
    "suspended": lambda hidden, _reader: suspensions.suspend(hidden.id),
    "private": _turn_private,
}
"""What hides somebody from a reader."""


@dataclass(frozen=True)
class Meeting:
    """ben reads: ann wrote a post that he follows, and liked and commented his; both follow cid.

    They wrote to each other; the last message of ann's carries her post, the one before a picture.
    She shows a story with a picture, which he answered, and has seen his.
    """

    ann: Person
    ben: Person
    cid: Person
    post_id: int
    mine_id: int
    comment_id: int
    bens_comment_id: int
    picture: StoredMedia
    read: list[timelines.Entry]
    sent_picture: StoredMedia
    message: StoredMessage
    story_id: int
    story_picture: StoredMedia
    answer: StoredMessage
    bens_story_id: int

    def page(self, of: str) -> PageRequest:
        return PageRequest(kind=of, limit=20)

    def viewer(self) -> Viewer:
        return access.viewer(self.ben.id)


@pytest.fixture
def meeting(app: Flask, drain: Callable[[], int]) -> Meeting:
    ann, ben, cid = (make_user(name) for name in ("ann", "ben", "cid"))
    for follower, followee in ((ben, ann), (ann, cid), (ben, cid)):
        make_follow(follower, followee)
    post = make_post(ann, caption="#sky", images=1)
    mine = make_post(ben, caption="mine @ann")
    for by, target in ((ann, mine), (cid, mine), (ann, post)):
        likes.set_liked(likes.POSTS, target.id, by=by.id, on=True)
    flusher.drain(within_s=20)
    saves.set_saved(post.id, by=ben.id, on=True)
    comment = make_comment(mine, ann)
    make_comment(mine, ben, answers=comment)
    drain()
    (name,) = db.session.scalars(select(MediaModel.name))
    story_id, story_picture = _show_story(ann)
    bens_story_id = make_story(ben)
    viewing.mark(bens_story_id, by=ann.id)
    history.add_person("ann", by=ben.id)
    flusher.drain(within_s=20)
    answered = replies.Answer(text="wow")
    to = replies.address(story_id, by=ben.id)
    answer, _ = replies.reply(to, story_id, answered, by=ben.id, client_msg_id="answer")
    return Meeting(
        ann=ann,
        ben=ben,
        cid=cid,
        post_id=post.id,
        mine_id=mine.id,
        comment_id=comment.id,
        bens_comment_id=make_comment(mine, ben).id,
        picture=media.get_stored(name),
        read=timelines.page(access.viewer(ben.id), PageRequest(kind="timeline", limit=20)).items,
        sent_picture=media.get_stored(_write_to_each_other(ann, ben, post.id, drain)),
        message=_carrying(_conversation(ann, ben)),
        story_id=story_id,
        story_picture=story_picture,
        answer=message_store().get_many([int(answer.id)])[int(answer.id)],
        bens_story_id=bens_story_id,
    )


def _carrying(conversation: Conversation) -> StoredMessage:
    """The last message with a post."""
    last = message_store().before(conversation.id, None, 10)
    return next(one for one in last if one.post_id is not None)


def _show_story(ann: Person) -> tuple[int, StoredMedia]:
    story_id = make_story(ann, picture=True)
    of_stories = select(MediaModel.name).where(MediaModel.kind == "story")
    return story_id, media.get_stored(db.session.scalars(of_stories).one())


def _write_to_each_other(ann: Person, ben: Person, post_id: int, drain: Callable[[], int]) -> str:
    """The name of the picture."""
    image_id = int(message_pictures.add(make_upload(), by=ann.id).id)
    sending.send("ann", Content(text="hi"), by=ben.id, client_msg_id="1")
    for number, said in enumerate((Content(media_id=image_id), Content(post_id=post_id))):
        sending.send("ben", said, by=ann.id, client_msg_id=str(number))
    drain()
    return db.session.scalars(select(MediaModel.name).where(MediaModel.id == image_id)).one()


def _conversation(ann: Person, ben: Person) -> Conversation:
    found = message_store().find(pair_key(ann.id, ben.id))
    assert found is not None
    return found


def _entries(m: Meeting) -> list[timelines.Entry]:
    return timelines.page(access.viewer(m.ben.id), m.page("timeline")).items


def _plain_timeline(m: Meeting) -> list[int]:
    """The definition, which is SQL."""
    ids = timelines.plain(m.ben.id, None, 20)
    query = select(PublicationModel.author_id).where(PublicationModel.id.in_(ids))
    return list(db.session.scalars(query))


def _followers(m: Meeting) -> list[int]:
    return follows.list_followers(m.cid.id, m.ben.id, m.page("f")).items


def _mentioned(m: Meeting) -> list[int]:
    card = post_cards.cards.one(m.mine_id)
    assert card is not None
    return _ids(posts.without_hidden({card.id: card}, m.viewer())[card.id].mentions)


def _previewed(m: Meeting) -> list[int]:
    found = comments.previews([m.mine_id])[m.mine_id]
    return [card.author_id for card in comments.without_hidden(found, m.viewer())]


def _seen(m: Meeting) -> list[int]:
    cards = post_cards.cards.many([m.post_id]).values()
    return _authors(posts.see(list(cards), m.viewer()))


def _likers(m: Meeting) -> list[int]:
    return _ids(likers.list_likers(likes.POSTS, m.mine_id, m.ben.id, m.page("likers")).items)


def _named(m: Meeting) -> list[int]:
    return _ids(likers.name_some(likers.newest.many([m.mine_id]), m.viewer())[m.mine_id])


def _chosen(m: Meeting) -> list[int]:
    found = likers.visible(likers.newest.many([m.mine_id]), m.viewer())
    return [user_id for user_id, _ in found[m.mine_id]]


def _notified(m: Meeting) -> list[int]:
    found = notifications.list_of(m.ben.id, PageRequest()).items
    return [int(actor.id) for one in found for actor in one.actors]


def _one_notified(m: Meeting) -> list[int]:
    found = notifications.list_of(m.ben.id, PageRequest()).items
    again = [notifications.get(int(one.id), m.ben.id) for one in found]
    return [int(actor.id) for one in again for actor in one.actors]


def _carried(m: Meeting) -> list[int]:
    """Who wrote the post that the last message carries."""
    of = {m.message.id: _conversation(m.ann, m.ben)}
    (found,) = hydration.messages_of([m.message], of, m.viewer())
    return _authors([found.post]) if found.post and found.post.author else []


def _carried_story(m: Meeting) -> list[int]:
    """Whose story ben has answered."""
    of = {m.answer.id: _conversation(m.ann, m.ben)}
    (found,) = hydration.messages_of([m.answer], of, m.viewer())
    return _authors([found.story]) if found.story and found.story.author else []


def _unread(m: Meeting, read: Callable[[access.Viewer], Any]) -> list[int]:
    """ann, once for each message that counts."""
    viewer = m.viewer()
    found, _ = trip(read(viewer), viewer.relations.read_apart())
    return [m.ann.id] * unread.total(found, viewer)


def _told_of_reading(m: Meeting) -> list[int]:
    number = _conversation(m.ann, m.ben).id
    told = [frame.payload["with"] for frame in frames.of_reading(number, m.ben.id, 1)]
    return [m.ann.id for name in told if name == "ann"]


def _comments(m: Meeting) -> list[int]:
    return _authors(comments.list_of_post(m.mine_id, m.ben.id, m.page("c")).items)


def _around(m: Meeting) -> list[int]:
    return _authors(comments.around(m.bens_comment_id, m.ben.id).top.items)


def _discovered(m: Meeting, of: str) -> list[int]:
    return _authors(explore.list_posts(of, m.ben.id, m.page(of)).items)


def _shown_in(items: Any) -> list[int]:
    return [int(item.user.id) for item in items]


def _ids(found: Any) -> list[int]:
    return [int(one.id) for one in found]


def _authors(found: Any) -> list[int]:
    return [int(one.author.id) for one in found]


def _named_beside(m: Meeting) -> list[int]:
    (row,) = users.with_mutuals(users.rows([m.cid.id], m.ben.id), m.ben.id)
    assert row.viewer is not None
    return _ids(row.viewer.mutuals.users if row.viewer.mutuals else [])


LISTS: dict[str, Callable[[Meeting], list[int]]] = {
    "timelines.timelines.page": lambda m: [entry.author_id for entry in _entries(m)],
    "timelines.timelines.plain": _plain_timeline,
    "posts.posts.of_entries": lambda m: _authors(posts.of_entries(m.read, access.viewer(m.ben.id))),
    "posts.posts.get_many": lambda m: _authors(posts.get_many([m.post_id], m.ben.id)),
    "posts.posts.see": _seen,
    "posts.posts.without_hidden": _mentioned,
    "posts.posts.list_of_author": lambda m: _authors(
        posts.list_of_author(m.ann.id, m.ben.id, m.page("p")).items
    ),
    "posts.posts.newest_of": lambda m: _authors(posts.newest_of([m.ann.id], m.ben.id, each=3)),
    "the saved posts": lambda m: _authors(saves.list_of(m.ben.id, m.page("saved")).items),
    "explore.explore.list_posts": lambda m: _discovered(m, "everybody"),
    "tags.list_posts": lambda m: _authors(tags.list_posts("sky", m.ben.id, m.page("t")).items),
    "searches.people.find_people": lambda m: _ids(
        searches_people.find_people("ann", m.ben.id, m.page("people")).items
    ),
    "searches.captions.find_posts": lambda m: _authors(
        searches_captions.find_posts("sky", m.ben.id, m.page("c")).items
    ),
    "searches.suggesting.suggest": lambda m: _ids(
        hit.user for hit in suggesting.suggest("ann", m.ben.id) if isinstance(hit, UserHit)
    ),
    "searches.people.suggest_mentions": lambda m: _ids(
        hit.user for hit in searches_people.suggest_mentions("ann", m.ben.id)
    ),
    "searches.history list": lambda m: _ids(
        entry.user for entry in history.list_of(m.ben.id, m.page("s")).items if entry.user
    ),
    "likes.likers.list_likers": _likers,
    "likes.likers.name_some": _named,
    "likes.likers.visible": _chosen,
    "comments.comments.list_of_post": _comments,
    "comments.comments.around": _around,
    "comments.comments.without_hidden": _previewed,
    "follows.follows.list_followers": _followers,
    "follows.follows.list_following": lambda m: (
        follows.list_following(m.ben.id, m.ben.id, m.page("f")).items
    ),
    "users.users.rows": lambda m: _ids(users.rows([m.ann.id], m.ben.id)),
    "users.users.visible_refs": lambda m: list(users.visible_refs([m.ann.id], m.ben.id)),
    "users.users.find_ids": lambda m: list(users.find_ids(["ann"], m.ben.id).values()),
    "users.users.met_refs": lambda m: _ids(
        users.met_refs(list(users.refs([m.ann.id]).values()), m.viewer())
    ),
    "users.users.mutuals": lambda m: _ids(users.mutuals(m.ben.id, m.cid.id).users),
    "users.users.with_mutuals": _named_beside,
    "watching": lambda m: [m.ann.id for _ in watches.watchable_among({(m.ben.id, m.post_id)})],
    "notifications.notifications.list_of": _notified,
    "notifications.notifications.get": _one_notified,
    "messages.conversations.list_of": lambda m: _ids(
        chat.partner for chat in conversations.list_of(m.ben.id, "inbox", m.page("chats")).items
    ),
    "messages.people.rows": lambda m: list(people.rows([m.ann.id], m.viewer())),
    "messages.partners.list_of": lambda m: _ids(
        partners.list_of(m.ben.id, "", m.page("partners")).items
    ),
    "messages.hydration.messages_of": _carried,
    "messages.unread.total": lambda m: _unread(m, unread.read),
    "messages.unread.read_for_page": lambda m: _unread(m, unread.read_for_page),
    "messages.frames.of_reading": _told_of_reading,
    "stories.stories.shown_of": lambda m: _authors(stories.shown_of(m.ann.id, m.viewer())),
    "stories.tray.page": lambda m: _shown_in(tray.page(m.viewer(), m.page("tray")).items),
    "the tray of home": lambda m: _shown_in(tray.Tray(m.viewer()).rings()),
    "stories.tray.rings": lambda m: list(tray.rings(m.viewer(), [m.ann.id])),
    "stories.viewers.list_of": lambda m: _shown_in(
        viewers.list_of(m.bens_story_id, m.ben.id, m.page("viewers")).items
    ),
    "messages.hydration.messages_of, of a story": _carried_story,
}
"""Whom ben finds there: ann, by the function that reads it."""
OF_POSTS = {
    "the saved posts",
    "timelines.timelines.page",
    "timelines.timelines.plain",
    "posts.posts.of_entries",
    "posts.posts.get_many",
    "posts.posts.see",
    "posts.posts.list_of_author",
    "posts.posts.newest_of",
    "explore.explore.list_posts",
    "tags.list_posts",
    "searches.captions.find_posts",
    "watching",
    "messages.hydration.messages_of",
    "stories.stories.shown_of",
    "the tray of home",
    "stories.tray.page",
    "stories.tray.rings",
    "messages.hydration.messages_of, of a story",
}
"""What lists things of ann's: of a private person for followers alone. The others name her."""
OF_FOLLOWS = {
    "follows.follows.list_following",
    "users.users.mutuals",
    "users.users.with_mutuals",
    "messages.partners.list_of",
}
"""What lists whom ben follows."""
DOORS: dict[str, Callable[[Meeting], object]] = {
    "users.users.get": lambda m: users.get("ann", m.ben.id),
    "users.users.get_card": lambda m: users.get_card("ann", m.ben.id),
    "users.users.get_open_card": lambda m: users.get_open_card("ann", m.ben.id),
    "posts.posts.get": lambda m: posts.get(m.post_id, m.ben.id),
    "comments.comments.check_sees_post": lambda m: comments.check_sees_post(m.post_id, m.ben.id),
    "comments.comments.check_sees": lambda m: comments.check_sees(m.comment_id, m.ben.id),
    "comments.comments.get": lambda m: comments.get(m.comment_id, m.ben.id),
    "comments.comments.list_replies": lambda m: comments.list_replies(
        m.comment_id, m.ben.id, m.page("r")
    ),
    "comments.cards.get": lambda m: comment_cards.get(m.comment_id, m.ben.id),
    "watches.get_watchable": lambda m: watches.get_watchable(m.post_id, m.ben.id),
    "media.owners.check_sees": lambda m: owners.check_sees(m.viewer(), m.picture),
    "posts.pictures.check_sees": lambda m: pictures.check_sees(m.viewer(), m.picture),
    "users.avatars.check_sees": lambda m: avatars.check_sees(
        m.viewer(), replace(m.picture, kind="avatar")
    ),
    "liking a post": lambda m: likes.set_liked(likes.POSTS, m.post_id, by=m.ben.id, on=True),
    "liking a comment": lambda m: likes.set_liked(
        likes.COMMENTS, m.comment_id, by=m.ben.id, on=True
    ),
    "commenting": lambda m: comments_changes.check_may_comment(m.post_id, m.ben.id),
    "messages.conversations.find": lambda m: conversations.find("ann", m.viewer()),
    "messages.conversations.get": lambda m: conversations.get(m.ben.id, "ann"),
    "messages.people.find_partner": lambda m: people.find_partner("ann", m.viewer()),
    "messages.people.row_of": lambda m: people.row_of(m.ann.id, m.viewer()),
    "messages.pictures.check_sees": lambda m: message_pictures.check_sees(
        m.viewer(), m.sent_picture
    ),
    "messages.reading.page": lambda m: reading.page(m.ben.id, "ann"),
    "messages.sending.get_seen": lambda m: sending.get_seen(m.message.id, m.viewer()),
    "writing a message": lambda m: sending.address("ann", by=m.ben.id),
    "writing it again": lambda m: sending.send(
        "ann", Content(text="hi"), by=m.ben.id, client_msg_id="1"
    ),
    "typing": lambda m: typing.tell("ann", by=m.ben.id),
    "accepting": lambda m: conversations.accept("ann", by=m.ben.id),
    "stories.stories.get": lambda m: stories.get(m.story_id, m.ben.id),
    "stories.stories.list_of": lambda m: stories.list_of("ann", m.ben.id, m.page("stories")),
    "seeing a story": lambda m: viewing.mark(m.story_id, by=m.ben.id),
    "answering a story": lambda m: replies.address(m.story_id, by=m.ben.id),
    "stories.pictures.check_sees": lambda m: story_pictures.check_sees(m.viewer(), m.story_picture),
    "fetching the picture of a story": lambda m: owners.check_sees(m.viewer(), m.story_picture),
    "replying": lambda m: comments_changes.check_may_reply(m.comment_id, m.ben.id),
}
"""What opens for ben alone what is ann's."""
TO_POSTS = {
    "users.users.get_open_card",
    "posts.posts.get",
    "comments.comments.check_sees_post",
    "watches.get_watchable",
    "media.owners.check_sees",
    "posts.pictures.check_sees",
    "liking a post",
    "commenting",
    "stories.stories.get",
    "stories.stories.list_of",
    "stories.pictures.check_sees",
    "fetching the picture of a story",
    "seeing a story",
    "answering a story",
}
"""What leads to things of ann's; the others to her, and to what she said below ben's own."""
SUGGESTING = {"suggestions.suggestions.page"}
WAITING = {"messages.conversations.count_requests"}
LAID_OVER = {
    "comments.comments.overlay",
    "posts.posts.overlay",
    "users.users.profile",
    "likes.likes.among",
    "likes.likers.choose",
    "likes.likers.to_choose_from",
    "likes.likers.facts_for",
    "counts.pending",
    "counts.own_pending",
    "posts.cards.find",
    "stories.cards.find",
    "stories.cards.find_beside",
    "messages.frames.of_typing",
    "messages.unread.read",
    "stories.stories.see",
    "stories.views.seen_among",
    *(f"presence.reading.{name}" for name in ("known", "of", "read")),
}
"""They add to what somebody else asked for."""
RELATIONS = {
    *(f"follows.followees.{name}" for name in ("among", "read", "in_sql", "load")),
    *(
        f"follows.follows.{name}"
        for name in ("relation", "others_among", "mutuals", "mutuals_among")
    ),
    "relations.apart.load",
    "searches.ranking.first_place",
    *(f"stories.authors.{name}" for name in ("read_followed", "in_sql")),
}
"""What the rules are made of."""
ONES_OWN = {
    *(
        f"notifications.notifications.{name}"
        for name in [
            "list_name",
            "counts_of",
            "mark_seen",
            "mark_all_read",
            "remove_all",
            "remove_older",
        ]
    ),
    "notifications.counts.of_reader",
    "notifications.source.lead_to_list",
    "notifications.frames.of_reader",
    "notifications.removals.remove_of",
    "suggestions.suggestions.dismiss",
    "stories.stories.check_owns",
    "timelines.sidebar.evict",
    "timelines.timelines.rebuild",
    "timelines.timelines.verify",
}
"""Nobody else is shown by them."""


ASKING = {"who", "viewer", "viewer_id", "reader", "reader_id"}
"""How a function calls who asks."""


def test_every_function_that_reads_for_a_viewer_is_tried_here() -> None:
    tried = LISTS.keys() | DOORS.keys() | SUGGESTING | WAITING
    assert set(_readers()) - LAID_OVER - RELATIONS - ONES_OWN == {
        name for name in tried if "." in name and " " not in name
    }


def _readers() -> Iterator[str]:
    folder = ROOT / "pigeon" / "services"
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                taken = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
                if taken & ASKING and not module.startswith("access"):
                    yield f"{module}.{node.name}"


@pytest.mark.parametrize("way", list(HIDES))
def test_who_is_hidden_is_in_no_list_and_behind_no_door(
    meeting: Meeting, drain: Callable[[], int], way: str
) -> None:
    for name, read in DOORS.items():
        assert read(meeting) is not NotFound, name
    assert _shown(meeting) == LISTS.keys()
    HIDES[way](meeting.ann, meeting.ben)
    named: set[str] = set()
    opened: set[str] = set()
    if way == "private":
        named, opened = LISTS.keys() - OF_POSTS - OF_FOLLOWS, DOORS.keys() - TO_POSTS
    if way == "suspended":
        drain()  # names on cards of others are taken off by a job
    for when in ("warm", "cold"):
        assert _shown(meeting) == named, when
        assert _open(meeting) == opened, when
        cache.client.flushdb()
    drain()
    assert _shown(meeting) == named
    assert _open(meeting) == opened


def _shown(meeting: Meeting) -> set[str]:
    return {name for name, read in LISTS.items() if meeting.ann.id in read(meeting)}


def _open(meeting: Meeting) -> set[str]:
    found = set()
    for name, read in DOORS.items():
        with suppress(NotFound):
            read(meeting)
            found.add(name)
    return found


@pytest.mark.parametrize("way", list(HIDES))
def test_who_is_hidden_is_suggested_to_nobody(meeting: Meeting, way: str) -> None:
    """That somebody is private is no reason: a suggestion is how one finds whom to ask."""
    asked = PageRequest(kind="suggestions")
    follows.unfollow(meeting.cid.id, by=meeting.ben.id)
    assert _ids(suggestions.page(meeting.ben.id, asked).items) == [meeting.cid.id]
    HIDES[way](meeting.cid, meeting.ben)
    expected = [meeting.cid.id] if way == "private" else []
    for forgets in (lambda: None, lambda: ranking.rankings.evict(meeting.ben.id)):
        forgets()  # the ranking is kept for minutes
        assert _ids(suggestions.page(meeting.ben.id, asked).items) == expected


@pytest.mark.parametrize("way", list(HIDES))
def test_who_is_hidden_is_not_discovered(meeting: Meeting, way: str) -> None:
    """Followed by nobody who looks: what is for all to find then."""
    follows.unfollow(meeting.ann.id, by=meeting.ben.id)
    for of in ("popular", "recent"):
        assert _discovered(meeting, of) == [meeting.ann.id]
    HIDES[way](meeting.ann, meeting.ben)
    for forgets in (lambda: None, cache.client.flushdb):
        forgets()
        assert [_discovered(meeting, of) for of in ("popular", "recent")] == [[], []]


@pytest.mark.parametrize("way", list(HIDES))
def test_a_request_of_who_is_hidden_does_not_count(meeting: Meeting, way: str) -> None:
    """That somebody is private is no reason: they asked."""
    follows.unfollow(meeting.cid.id, by=meeting.ben.id)
    sending.send("ben", Content(text="hi"), by=meeting.cid.id, client_msg_id="1")
    assert conversations.count_requests(meeting.ben.id) == 1
    HIDES[way](meeting.cid, meeting.ben)
    for forgets in (lambda: None, cache.client.flushdb):
        forgets()
        assert conversations.count_requests(meeting.ben.id) == (way == "private")
