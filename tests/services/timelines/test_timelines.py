from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from pigeon.cache import keys
from pigeon.cache.breaker import cache_breaker
from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest, read_cursor, write_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache, db
from pigeon.models import PostModel, PublicationModel, UserModel
from pigeon.services import access
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import follows
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts, publications
from pigeon.services.timelines import pulls, timelines
from pigeon.stores import timelines as store
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted, make_follow, make_post, make_user
from tests.harness.context import concurrently

DEAD = "unix:///nonexistent/redis.sock"


def fragment(number: int) -> str:
    return post_cards.fragment_key(number, "en")


def read(reader: Person, limit: int = 30, before: int | None = None) -> list[int]:
    page = timelines.page(
        access.viewer(reader.id), PageRequest(before=before, limit=limit), fragment
    )
    return [entry.publication_id for entry in page.items]


def plain(reader: Person) -> list[int]:
    return timelines.plain(reader.id, None, 10_000)


def numbers(made: list[Posted]) -> list[int]:
    """Their publications, newest first."""
    return sorted((post.publication_id or 0 for post in made), reverse=True)


def many_posts(author: Person, count: int) -> list[Posted]:
    """Published posts as rows, in no list and told to nobody: lists must be cold."""
    made = []
    with unit_of_work():
        for number in range(count):
            post = PostModel(
                author_id=author.id, state="published", caption=f"{number}", created_at=utc_now()
            )
            db.session.add(post)
            db.session.flush()
            row = PublicationModel(
                post_id=post.id, author_id=author.id, delivery="push", published_at=utc_now()
            )
            db.session.add(row)
            db.session.flush()
            made.append(
                Posted(id=post.id, publication_id=row.id, author=author, caption="", image_ids=[])
            )
    return made


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask, ann: Person) -> Person:
    ben = make_user("ben")
    make_follow(ann, ben)
    return ben


@pytest.fixture
def list_key(ann: Person) -> str:
    return keys.TIMELINE.key(ann.id)


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


# -- what a page costs -----------------------------------------------------------------------------


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
    assert sent_for[1] <= 12


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


# -- celebrities -----------------------------------------------------------------------------------


def set_followers(person: Person, count: int) -> None:
    with unit_of_work():
        db.session.execute(
            update(UserModel).where(UserModel.id == person.id).values(follower_count=count)
        )


def delivery_of(post: Posted) -> str:
    index = pulls.current(None)
    return "pull" if post.publication_id in index.by_author.get(post.author.id, []) else "push"


@pytest.mark.env(CELEBRITY_FOLLOWERS="10")
def test_delivery_changes_with_hysteresis(ben: Person) -> None:
    deliveries = []
    for count in (9, 10, 9, 8, 7, 9, 10):
        set_followers(ben, count)
        deliveries.append(delivery_of(make_post(ben)))
    assert deliveries == ["push", "pull", "pull", "pull", "push", "push", "pull"]


@pytest.mark.env(CELEBRITY_FOLLOWERS="10")
def test_pushed_and_pulled_posts_are_merged_in_order(
    ann: Person, ben: Person, drain: Callable[[], int], queries: Callable[[], Any]
) -> None:
    cat, foreign = make_user("cat"), make_user("foreign", follower_count=10)
    make_follow(ann, cat)
    read(ann)
    made = []
    for count in (10, 0, 10, 0):
        set_followers(cat, count)
        made += [make_post(cat), make_post(ben)]
        make_post(foreign)
    drain()
    assert read(ann) == numbers(made)
    assert read(ann, limit=3, before=made[5].publication_id) == numbers(made[:5])[:3]
    with queries() as sent:
        assert read(ann) == numbers(made)
    assert not sent
    follows.unfollow(cat.id, by=ann.id)
    assert read(ann) == numbers([post for post in made if post.author == ben])


@pytest.mark.env(CELEBRITY_FOLLOWERS="1")
def test_beyond_the_index_sql_continues(
    ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_post(ben) for _ in range(20)]
    read(ann)
    for post in made[8:18]:
        posts_changes.remove(post.id, by=ben.id)
    assert read(ann, limit=15) == numbers(made[:8] + made[18:])
    monkeypatch.setattr(pulls, "LENGTH", 4)
    cache.client.delete(keys.PULL_VERSION.key())
    assert read(ann, limit=15) == numbers(made[:8] + made[18:])


# -- Redis -----------------------------------------------------------------------------------------


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


# -- rebuilding ------------------------------------------------------------------------------------


def test_readers_at_the_same_time_rebuild_once(
    app: Flask, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_post(ben) for _ in range(5)]
    read(ann)
    store.drop([ann.id])
    finished = []
    finish = store.finish_rebuild

    def slowly(*args: Any, **kwargs: Any) -> bool:
        time.sleep(0.1)
        finished.append(finish(*args, **kwargs))
        return finished[-1]

    monkeypatch.setattr(store, "finish_rebuild", slowly)
    assert concurrently(app, [lambda: read(ann)] * 8) == [numbers(made)] * 8
    assert finished == [True]


@pytest.mark.no_second_look
@pytest.mark.parametrize("place", ["begin_rebuild", "finish_rebuild"])
@pytest.mark.parametrize("event", ["post", "follow", "unfollow", "delete"])
def test_what_happens_during_a_rebuild_is_not_lost(
    app: Flask,
    ann: Person,
    ben: Person,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    event: str,
) -> None:
    cat = make_user("cat")
    make_post(cat)
    old = make_post(ben)
    happen = {
        "post": lambda: (make_post(ben), drain()),
        "follow": lambda: follows.follow(cat.id, by=ann.id),
        "unfollow": lambda: follows.unfollow(ben.id, by=ann.id),
        "delete": lambda: posts_changes.remove(old.id, by=ben.id),
    }[event]
    step = getattr(store, place)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(store, place, step)
        if place == "finish_rebuild":
            concurrently(app, [happen])
            return step(*args, **kwargs)
        token = step(*args)
        concurrently(app, [happen])
        return token

    monkeypatch.setattr(store, place, interrupted)
    read(ann)
    db.session.rollback()
    for _ in range(2):
        assert read(ann) == plain(ann)
    with nullcontext(drain()):
        assert read(ann) == plain(ann)
