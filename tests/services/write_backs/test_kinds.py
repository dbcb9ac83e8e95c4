"""Kinds of write-back that one release reads and another does not, while a deployment rolls.

`flush_before` is the flusher of a release that does not know the two kinds of `harness/visits.py`,
`flush_after` that of one that does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from pigeon.cache import keys, write_back, write_back_parked, write_back_values
from pigeon.cache.write_back_entries import UNREADABLE, Entry, parse
from pigeon.extensions import cache, db, state
from pigeon.models import CommentLike, CommentModel, PostLike, WriteBackJournal
from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS
from pigeon.services.write_backs import flusher, kinds, parking
from pigeon.services.write_backs.fences import Overtaken
from tests.factories import make_comment, make_post, make_user
from tests.harness.clients import Client
from tests.harness.visits import (
    HEARTS,
    VISITS,
    heart,
    hearts,
    known,
    stored,
    table,
    visit,
    visited,
)

pytestmark = [pytest.mark.both_databases, pytest.mark.no_second_look]
READ_BEFORE = {"post", "comment"}
"""The kinds that the release before this one reads."""
PARKED_BEFORE = {"story", "search"}
"""Those that it parks for this one (docs/decisions/0170-…, 0181-…)."""
ANN, BOB = 1, 2
SUNSET = "석양: =100% %3A\n!"
DEAD = "redis://127.0.0.1:1"
PASSING = (
    "park.parked",
    "flush.read",
    "flush.stored",
    "flush.committed",
    "flush.showing",
    "flush.shown",
    "flush.cleared",
)
KNOWING = ("parked.read", "parked.stored", "parked.committed", "parked.shown", "parked.cleared")


class Crash(Exception):
    """Stands for the power cut: what the process still held is gone."""


@pytest.fixture(autouse=True)
def visits_table(app: Flask) -> Iterator[None]:
    with table():
        yield


@pytest.fixture
def crash_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    wanted: list[str | None] = [None]

    def passing(name: str) -> None:
        if name == wanted[0]:
            raise Crash

    def choose(name: str | None) -> None:
        wanted[0] = name

    for module in (flusher, parking):
        monkeypatch.setattr(module, "crash_point", passing)
    return choose


def flush_before() -> None:
    """As a process that has just begun."""
    flusher.reset()
    while flusher.flush():
        pass


def flush_after() -> None:
    with known(VISITS, HEARTS):
        flush_before()


def crashing(flush: Callable[[], None]) -> bool:
    """Whether it crashed."""
    try:
        flush()
    except Crash:
        db.session.rollback()
        return True
    return False


def assert_nothing_is_left() -> None:
    assert flusher.status().entries == 0
    assert flusher.status().parked == {}
    assert write_back_parked.kinds() == set()
    for kind in ("visit", "heart"):
        for family in (keys.PENDING_PAIRS, keys.PENDING_DELTAS, keys.PARKED):
            assert not state.client.exists(family.key(kind)), (kind, family.name)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(WriteBackJournal)) == 1


# -- the table -------------------------------------------------------------------------------------


def test_only_what_the_release_before_reads_or_parks_is_journalled() -> None:
    assert kinds.WRITTEN <= READ_BEFORE | PARKED_BEFORE
    assert set(kinds.KINDS) >= kinds.WRITTEN
    assert [kinds.KINDS[name].name for name in kinds.KINDS] == list(kinds.KINDS)


def test_a_like_is_written_as_the_release_before_reads_it() -> None:
    post, ann = make_post(), make_user()
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    ((_, fields),) = state.client.xrange(keys.JOURNAL.key())
    (text,) = fields.values()
    kind, actor, target, value = text.decode().split(":")
    assert (kind, int(actor), int(target), int(value)) == ("post", ann.id, post.id, 1)


def test_a_kind_that_is_not_journalled_yet_is_stored_before_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A newer web process has journalled one already: it is the older word."""
    post, ann = make_post(), make_user()
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    monkeypatch.setattr(kinds, "WRITTEN", {"comment"})
    assert likes.set_liked(POSTS, post.id, by=ann.id, on=False).like_count == 0
    assert flusher.status().entries == 0
    flush_before()
    assert not db.session.scalars(select(PostLike.id)).all()


@pytest.mark.parametrize("target", [7, "7", SUNSET, "", ":", "=", "%"])
def test_an_entry_is_read_as_it_was_written(target: int | str) -> None:
    entry: Any = Entry("5-1", "visit", ANN, target, 1_764_000_000_123_456)
    assert parse("5-1", entry.text) == entry
    assert entry.text.count(":") == 3


