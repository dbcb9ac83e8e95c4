"""What a page of a timeline costs, and what is gone from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pigeon.domain.page import PageRequest
from pigeon.extensions import cache, db
from pigeon.services import access
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts, publications
from pigeon.services.timelines import timelines
from tests.factories import Person, make_post
from tests.services.timelines.reading import fragment, many_posts, numbers, read


@pytest.mark.parametrize("count", [1, 10, 50])
def test_a_warm_page_is_three_trips_and_no_sql(
    ann: Person,
    ben: Person,
    count: int,
    queries: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = many_posts(ben, count)
    read(ann, limit=50)
    read(ann, limit=50)
    trips = count_trips(monkeypatch)
    with queries() as sent:
        assert read(ann, limit=50) == numbers(made)
    assert not sent
    assert len(trips) == 3  # two to the cache, between them one to the journal of likes


def count_trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Fills with the number of replies of each pipeline; nothing else may ask Redis."""
    from pigeon.cache import resp

    trips: list[int] = []
    send = resp.Pool.send

    def counted(pool: resp.Pool, payload: bytes, replies: int) -> list[Any]:
        trips.append(replies)
        return send(pool, payload, replies)

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("one trip more")

    monkeypatch.setattr(resp.Pool, "send", counted)
    monkeypatch.setattr(cache.client, "execute_command", refuse)
    return trips


def test_a_cold_page_costs_the_same_statements_for_any_number(
    ann: Person, ben: Person, queries: Callable[[], Any]
) -> None:
    sent_for = {}
    made = 0
    read(ann)
    for count in (1, 5, 20):
        while made < count:
            make_post(ben, caption=f"#tag @{ann.username}", images=1)
            made += 1
        cache.client.flushdb()
        publications.reset()
        db.session.rollback()
        with queries() as sent:
            entries = timelines.page(access.viewer(ann.id), PageRequest(limit=50), fragment).items
            found = posts.of_entries(entries, access.viewer(ann.id))
        assert len(found) == count
        sent_for[count] = len(sent)
    assert len(set(sent_for.values())) == 1, sent_for
    assert sent_for[1] <= 15  # one of them fills the set of what the reader saved


def test_a_page_stays_full_and_free_of_sql_when_posts_are_gone(
    ann: Person, ben: Person, queries: Callable[[], Any]
) -> None:
    made = many_posts(ben, 40)
    read(ann)
    for post in made[20::2]:
        posts_changes.remove(post.id, by=ben.id)
    publications.reset()
    left = numbers([*made[:20], *made[21::2]])
    assert read(ann, limit=15) == left[:15]
    read(ann, limit=15)
    with queries() as sent:
        assert read(ann, limit=15) == left[:15]
    assert not sent


def test_a_timeline_of_deleted_posts_is_empty(ann: Person, ben: Person) -> None:
    made = [make_post(ben) for _ in range(3)]
    read(ann)
    for post in made:
        posts_changes.remove(post.id, by=ben.id)
    publications.reset()
    assert read(ann) == []


def test_a_publication_not_seen_yet_is_not_taken_for_gone(ann: Person) -> None:
    post = make_post(ann)
    number = post.publication_id or 0
    assert publications.refs([number, number + 1]) == {number: (post.id, ann.id)}
    assert publications.refs([number + 1]) == {}
    newer = make_post(ann)
    assert publications.refs([number + 1]) == {number + 1: (newer.id, ann.id)}
