"""Who likes a thing: the whole list, and the two whom a post names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Invalid, NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.services import access
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.likes import likers, likes
from pigeon.services.likes.likes import COMMENTS, POSTS, Kind
from pigeon.services.posts import posts
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.counting import queries


@pytest.fixture(autouse=True)
def application(app: Flask) -> Flask:
    return app


def like(target: Any, *people: Person, kind: Kind = POSTS) -> None:
    """Stored in the order given."""
    for person in people:
        likes.set_liked(kind, target.id, by=person.id, on=True)
    assert flusher.drain(within_s=10)


def names_of(post: Any, viewer: Person) -> list[str]:
    newest = likers.newest.many([post.id])
    found = likers.name_some(newest, access.viewer(viewer.id))
    return [ref.username for ref in found[post.id]]


def test_a_post_names_the_two_newest_likers() -> None:
    post, viewer = make_post(), make_user("viewer")
    like(post, *(make_user(name) for name in ("ann", "ben", "cid")))
    assert names_of(post, viewer) == ["cid", "ben"]


def test_people_whom_the_viewer_follows_are_named_first() -> None:
    post, viewer, ann = make_post(), make_user("viewer"), make_user("ann")
    make_follow(viewer, ann)
    like(post, ann, make_user("ben"), make_user("cid"))
    assert names_of(post, viewer) == ["ann", "cid"]


def test_the_viewer_is_never_named() -> None:
    post, viewer = make_post(), make_user("viewer")
    like(post, make_user("ann"), viewer)
    assert names_of(post, viewer) == ["ann"]


def test_a_post_that_nobody_likes_names_nobody() -> None:
    assert names_of(make_post(), make_user()) == []


def test_who_takes_a_like_back_is_named_no_more() -> None:
    post, viewer, ann = make_post(), make_user("viewer"), make_user("ann")
    like(post, ann)
    assert names_of(post, viewer) == ["ann"]
    likes.set_liked(POSTS, post.id, by=ann.id, on=False)
    flusher.drain(within_s=10)
    assert names_of(post, viewer) == []


def test_who_left_is_named_no_more(drain: Callable[[], int]) -> None:
    post, viewer, ann = make_post(), make_user("viewer"), make_user("ann")
    like(post, ann)
    assert names_of(post, viewer) == ["ann"]
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    assert names_of(post, viewer) == []
    drain()
    assert likers.newest.one(post.id) == []


def test_only_the_newest_likers_are_kept() -> None:
    post = make_post()
    people = [make_user() for _ in range(likers.NEWEST + 2)]
    like(post, *people)
    expected = [person.username for person in reversed(people)][: likers.NEWEST]
    assert [name for _, name in likers.newest.one(post.id)] == expected


def test_a_page_of_posts_is_one_statement() -> None:
    shown, viewer, ann = [make_post() for _ in range(10)], make_user(), make_user()
    for post in shown:
        like(post, ann)
    likers.evict(*(post.id for post in shown))
    with queries() as sent:
        likers.newest.many(post.id for post in shown)
    assert len(sent) == 1
    found = likers.newest.many(post.id for post in shown)
    likers.name_some(found, access.viewer(viewer.id))
    with queries() as sent:
        found = likers.newest.many(post.id for post in shown)
        likers.name_some(found, access.viewer(viewer.id))
    assert sent == []


def test_a_post_says_to_the_viewer_what_they_like_and_who_else_does() -> None:
    post, viewer, ann = make_post(), make_user("viewer"), make_user("ann")
    like(post, ann)
    likes.set_liked(POSTS, post.id, by=viewer.id, on=True)  # waits in the journal
    found = posts.get(post.id, viewer.id)
    assert found.like_count == 2
    assert found.viewer is not None
    assert found.viewer.liked
    assert [ref.username for ref in found.viewer.liked_by] == ["ann"]
    assert posts.get(post.id, None).viewer is None


@pytest.mark.parametrize("kind", [POSTS, COMMENTS], ids=["post", "comment"])
def test_the_list_is_newest_first_and_read_by_pages(kind: Kind) -> None:
    target = make_post() if kind is POSTS else make_comment(make_post())
    people, viewer = [make_user() for _ in range(5)], make_user()
    like(target, *people, kind=kind)
    name = likers.cursor(kind, target.id)
    found: list[str] = []
    before = None
    while True:
        request = PageRequest(kind=name, before=before, limit=2)
        page = likers.list_likers(kind, target.id, viewer.id, request)
        found += [row.username for row in page.items]
        if page.next is None:
            break
        before = read_cursor(name, page.next)
    assert found == [person.username for person in reversed(people)]


def test_a_cursor_of_another_list_is_refused() -> None:
    post, other, viewer = make_post(), make_post(), make_user()
    like(post, make_user(), make_user())
    request = PageRequest(kind=likers.cursor(POSTS, post.id), limit=1)
    page = likers.list_likers(POSTS, post.id, viewer.id, request)
    assert page.next is not None
    with pytest.raises(Invalid):
        read_cursor(likers.cursor(POSTS, other.id), page.next)
    with pytest.raises(Invalid):
        read_cursor(likers.cursor(COMMENTS, post.id), page.next)


def test_who_left_is_not_in_the_list() -> None:
    post, viewer, ann, ben = make_post(), make_user(), make_user("ann"), make_user("ben")
    like(post, ann, ben)
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    page = likers.list_likers(POSTS, post.id, viewer.id, PageRequest(limit=10))
    assert [row.username for row in page.items] == ["ben"]


def test_the_list_of_a_post_that_may_not_be_seen_is_not_found() -> None:
    hidden = make_post(images=1, state="processing")
    with pytest.raises(NotFound):
        likers.list_likers(POSTS, hidden.id, make_user().id, PageRequest(limit=10))


def test_rows_say_whom_the_viewer_follows() -> None:
    post, viewer, ann = make_post(), make_user(), make_user("ann")
    make_follow(viewer, ann)
    like(post, ann, viewer)
    page = likers.list_likers(POSTS, post.id, viewer.id, PageRequest(limit=10))
    assert [(row.username, row.viewer and row.viewer.follow) for row in page.items][1] == (
        "ann",
        "following",
    )
    assert page.items[0].viewer is not None
    assert page.items[0].viewer.is_self


def test_names_need_no_cache(
    with_settings: Callable[..., None],
) -> None:
    post, viewer, ann = make_post(), make_user(), make_user("ann")
    make_follow(viewer, ann)
    like(post, make_user("ben"), ann, make_user("cid"))
    with_settings(cache=False)
    assert names_of(post, viewer) == ["ann", "cid"]
    found = {post.id: likers.newest.one(post.id) or []}
    assert likers.facts_for(viewer.id, found) == (set(), {ann.id})


def test_what_stands_beside_a_page_is_one_trip(redis_commands: Callable[[], Any]) -> None:
    post, viewer, ann = make_post(), make_user(), make_user("ann")
    make_follow(viewer, ann)
    like(post, ann, make_user("ben"), viewer)
    found = {post.id: likers.newest.one(post.id) or []}
    likers.facts_for(viewer.id, found)
    with redis_commands() as commands:
        assert likers.facts_for(viewer.id, found) == ({post.id}, {ann.id})
    assert commands == {"hmget": 1, "smismember": 1}