def test_a_time_loses_no_digit_on_its_way() -> None:
    at = 1_764_000_000_123_457
    visit(ANN, SUNSET, at)
    assert visited(ANN, SUNSET) == at
    flush_after()
    assert stored(ANN, SUNSET) == visited(ANN, SUNSET) == at


def test_the_same_value_again_is_journalled_once_while_it_waits() -> None:
    for _ in range(3):
        visit(ANN, SUNSET, 1)
    assert flusher.status().entries == 1
    flush_after()
    visit(ANN, SUNSET, 1)
    assert flusher.status().entries == 1
    flush_after()
    assert_nothing_is_left()


def test_a_value_that_changes_while_it_is_flushed_stays_pending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit(ANN, SUNSET, 1)
    with known(VISITS), monkeypatch.context() as patch:
        patch.setattr(
            flusher,
            "crash_point",
            lambda name: visit(ANN, SUNSET, 2) if name == "flush.committed" else None,
        )
        flusher.flush()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET)) == (1, 2)
    flush_after()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET)) == (2, 2)
    assert_nothing_is_left()


# -- an unknown kind -------------------------------------------------------------------------------


def test_an_unknown_kind_stops_nothing_and_waits_for_who_knows_it() -> None:
    post, ann = make_post(), make_user()
    visit(ANN, SUNSET, 1)
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    visit(ANN, "other", 2)
    with capture_logs() as lines:
        flush_before()
    assert set(db.session.scalars(select(PostLike.user_id))) == {ann.id}
    found = flusher.status()
    assert (found.entries, found.parked) == (0, {"visit": 2})
    alarm = {"event": "write_back_parked", "log_level": "warning", "kind": "visit", "entries": 2}
    assert alarm in lines
    assert (visited(ANN, SUNSET), stored(ANN, SUNSET)) == (1, None), "pending for readers"
    flush_before()
    assert flusher.status().parked == {"visit": 2}
    flush_after()
    assert (visited(ANN, SUNSET), stored(ANN, SUNSET), stored(ANN, "other")) == (1, 1, 2)
    assert_nothing_is_left()


def test_operators_see_what_is_parked(app: Flask, anonymous: Client) -> None:
    visit(ANN, SUNSET, 1)
    flush_before()
    shown = app.test_cli_runner().invoke(args=["writeback", "status"]).output
    assert "parked: 1 entries of kind 'visit'" in shown
    assert 'pigeon_writeback_parked{kind="visit"} 1.0' in anonymous.get("/metrics").text


def test_what_cannot_be_read_at_all_stops_nothing() -> None:
    post, ann = make_post(), make_user()
    for text in ("", "post", "post:1:2:3:4", "post:a:2:1", "\\xff", "later:1:word:1.5"):
        state.client.xadd(keys.JOURNAL.key(), {"c": text})
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    flush_before()
    flush_before()
    assert set(db.session.scalars(select(PostLike.user_id))) == {ann.id}
    assert flusher.status().entries == 0
    assert flusher.status().parked == {"": 1, "post": 3, "\\xff": 1, "later": 1}
    assert {one.entry.kind for one in write_back_parked.read("post", "0-0", 9)} == {UNREADABLE}


def test_the_newest_value_of_a_pair_wins() -> None:
    for at in (1, 2):
        visit(ANN, SUNSET, at)
        flush_before()
    visit(ANN, SUNSET, 3)
    flush_after()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET)) == (3, 3)
    assert_nothing_is_left()


def test_releases_that_lead_in_turns_keep_the_order() -> None:
    for at in range(1, 9):
        visit(ANN, SUNSET, at)
        (flush_before if at % 2 else flush_after)()
        assert visited(ANN, SUNSET) == at
    assert stored(ANN, SUNSET) == 8
    assert_nothing_is_left()


def test_a_count_includes_what_is_parked() -> None:
    comment = make_comment(make_post())
    ann, bob = make_user(), make_user()
    assert hearts(comment.id) == 0
    assert [heart(ann.id, comment.id), heart(bob.id, comment.id)] == [1, 2]
    flush_before()
    assert (hearts(comment.id), heart(ann.id, comment.id, 0)) == (2, 1)
    flush_before()
    assert hearts(comment.id) == 1
    flush_after()
    assert hearts(comment.id) == 1
    assert set(db.session.scalars(select(CommentLike.user_id))) == {bob.id}
    assert db.session.scalar(select(CommentModel.like_count)) == 1
    assert_nothing_is_left()


