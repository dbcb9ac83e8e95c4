"""A reader's home timeline: its order, its pages, and what is seen at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pigeon.domain.page import PageRequest, read_cursor, write_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache
from pigeon.services import access
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import follows
from pigeon.services.posts import changes as posts_changes
from pigeon.services.timelines import timelines
from tests.factories import Person, make_follow, make_post, make_user
from tests.services.timelines.reading import many_posts, numbers, read

# -- order and pages -------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_the_newest_posts_of_whom_i_follow_and_mine(
    ann: Person, ben: Person, drain: Callable[[], int], mode: str
) -> None:
    made = [make_post(author) for author in (ben, ann, ben)]
    make_post(make_user("foreign"))
    assert read(ann) == numbers(made)
    more = make_post(ben)
    drain()
    assert read(ann) == numbers([*made, more])


@pytest.mark.both_modes
def test_pages_join_without_gap_or_repetition(ann: Person, ben: Person, mode: str) -> None:
    made = [make_post(ben) for _ in range(11)]
    found, before = [], None
    for _ in range(6):
        page = timelines.page(access.viewer(ann.id), PageRequest(before=before, limit=2))
        found += [entry.publication_id for entry in page.items]
        before = read_cursor(timelines.CURSOR, page.next) if page.next else None
    assert found == numbers(made)
    assert before is None


def test_the_last_page_says_so(ann: Person, ben: Person) -> None:
    made = [make_post(ben) for _ in range(4)]
    assert timelines.page(access.viewer(ann.id), PageRequest(limit=4)).next is None
    page = timelines.page(access.viewer(ann.id), PageRequest(limit=3))
    assert page.next == write_cursor(timelines.CURSOR, numbers(made)[2])
    assert timelines.page(access.viewer(ann.id), PageRequest(before=1, limit=3)).items == []


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_cursor_outlives_its_post(ann: Person, ben: Person, is_warm: bool) -> None:
    made = [make_post(ben) for _ in range(4)]
    if is_warm:
        read(ann)
    posts_changes.remove(made[2].id, by=ben.id)
    assert read(ann, before=made[2].publication_id) == numbers(made[:2])


def test_who_follows_nobody_has_an_empty_timeline_without_sql(
    ann: Person, queries: Callable[[], Any]
) -> None:
    assert read(ann) == []
    with queries() as sent:
        assert read(ann) == []
    assert not sent


@pytest.mark.env(TIMELINE_LENGTH="100")
def test_below_the_list_sql_continues(ann: Person, ben: Person, list_key: str) -> None:
    made = many_posts(ben, 130)
    assert read(ann, limit=20) == numbers(made)[:20]
    assert cache.client.llen(list_key) == 100
    assert read(ann, limit=100) == numbers(made)[:100]
    assert read(ann, limit=100, before=made[40].publication_id) == numbers(made[:40])


# -- at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_warm", [True, False])
@pytest.mark.env(CELEBRITY_FOLLOWERS="1")
def test_the_author_sees_a_post_at_once(ann: Person, ben: Person, is_warm: bool) -> None:
    """Ben has a follower, so his posts are pulled; ann's are pushed."""
    for author in (ann, ben):
        if is_warm:
            read(author)
        post = make_post(author)
        assert read(author)[0] == post.publication_id


def test_unfollowing_hides_and_following_shows_at_once(ann: Person, ben: Person) -> None:
    made = [make_post(ben), make_post(ben)]
    assert read(ann) == numbers(made)
    follows.unfollow(ben.id, by=ann.id)
    assert read(ann) == []
    follows.follow(ben.id, by=ann.id)
    assert read(ann) == numbers(made)


def test_what_stands_in_a_list_is_shown_only_of_whom_one_follows(
    ann: Person, ben: Person, list_key: str
) -> None:
    """A push that began before an unfollow may end after it."""
    foreign = make_post(make_user("foreign"))
    mine = make_post(ben)
    read(ann)
    cache.client.rpush(list_key, foreign.publication_id or 0)
    assert read(ann) == [mine.publication_id]


@pytest.mark.both_modes
def test_a_withdrawn_person_is_gone_before_any_job_ran(
    ann: Person, ben: Person, mode: str, with_settings: Callable[..., None]
) -> None:
    with_settings(asynchronous=True)
    cat = make_user("cat")
    make_follow(ann, cat)
    make_post(ben)
    kept = make_post(cat)
    read(ann)
    accounts_changes.withdraw(ben.id, password="", fresh_identity=True, caller=Caller())
    assert read(ann) == [kept.publication_id]


def test_a_fan_out_that_was_lost_is_done_by_its_job(
    ann: Person, ben: Person, drain: Callable[[], int]
) -> None:
    read(ann)
    post = make_post(ben)
    assert read(ann) == []
    drain()
    assert read(ann) == [post.publication_id]
    assert timelines.verify(ann.id)
