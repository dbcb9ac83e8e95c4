"""What is discovered: in which order, by whom not, and page by page without a gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Invalid, NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.extensions import db
from pigeon.models import PostLike
from pigeon.services.explore import explore, ranking
from pigeon.services.likes import likes
from pigeon.services.posts import changes as posts_changes
from pigeon.services.relations import mutes
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted, make_follow, make_post, make_user


@pytest.fixture
def reader(app: Flask) -> Person:
    return make_user("reader")


def ids(*made: Posted) -> list[int]:
    return [post.id for post in made]


def listed(of: str, who: Person | None, limit: int = 20) -> list[int]:
    """All pages of a list, one after the other."""
    kind, found, before = explore.cursor(of), list[int](), None
    while True:
        asked = PageRequest(kind=kind, before=before, limit=limit)
        page = explore.list_posts(of, who.id if who else None, asked)
        found += [int(post.id) for post in page.items]
        if page.next is None:
            return found
        assert page.items
        before = read_cursor(kind, page.next)


def like(post: Posted, *people: Person) -> None:
    for person in people:
        likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)


@pytest.mark.both_databases
@pytest.mark.both_modes
def test_popular_is_by_likes_of_the_week_and_then_the_newest(
    reader: Person, drain: Callable[[], int], mode: str
) -> None:
    fans = [make_user() for _ in range(3)]
    old, loved, liked, late, plain = (make_post() for _ in range(5))
    like(old, *fans)
    drain()
    with unit_of_work():
        long_ago = utc_now() - timedelta(days=8)
        db.session.execute(update(PostLike).values(created_at=long_ago))
    like(loved, *fans)
    like(liked, fans[0])
    like(late, fans[1])
    drain()
    ranking.refresh()
    expected = ids(loved, late, liked, plain, old)
    for limit in (1, 2, 20):
        assert listed("popular", reader, limit) == expected
    assert listed("popular", None) == expected
    assert listed("recent", reader, 2) == ids(plain, late, liked, loved, old)


@pytest.mark.both_modes
def test_own_followed_muted_private_and_unfinished_ones_are_not_discovered(
    reader: Person, mode: str
) -> None:
    friend, muted, private, other = (make_user() for _ in range(4))
    make_follow(reader, friend)
    mutes.set_muted(muted.id, by=reader.id, of=["posts"], on=True)
    shown = make_post(other)
    for author in (reader, friend, muted, private):
        make_post(author)
    make_post(other, images=1, state="processing")
    users.update_profile(private.id, {"is_private": True})
    deleted = make_post(other)
    posts_changes.remove(deleted.id, by=other.id)
    for of in ("popular", "recent"):
        assert listed(of, reader) == ids(shown)


@pytest.mark.env(EXPLORE_EVERYBODY="on")
def test_everybody_is_all_that_the_reader_may_see(reader: Person) -> None:
    friend, secret, other = (make_user() for _ in range(3))
    for author in (friend, secret):
        make_follow(reader, author)
    posts = [make_post(author) for author in (reader, friend, secret, other)]
    users.update_profile(secret.id, {"is_private": True})
    assert listed(explore.choose("everybody"), reader, 3) == ids(*reversed(posts))
    assert listed("everybody", None) == ids(posts[3], posts[1], posts[0])


def test_lists_that_are_not_offered(app: Flask) -> None:
    assert explore.choose("") == "popular"
    with pytest.raises(NotFound):
        explore.choose("everybody")
    with pytest.raises(Invalid):
        explore.choose("best")


def test_a_page_looks_at_so_many_candidates_and_goes_on(
    reader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend = make_user()
    make_follow(reader, friend)
    first = make_post()
    for _ in range(9):
        make_post(friend)
    monkeypatch.setattr(explore, "BATCH", 2)
    monkeypatch.setattr(explore, "LOOKED_AT", 4)
    request = PageRequest(kind="k", limit=5)
    found, pages = list[str](), 0
    while True:
        page = explore.list_posts("recent", reader.id, request)
        found, pages = found + [post.id for post in page.items], pages + 1
        if page.next is None:
            break
        request = PageRequest(kind="k", limit=5, before=read_cursor("k", page.next))
    assert (found, pages) == ([str(first.id)], 3)


def test_a_ranked_post_that_is_gone_is_left_out(reader: Person, drain: Callable[[], int]) -> None:
    gone, stays = make_post(), make_post()
    like(gone, reader)
    like(stays, reader)
    drain()
    ranking.refresh()
    posts_changes.remove(gone.id, by=gone.author.id)
    assert listed("popular", reader, 1) == ids(stays)


def test_a_warm_page_asks_sql_once_for_what_is_new(
    reader: Person, queries: Callable[[], object]
) -> None:
    for _ in range(3):
        make_post()
    listed("recent", reader)
    with queries() as asked:  # type: ignore[attr-defined]
        listed("recent", reader)
    assert len(asked) <= 1