def test_many_are_stored_in_whole_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flusher, "FLUSHED_AT_ONCE", 3)
    monkeypatch.setattr(parking, "READ_AT_ONCE", 7)
    for number in range(25):
        visit(number % 5, SUNSET, number)
    flush_before()
    assert flusher.status().parked == {"visit": 25}
    flush_after()
    assert [stored(actor, SUNSET) for actor in range(5)] == [20, 21, 22, 23, 24]
    assert_nothing_is_left()


def test_a_pipeline_that_was_sent_twice_parks_twice_and_stores_once() -> None:
    visit(ANN, SUNSET, 1)
    park = write_back_parked.park
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write_back_parked, "park", lambda *args: [park(*args), park(*args)])
        flush_before()
    assert flusher.status().parked == {"visit": 2}
    flush_after()
    assert stored(ANN, SUNSET) == 1
    assert_nothing_is_left()


# -- crashes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PASSING)
@pytest.mark.parametrize("next_one", [flush_before, flush_after], ids=["same", "knowing"])
def test_who_dies_while_passing_over_loses_and_doubles_nothing(
    place: str, next_one: Callable[[], None], crash_at: Callable[[str | None], None]
) -> None:
    comment, ann = make_comment(make_post()), make_user()
    visit(ANN, SUNSET, 1)
    heart(ann.id, comment.id)
    crash_at(place)
    assert crashing(flush_before)
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (1, 1)
    crash_at(None)
    next_one()
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (1, 1)
    visit(ANN, SUNSET, 2)
    heart(ann.id, comment.id, 0)
    next_one()
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (2, 0)
    flush_after()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET), hearts(comment.id)) == (2, 2, 0)
    assert_nothing_is_left()


@pytest.mark.parametrize("place", KNOWING)
@pytest.mark.parametrize("next_one", [flush_before, flush_after], ids=["before", "knowing"])
def test_who_dies_while_storing_what_is_parked_loses_and_doubles_nothing(
    place: str, next_one: Callable[[], None], crash_at: Callable[[str | None], None]
) -> None:
    comment, ann, bob = make_comment(make_post()), make_user(), make_user()
    visit(ANN, SUNSET, 1)
    heart(ann.id, comment.id)
    flush_before()
    crash_at(place)
    assert crashing(flush_after)
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (1, 1)
    visit(ANN, SUNSET, 2)
    heart(bob.id, comment.id)
    heart(ann.id, comment.id, 0)
    crash_at(None)
    next_one()
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (2, 1)
    flush_after()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET), hearts(comment.id)) == (2, 2, 1)
    assert_nothing_is_left()


@pytest.mark.parametrize("place", PASSING[2:])
def test_what_a_knowing_one_stored_and_did_not_settle_is_settled_by_the_next_one(
    place: str, crash_at: Callable[[str | None], None]
) -> None:
    """Between them a release leads that cannot read it."""
    comment, ann = make_comment(make_post()), make_user()
    visit(ANN, SUNSET, 1)
    heart(ann.id, comment.id)
    crash_at(place)
    assert crashing(flush_after)
    crash_at(None)
    flush_before()
    assert (visited(ANN, SUNSET), hearts(comment.id)) == (1, 1)
    visit(ANN, SUNSET, 2)
    flush_before()
    flush_after()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET), hearts(comment.id)) == (2, 2, 1)
    assert_nothing_is_left()


