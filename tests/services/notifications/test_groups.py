"""Likes and follows that share a row, which grows, shrinks and goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import NotificationCounts
from pigeon.extensions import db
from pigeon.jobs import notifications as jobs
from pigeon.models import (
    NotificationActor,
    PostLike,
)
from pigeon.services.follows import follows
from pigeon.services.notifications import notifications
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_post, make_user
from tests.harness.online import bring_online
from tests.services.notifications.telling import Drain, Frames, kinds_of, like, told, unlike


def test_likes_share_a_row_while_it_is_unseen(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    like(post.id, ben)
    drain()
    dan, eve = make_user("dan"), make_user("eve")
    like(post.id, cat, dan, eve)
    drain()
    (found,) = told(ann)
    assert found.actor_count == 4
    assert [actor.username for actor in found.actors] == ["eve", "dan", "cat"]
    first, second = frames.take("notification.created")
    assert first[2]["id"] == second[2]["id"] == found.id
    assert (second[2]["actor_count"], second[2]["unseen"]) == (4, 1)
    notifications.mark_seen(ann.id)
    like(post.id, make_user("fay"))
    drain()
    assert [one.actor_count for one in told(ann)] == [1, 4]


def test_a_group_that_grows_moves_to_the_front(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann)
    like(post.id, ben)
    drain()
    make_comment(post, ben)
    drain()
    assert kinds_of(ann) == ["comment", "like"]
    like(post.id, cat)
    drain()
    assert kinds_of(ann) == ["like", "comment"]


def test_unliking_takes_a_person_out_and_the_last_one_takes_the_row_back(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    like(post.id, ben, cat)
    drain()
    row_id = told(ann)[0].id
    unlike(post.id, ben)
    drain()
    assert [actor.username for actor in told(ann)[0].actors] == ["cat"]
    frames.take()
    unlike(post.id, cat)
    drain()
    assert not told(ann)
    assert notifications.counts_of(ann.id) == NotificationCounts()
    ((_, recipient, payload),) = frames.take("notification.deleted")
    assert (recipient, payload) == (ann.id, {"id": row_id, "unseen": 0, "unread": 0})


def test_liking_again_restores_silently(
    ann: Person, ben: Person, drain: Drain, frames: Frames
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    like(post.id, ben)
    drain()
    before = told(ann)
    notifications.mark_all_read(ann.id)
    unlike(post.id, ben)
    drain()
    frames.take()
    like(post.id, ben)
    drain()
    (found,) = told(ann)
    assert (found.id, found.read, found.created_at) == (before[0].id, True, before[0].created_at)
    assert not frames.take("notification.created")


def test_a_follow_that_comes_and_goes_is_announced_once(
    ann: Person, ben: Person, drain: Drain, frames: Frames
) -> None:
    bring_online([ann.id])
    for _ in range(3):
        follows.follow(ann.id, by=ben.id)
        drain()
        follows.unfollow(ann.id, by=ben.id)
        drain()
    assert not told(ann)
    follows.follow(ann.id, by=ben.id)
    drain()
    assert len(told(ann)) == 1
    assert len(frames.take("notification.created")) == 1


def test_a_thousand_flaps_make_one_announcement(
    ann: Person, ben: Person, frames: Frames, database: str
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    for number in range(1_000 if database == "sqlite" else 50):  # its commits reach the disk
        with unit_of_work():
            if number % 2:
                db.session.execute(delete(PostLike))
            else:
                values = {"post_id": post.id, "user_id": ben.id, "created_at": utc_now()}
                db.session.execute(insert(PostLike).values(values))
        jobs.update_for_likes.run(subject="post", pairs=[[post.id, ben.id]])
    assert len(frames.take("notification.created")) == 1
    assert len(db.session.scalars(select(NotificationActor.id)).all()) == 1


def test_a_thousand_likes_at_once_are_one_row_and_one_frame(
    ann: Person, drain: Drain, frames: Frames, queries: Callable[[], Any]
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    drain()
    people = [make_user() for _ in range(60)]
    like(post.id, *people)
    frames.take()
    with queries() as sent:
        drain()
    (found,) = told(ann)
    assert found.actor_count == 60
    assert len(frames.take("notification.created")) == 1
    assert len(sent) < 40


def test_what_a_reader_deleted_stays_deleted(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann)
    like(post.id, ben)
    drain()
    notifications.remove(int(told(ann)[0].id), by=ann.id)
    unlike(post.id, ben)
    drain()
    like(post.id, ben)
    drain()
    assert not told(ann)
    like(post.id, cat)
    drain()
    assert [[actor.username for actor in one.actors] for one in told(ann)] == [["cat"]]
