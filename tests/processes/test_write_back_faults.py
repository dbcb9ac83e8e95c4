"""Likes, comments and notifications whose processes are killed, stopped and doubled."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from pigeon.cache import keys
from pigeon.extensions import db, state
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import CommentModel, NotificationModel, OutboxRow
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.flusher import Overtaken
from tests.factories import Person, Posted, make_follow, make_post, make_user
from tests.harness import children
from tests.harness.crashes import beside, killed_at, stopped_at
from tests.harness.likers import Likers, settled
from tests.harness.parts import Parts, started_parts

pytestmark = pytest.mark.no_second_look

FORKS = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
CRASHES = (
    "flush.read",
    "flush.stored",
    "flush.committed",
    "flush.showing",
    "flush.shown",
    "flush.cleared",
)
FLUSHERS = 3
HANG_S = 25.0  # no claim of speed: somebody who waits this long on a busy machine was forgotten
"""The longest that a like may take while something it needs is out of reach."""


def like(person: Person, post: Posted, on: bool = True) -> int:
    return likes.set_liked(POSTS, post.id, by=person.id, on=on).like_count


def flush_all() -> None:
    with suppress(Overtaken):
        while flusher.flush():
            pass


# -- one process at a time -------------------------------------------------------------------------


@FORKS
@pytest.mark.both_databases
@pytest.mark.parametrize("point", CRASHES)
def test_a_flusher_killed_anywhere_loses_and_doubles_nothing(app: Flask, point: str) -> None:
    ann, bob, cat, post = make_user(), make_user(), make_user(), make_post()
    like(cat, post)
    flush_all()
    for person in (ann, bob):
        like(person, post)
    like(cat, post, on=False)
    killed_at(app, point, flusher.flush)
    assert like(bob, post, on=False) >= 0
    flush_all()
    assert settled(post.id) == ({ann.id}, 1, 1)
    flush_all()
    assert settled(post.id) == ({ann.id}, 1, 1)


@FORKS
@pytest.mark.both_databases
@pytest.mark.parametrize("point", [point for point in CRASHES if point != "flush.stored"])
def test_a_flusher_that_stood_still_changes_nothing_when_it_goes_on(app: Flask, point: str) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post)
    like(bob, post)
    with stopped_at(app, flusher, point, flusher.flush):
        flush_all()
        like(ann, post, on=False)
        flush_all()
        like(bob, post, on=False)
        like(bob, post)
    flush_all()
    assert settled(post.id) == ({bob.id}, 1, 1)
    assert likes.among(POSTS, ann.id, [post.id]) == set()


@FORKS
@pytest.mark.both_databases
def test_flushers_that_all_believe_to_be_the_one_store_everything_once(app: Flask) -> None:
    dice = random.Random(7)
    people, posted = [make_user() for _ in range(6)], [make_post() for _ in range(3)]
    wanted: dict[tuple[int, int], bool] = {}
    with beside(app, [flush_all] * FLUSHERS):
        for _ in range(400):
            person, post, on = dice.choice(people), dice.choice(posted), dice.random() < 0.6
            like(person, post, on)
            wanted[post.id, person.id] = on
    flush_all()
    for post in posted:
        expected = {person for (post_id, person), on in wanted.items() if on and post_id == post.id}
        assert settled(post.id) == (expected, len(expected), len(expected))


@FORKS
@pytest.mark.both_databases
def test_a_web_process_killed_after_the_journal_has_liked_once(
    app: Flask, token_client: Any, drain: Callable[[], int]
) -> None:
    ann, post = make_user(), make_post()
    client = token_client(ann)

    def send() -> Any:
        return client.api("PUT", f"/posts/{post.id}/like")

    send_off = client.api("DELETE", f"/posts/{post.id}/like")
    assert send_off[1]["like_count"] == 0
    killed_at(app, "like.journalled", send)
    status, answer = send()
    assert (status, answer["like_count"]) == (200, 1)
    drain()
    assert settled(post.id) == ({ann.id}, 1, 1)


@FORKS
@pytest.mark.both_databases
def test_a_web_process_killed_after_the_commit_has_commented_once(
    app: Flask, token_client: Any, drain: Callable[[], int]
) -> None:
    ann, post = make_user(), make_post()
    client = token_client(ann)

    def send() -> Any:
        body, headers = {"text": "once"}, {"Idempotency-Key": "k"}
        return client.api("POST", f"/posts/{post.id}/comments", body, headers=headers)

    assert client.api("GET", f"/posts/{post.id}")[1]["comment_count"] == 0
    killed_at(app, "comment.committed", send)
    status, comment = send()
    assert status == 201
    sweep_outbox()
    drain()
    found = client.api("GET", f"/posts/{post.id}/comments")[1]["items"]
    assert [one["id"] for one in found] == [comment["id"]]
    assert client.api("GET", f"/posts/{post.id}")[1]["comment_count"] == 1
    assert db.session.scalar(select(func.count()).select_from(CommentModel)) == 1
    assert rows_of(post.author) == ["shown"]


def rows_of(person: Person) -> list[str]:
    """The states of a person's notifications."""
    db.session.rollback()
    query = select(NotificationModel.state).where(NotificationModel.recipient_id == person.id)
    return list(db.session.scalars(query))