@pytest.mark.parametrize("place", ["flush.read", "park.parked"])
def test_who_wakes_up_after_a_knowing_one_parks_nothing_that_counts(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(ANN, SUNSET, 1)

    def overtake(name: str) -> None:
        if name == place:
            monkeypatch.undo()
            flush_after()
            visit(ANN, SUNSET, 2)
            flush_after()

    for module in (flusher, parking):
        monkeypatch.setattr(module, "crash_point", overtake)
    with pytest.raises(Overtaken):
        flush_before()
    db.session.rollback()
    assert stored(ANN, SUNSET) == 2
    visit(ANN, SUNSET, 3)
    flush_after()
    assert stored(ANN, SUNSET) == 3
    assert_nothing_is_left()


@pytest.mark.parametrize("place", [place for place in KNOWING if place != "parked.stored"])
def test_who_wakes_up_while_storing_what_is_parked_brings_no_old_value_back(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(ANN, SUNSET, 1)
    flush_before()

    def overtake(name: str) -> None:
        if name == place:
            monkeypatch.undo()
            flush_after()
            visit(ANN, SUNSET, 2)
            flush_after()

    monkeypatch.setattr(parking, "crash_point", overtake)
    with suppress(Overtaken), known(VISITS, HEARTS):
        flusher.flush()
    db.session.rollback()
    assert (stored(ANN, SUNSET), visited(ANN, SUNSET)) == (2, 2)
    flush_after()
    assert_nothing_is_left()


def test_a_cache_that_is_away_is_told_of_what_was_parked_when_it_is_back(
    with_settings: Callable[..., None],
) -> None:
    visit(ANN, SUNSET, 1)
    flush_after()
    assert visited(ANN, SUNSET) == 1
    visit(ANN, SUNSET, 2)
    flush_before()
    url = cache.url
    with_settings(redis_cache_url=DEAD)
    with known(VISITS, HEARTS):
        flusher.reset()
        assert flusher.drain(within_s=5)
    assert stored(ANN, SUNSET) == 2
    visit(ANN, SUNSET, 3)
    with known(VISITS, HEARTS):
        assert flusher.drain(within_s=5)
    assert stored(ANN, SUNSET) == 3
    with_settings(redis_cache_url=url)
    flush_after()
    assert visited(ANN, SUNSET) == 3
    assert_nothing_is_left()


def test_a_drain_brings_in_what_is_parked_and_known() -> None:
    visit(ANN, SUNSET, 1)
    assert flusher.drain(within_s=5)
    assert stored(ANN, SUNSET) is None
    with known(VISITS):
        assert flusher.drain(within_s=5)
    assert stored(ANN, SUNSET) == 1


@pytest.mark.parametrize("seed", range(6))
def test_random_releases_and_crashes_end_as_acknowledged(
    seed: int, crash_at: Callable[[str | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(flusher, "FLUSHED_AT_ONCE", dice.choice((2, 5, 2_000)))
    monkeypatch.setattr(parking, "READ_AT_ONCE", 3 * flusher.FLUSHED_AT_ONCE)
    people, comment = [make_user().id for _ in range(3)], make_comment(make_post())
    visits: dict[tuple[int, str], int] = {}
    liked: dict[int, int] = {}
    for step in range(120):
        chance = dice.random()
        if chance < 0.4:
            pair = dice.choice(people), dice.choice(("a", SUNSET))
            visit(*pair, step)
            visits[pair] = step
        elif chance < 0.6:
            person, value = dice.choice(people), dice.randrange(2)
            liked[person] = value
            assert heart(person, comment.id, value) == sum(liked.values())
        elif chance < 0.95:
            crash_at(dice.choice((None, *PASSING, *KNOWING)))
            crashing(dice.choice((flush_before, flush_after)))
        else:
            cache.client.flushall()
        assert hearts(comment.id) == sum(liked.values())
        for pair, at in visits.items():
            assert visited(*pair) == at
    crash_at(None)
    flush_after()
    assert {pair: stored(*pair) for pair in visits} == visits
    found = set(db.session.scalars(select(CommentLike.user_id)))
    assert found == {person for person, value in liked.items() if value}
    assert db.session.scalar(select(CommentModel.like_count)) == len(found)
    assert_nothing_is_left()


# -- beside the release before ---------------------------------------------------------------------


def test_likes_of_the_release_before_are_flushed_beside_an_unknown_kind() -> None:
    """An old web process and a newer one, and a flusher of this release."""
    post, ann = make_post(), make_user()
    state.client.xadd(keys.JOURNAL.key(), {"c": f"post:{ann.id}:{post.id}:1"})
    visit(ANN, SUNSET, 1)
    state.client.xadd(keys.JOURNAL.key(), {"c": f"comment:{ann.id}:999999999:1"})
    flush_before()
    assert set(db.session.scalars(select(PostLike.user_id))) == {ann.id}
    assert flusher.status().parked == {"visit": 1}


def test_comments_are_a_kind_of_their_own() -> None:
    assert (POSTS.name, COMMENTS.name) == ("post", "comment")
    assert kinds.KINDS[COMMENTS.name] is COMMENTS.pairs
    assert write_back_values.pending("visit", ANN, []) == {}
    assert write_back.pending("visit") == 0
