from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pigeon.cache import keys
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Unavailable
from pigeon.extensions import cache, db
from pigeon.jobs import runner
from pigeon.models import FollowModel, OutboxRow, PostModel, PublicationModel
from pigeon.services import counts
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import changes as posts_changes
from pigeon.services.timelines import fanouts, timelines
from pigeon.stores import timelines as store
from pigeon.stores.timelines import Pusher
from pigeon.unit_of_work import Claim, unit_of_work
from tests.factories import Person, Posted, make_follow, make_post, make_user
from tests.factories.people import set_audience
from tests.harness.context import concurrently, in_app


class Killed(BaseException):
    """The worker died here."""


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


def cells(reader_id: int) -> list[int]:
    return [int(cell) for cell in cache.client.lrange(keys.TIMELINE.key(reader_id), 0, -1)]


def push_row() -> Any:
    db.session.rollback()
    return db.session.execute(
        select(OutboxRow.id, OutboxRow.queue, OutboxRow.progress, OutboxRow.attempt).where(
            OutboxRow.job == "timelines.push"
        )
    ).one_or_none()


def free_claims() -> None:
    with unit_of_work():
        db.session.execute(
            update(OutboxRow).values(state="ready", enqueued_at=None, available_at=utc_now())
        )


def run(app: Flask, outbox_id: int) -> None:
    in_app(app, runner.run, outbox_id)


def test_every_list_that_exists_gets_the_post_once(
    ben: Person, readers: list[int], drain: Callable[[], int]
) -> None:
    cache.client.delete(keys.TIMELINE.key(readers[3]))
    post = make_post(ben)
    drain()
    assert [cells(reader) for reader in readers if reader != readers[3]] == [
        [0, post.publication_id]
    ] * 19
    assert not cells(readers[3])


def test_a_deleted_post_is_not_pushed(
    ben: Person, readers: list[int], drain: Callable[[], int]
) -> None:
    post = make_post(ben)
    posts_changes.remove(post.id, by=ben.id)
    drain()
    assert cells(readers[0]) == [0]


@pytest.mark.env(FANOUT="off")
def test_without_fan_out_no_list_is_touched(
    ben: Person, readers: list[int], drain: Callable[[], int]
) -> None:
    make_post(ben)
    drain()
    assert cells(readers[0]) == [0]


def test_big_audiences_wait_in_a_queue_of_their_own(ben: Person, readers: list[int]) -> None:
    make_post(ben)
    assert push_row().queue == "fanout"
    with unit_of_work():
        db.session.execute(delete(OutboxRow))
        set_audience(ben, fanouts.BULK_AUDIENCE + 1)
    make_post(ben)
    assert push_row().queue == "fanout-bulk"


def test_a_big_audience_is_served_in_slices_behind_the_others(
    app: Flask, ben: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "SLICE", 8)
    monkeypatch.setattr(store, "CHUNK", 3)
    post = make_post(ben)
    served = []
    while row := push_row():
        run(app, row.id)
        served.append(sum(post.publication_id in cells(reader) for reader in readers))
    assert served == [7, 15, 20]  # ben himself is one of the 21
    assert all(cells(reader) == [0, post.publication_id] for reader in readers)


def test_a_new_follower_behind_the_slice_is_served_by_the_rebuild(
    app: Flask, ben: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "SLICE", 8)
    late = make_user("late")
    post = make_post(ben)
    run(app, push_row().id)
    with unit_of_work():
        db.session.execute(delete(FollowModel).where(FollowModel.follower_id == readers[0]))
        set_audience(ben, 19)
    make_follow(Person(id=readers[0], username="", email="", display_name="", password=""), ben)
    make_follow(late, ben)
    while row := push_row():
        run(app, row.id)
    for reader_id in (readers[0], late.id):
        db.session.rollback()
        assert timelines.verify(reader_id)
        assert timelines.plain(reader_id, None, 5) == [post.publication_id]


