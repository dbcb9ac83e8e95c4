"""Timelines while Redis forgets, is away, or hangs."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pigeon.cache import keys
from pigeon.cache.breaker import cache_breaker
from pigeon.domain.page import PageRequest
from pigeon.extensions import cache
from pigeon.services import access
from pigeon.services.posts import posts
from pigeon.services.timelines import timelines
from tests.factories import Person, make_follow, make_post, make_user
from tests.services.timelines.reading import numbers, plain, read

DEAD = "unix:///nonexistent/redis.sock"


@pytest.mark.parametrize("family", ["TIMELINE", "FOLLOWING", "POST_COUNTS", "PULL_VERSION", "all"])
@pytest.mark.env(CELEBRITY_FOLLOWERS="2")
def test_what_redis_forgot_is_made_again(
    ann: Person, ben: Person, family: str, queries: Callable[[], Any]
) -> None:
    cat = make_user("cat", follower_count=2)
    make_follow(ann, cat)
    made = [make_post(author) for author in (ben, cat, ben, cat)]
    assert read(ann) == numbers(made)
    pattern = "*" if family == "all" else f"{{{getattr(keys, family).name}:*"
    cache.client.delete(*cache.client.scan_iter(pattern))
    assert read(ann) == numbers(made)
    read(ann)
    with queries() as sent:
        assert read(ann) == numbers(made)
    assert not sent


def test_a_cache_that_is_lost_between_the_trips(
    ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_post(ben) for _ in range(3)]
    read(ann)
    second_trip = timelines._second_trip

    def lose(*args: Any) -> Any:
        cache.client.flushdb()
        return second_trip(*args)

    monkeypatch.setattr(timelines, "_second_trip", lose)
    assert read(ann) == numbers(made)


def test_without_redis_pages_come_from_sql_at_once(
    ann: Person, ben: Person, with_settings: Callable[..., None], queries: Callable[[], Any]
) -> None:
    made = [make_post(ben) for _ in range(5)]
    expected = read(ann)
    with_settings(redis_cache_url=DEAD)

    def read_both() -> None:
        assert [read(ann), read(ann, before=made[2].publication_id)] == [expected, expected[3:]]

    with queries() as sent:
        read_both()
    with queries() as sent_plainly:
        plain(ann)
    assert len(sent) <= 6 * len(sent_plainly), sent


@pytest.fixture
def hanging_url() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-") as folder,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(str(Path(folder) / "redis.sock"))
        listener.listen(64)
        yield f"unix://{folder}/redis.sock"


def test_a_hanging_redis_costs_a_quarter_of_a_second(
    ann: Person,
    ben: Person,
    with_settings: Callable[..., None],
    hanging_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One call waits for its timeout; the rest of the page asks SQL."""
    made = [make_post(ben) for _ in range(5)]
    failures = []
    failed = cache_breaker._failed
    monkeypatch.setattr(cache_breaker, "_failed", lambda e: (failures.append(e), failed(e)))
    with_settings(redis_cache_url=hanging_url)
    entries = timelines.page(access.viewer(ann.id), PageRequest(limit=5)).items
    assert len(posts.of_entries(entries, access.viewer(ann.id))) == len(made)
    assert len(failures) == 1
    assert cache_breaker.is_open