# -- processes as they run -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts() -> Iterator[Parts]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name,
        started_parts(Path(name), NOTIFY_BATCH="2") as parts,
    ):
        yield parts


@pytest.fixture
def world(parts: Parts) -> Iterator[Parts]:
    """The application of this site is open; nobody flushes and no job is done yet."""
    with parts.site.app.app_context():
        give_up_lead()
        yield parts
        parts.stop("scheduler", "workers")


def give_up_lead() -> None:
    """What happens by itself five seconds after a scheduler died."""
    state.client.delete(keys.LEADER.key("scheduler"))


@pytest.fixture(scope="module")
def web(parts: Parts) -> str:
    return parts.web("web")


@pytest.fixture
def likers(world: Parts, web: str) -> Likers:
    """Somebody stores what they do."""
    people, posts = [make_user() for _ in range(3)], [make_post() for _ in range(2)]
    world.scheduler("scheduler")
    return Likers(web, people, posts)


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
def test_each_scheduler_dies_further_on_and_the_last_one_finishes(world: Parts) -> None:
    people, post = [make_user() for _ in CRASHES], make_post()
    for person, point in zip(people, CRASHES, strict=True):
        like(person, post)
        give_up_lead()
        world.scheduler("scheduler", PIGEON_CRASH_AT=point)
        world.wait_killed("scheduler")
    like(people[0], post, on=False)
    give_up_lead()
    world.scheduler("scheduler")
    children.wait_until(lambda: not flusher.status().entries, what="the end of the journal")
    left = {person.id for person in people[1:]}
    assert settled(post.id) == (left, len(left), len(left))


def waiting_jobs(queue: str) -> list[Any]:
    """What is promised there, once nothing waits in the journal."""
    db.session.rollback()
    if flusher.status().entries:
        return ["journal"]
    columns = (OutboxRow.job, OutboxRow.progress, OutboxRow.state, OutboxRow.last_error)
    return list(db.session.execute(select(*columns).where(OutboxRow.queue == queue)))


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
@pytest.mark.parametrize("point", ("notify.inserted:3", "notify.pushed:3"))
def test_a_notify_worker_that_dies_between_batches_has_told_everybody_once(
    world: Parts, point: str
) -> None:
    ann, people = make_user(), [make_user() for _ in range(7)]
    for person in people:
        make_follow(person, ann, bell=True)
    runner.drain()
    post = make_post(ann)
    for person in people:
        like(person, post)
    world.worker("workers", "notify=1", PIGEON_CRASH_AT=point)
    world.scheduler("scheduler")
    log = world.site.log("workers")
    children.wait_until(lambda: "worker_restarted" in log.read_text(), timeout_s=150, what="a kill")
    world.stop("workers")
    log.write_text("")
    world.worker("workers", "notify=1")
    children.wait_until(lambda: not waiting_jobs("notify"), timeout_s=150, what="quiet")
    assert [rows_of(person) for person in people] == [["shown"]] * len(people)
    assert rows_of(ann) == ["shown"] * 2  # a group of followers and one of likers


def see_all_kept(crowd: Likers) -> None:
    """What was acknowledged stands, nothing else was answered, and nobody waited long."""
    crowd.check()
    assert set(crowd.statuses) <= {200, 503}
    assert crowd.slowest_s < HANG_S


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
def test_a_redis_that_is_killed_refuses_and_forgets_nothing(world: Parts, likers: Likers) -> None:
    with likers as crowd:
        for _ in range(3):
            crowd.wait_for(200, 40)
            world.kill_redis()
            crowd.wait_for(503, 5)
            world.start_redis()
        crowd.wait_for(200, 40)
    assert flusher.drain(within_s=60)
    see_all_kept(crowd)


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
def test_a_database_that_is_killed_gets_everything_afterwards(world: Parts, likers: Likers) -> None:
    with likers as crowd:
        crowd.wait_for(200, 40)
        world.kill_sql()
        crowd.wait_for(200, 40)  # they are acknowledged by the journal
        world.start_sql()
        crowd.wait_for(200, 40)
    children.wait_until(_drains, timeout_s=150, what="a drain")
    see_all_kept(crowd)


def _drains() -> bool:
    """As the scheduler does: the first use of a connection from before tells that it has gone."""
    try:
        return flusher.drain(within_s=60)
    except OperationalError:
        db.session.rollback()
        return False


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.mariadb
def test_a_database_that_stands_still_does_not_hold_up_likes(world: Parts, likers: Likers) -> None:
    with likers as crowd:
        crowd.wait_for(200, 40)
        world.freeze_sql()
        try:
            crowd.wait_for(200, 40)
        finally:
            world.thaw_sql()
        crowd.wait_for(200, 40)
    assert flusher.drain(within_s=60)
    see_all_kept(crowd)