@pytest.mark.no_second_look
@pytest.mark.parametrize("place", [0, 1, 2, 6])
def test_a_worker_that_is_killed_leaves_no_gap_and_no_double(
    app: Flask, ben: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    """At `place` chunks; newer posts overtake before the repeat."""
    monkeypatch.setattr(store, "CHUNK", 3)
    monkeypatch.setattr(fanouts, "SLICE", 12)
    post = make_post(ben)
    payload, done = Pusher._payload, []

    def dying(pusher: Pusher, part: Any) -> Any:
        if len(done) == place:
            raise Killed
        done.append(part)
        return payload(pusher, part)

    monkeypatch.setattr(Pusher, "_payload", dying)
    row = push_row()
    with pytest.raises(Killed):
        run(app, row.id)
        run(app, row.id)
    monkeypatch.setattr(Pusher, "_payload", payload)
    free_claims()
    while row := push_row():
        run(app, row.id)
    for reader_id in readers:
        found = [abs(cell) for cell in cells(reader_id)]
        assert found[0] == 0
        assert set(found[1:]) == {post.publication_id}
        db.session.rollback()
        assert timelines.verify(reader_id)


def test_a_repeat_is_marked_as_late(app: Flask, ben: Person, readers: list[int]) -> None:
    post = make_post(ben)
    number = post.publication_id or 0
    claim = Claim(outbox_id=1, attempt=2, queue="", name="", arguments={}, progress="")
    pushed = fanouts.push(number, ben.id, claim)
    assert cells(readers[0]) == [0, -number]
    assert set(readers) <= set(pushed.readers)
    second = Claim(outbox_id=1, attempt=2, queue="", name="", arguments={}, progress="0:1")
    fanouts.push(number, ben.id, second)
    assert cells(readers[0]) == [0, -number, number]


def test_what_waited_is_late_when_many_were_published_since(
    app: Flask, ben: Person, readers: list[int]
) -> None:
    post = make_post(ben)
    number = post.publication_id or 0
    with unit_of_work():
        db.session.execute(
            update(PublicationModel).values(published_at=utc_now() - timedelta(seconds=6))
        )
    fanouts.push(number, ben.id, None)
    assert cells(readers[0]) == [0, number]
    for _ in range(fanouts.LATE_BY):
        make_post(make_user())
    fanouts.push(number, ben.id, None)
    assert cells(readers[0]) == [0, number, -number]


def test_a_backlog_that_drains_behind_newer_posts_leaves_no_gap(
    app: Flask, ben: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest is pushed first, then more old ones than a reader's window holds."""

    for name, value in (("SLACK", 8), ("WINDOW", 10)):
        monkeypatch.setattr(store, name, value)
    monkeypatch.setattr(fanouts, "LATE_BY", 2)
    monkeypatch.setattr(fanouts, "LATE_AFTER", timedelta(0))
    cache.client.lset(keys.TIMELINE.key(readers[0]), 0, 1)  # not complete
    made = [make_post(ben) for _ in range(15)]
    for post in [made[-1], *made[:-1]]:
        fanouts.push(post.publication_id or 0, ben.id, None)
    db.session.rollback()
    assert timelines.verify(readers[0], limit=8)


def test_progress_of_an_attempt_that_was_overtaken_is_refused(
    app: Flask, ben: Person, readers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "SLICE", 8)
    post = make_post(ben)
    row = push_row()
    push = Pusher.push

    def stalling(pusher: Pusher, part: Any) -> Any:
        monkeypatch.setattr(Pusher, "push", push)
        concurrently(app, [lambda: (free_claims(), runner.run(row.id))])
        return push(pusher, part)

    monkeypatch.setattr(Pusher, "push", stalling)
    run(app, row.id)
    while row := push_row():
        run(app, row.id)
    for reader_id in readers:
        assert {abs(cell) for cell in cells(reader_id)} == {0, post.publication_id}


def test_a_push_waits_for_redis(
    app: Flask, ben: Person, readers: list[int], with_settings: Callable[..., None]
) -> None:
    post = make_post(ben)
    url = cache.url
    with_settings(redis_cache_url="unix:///nonexistent/redis.sock")
    with pytest.raises(Unavailable):
        fanouts.push(post.publication_id or 0, ben.id, None)
    run(app, push_row().id)
    assert push_row() is not None
    assert not outbox_figures.list_dead()
    with_settings(redis_cache_url=url)
    free_claims()
    run(app, push_row().id)
    assert push_row() is None
    assert {abs(cell) for cell in cells(readers[0])} == {0, post.publication_id}


def test_a_publisher_that_died_after_its_commit_left_nothing_hidden(
    app: Flask, ben: Person, readers: list[int], drain: Callable[[], int]
) -> None:
    """The card was remembered as absent while the post was processing."""
    waiting = make_post(ben, state="processing")
    assert post_cards.cards.one(waiting.id) is None
    absent = {key: cache.client.dump(key) for key in cache.client.keys("{post*")}
    db.session.rollback()
    _publish_and_die(waiting)
    for key, dump in absent.items():
        cache.client.restore(key, 0, dump, replace=True)
    assert post_cards.cards.one(waiting.id) is None
    drain()
    assert post_cards.cards.one(waiting.id) is not None
    assert set(counts.of_posts([waiting.id])) == {waiting.id}


def _publish_and_die(post: Posted) -> None:
    from pigeon.services.posts import publishing

    with unit_of_work() as uow:
        row = db.session.get(PostModel, post.id)
        assert row is not None
        publishing.publish(uow, row)
        uow.callbacks.clear()
