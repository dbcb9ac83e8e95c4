"""Jobs that run twice, at once, or after a death tell once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.jobs import notifications as jobs
from pigeon.jobs import runner
from pigeon.models import (
    NotificationContent,
    OutboxRow,
)
from pigeon.services.notifications import notifications
from pigeon.services.notifications.sources import posts as posts_source
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.context import concurrently
from tests.harness.crashes import killed_at
from tests.harness.online import bring_online
from tests.services.notifications.telling import Drain, Frames, kinds_of, like, told


def test_repeated_jobs_tell_once(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    make_follow(ben, ann, bell=True)
    bring_online([ann.id, ben.id, cat.id])
    post = make_post(ann, caption="@cat")
    comment = make_comment(post, ben)
    drain()
    assert len(frames.take("notification.created")) == 4
    for _ in range(3):
        jobs.announce_post.run(post_id=post.id)
        jobs.announce_comment.run(comment_id=comment.id)
        jobs.update_for_follow.run(follower_id=ben.id, followee_id=ann.id)
    assert not frames.take("notification.created")
    assert len(told(cat)) == len(told(ben)) == 1


def test_jobs_that_run_at_once_tell_once(app: Flask, ann: Person, ben: Person) -> None:
    make_follow(ben, ann, bell=True)
    post = make_post(ann, caption="@ben")
    comment = make_comment(post, ben, text="@ann")
    like(post.id, ben)
    calls = [
        lambda: jobs.announce_post.run(post_id=post.id),
        lambda: jobs.announce_comment.run(comment_id=comment.id),
        lambda: jobs.update_for_likes.run(subject="post", pairs=[[post.id, ben.id]]),
    ]
    failed = [found for found in concurrently(app, calls * 3) if found is not None]
    assert not failed
    assert kinds_of(ben) == ["mention"]
    assert sorted(kinds_of(ann)) == ["comment", "like"]
    columns = (NotificationContent.event, NotificationContent.kind)
    contents = db.session.execute(select(*columns)).all()
    assert len(contents) == len(set(contents))


@pytest.mark.env(NOTIFY_BATCH="4")
@pytest.mark.parametrize("point", ["notify.inserted:2", "notify.pushed:2", "job.undone:2"])
def test_a_worker_that_dies_between_batches_is_followed_up(
    app: Flask, ann: Person, drain: Drain, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts_source, "BATCHES", 1)
    people = [make_user() for _ in range(10)]
    for person in people:
        make_follow(person, ann, bell=True)
    drain()
    make_post(ann)
    db.session.rollback()
    row_id = db.session.scalar(
        select(OutboxRow.id).where(OutboxRow.job == "notifications.announce_post")
    )
    killed_at(app, point, lambda: (runner.run(row_id), runner.run(row_id)))
    with unit_of_work():
        db.session.execute(
            update(OutboxRow).values(state="ready", enqueued_at=None, available_at=utc_now())
        )
    drain()
    assert [kinds_of(person) for person in people] == [["post"]] * 10
    assert all(notifications.counts_of(person.id).unseen == 1 for person in people)
