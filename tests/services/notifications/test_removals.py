"""A block deletes what each was told of the other, for good."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.events import UserFollowed
from pigeon.domain.notifications import NotificationCounts
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.models import NotificationModel
from pigeon.services.follows import follows, requests
from pigeon.services.notifications import delivery, notifications, removals
from pigeon.services.notifications.sources import likes as likes_source
from pigeon.services.relations import blocks
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.factories.relations import make_block, make_private
from tests.harness.context import in_app
from tests.harness.online import bring_online
from tests.services.notifications.telling import (
    Drain,
    Frames,
    kinds_of,
    like,
    like_comment,
    told,
    unlike,
)


def names_of(person: Person) -> list[list[str]]:
    return [[actor.username for actor in one.actors] for one in told(person)]


def talk(ann: Person, ben: Person) -> None:
    """Ben gives ann every kind of notification that one person can."""
    post = make_post(ann)
    comment = make_comment(post, ann)
    make_comment(post, ben)
    make_comment(post, ben, answers=comment, text="hello @ann")
    like(post.id, ben)
    like_comment(comment.id, ben)
    make_post(ben, caption="with @ann")
    follows.follow(ann.id, by=ben.id)


@pytest.mark.both_modes
@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_a_block_deletes_what_each_was_told_of_the_other(
    ann: Person, ben: Person, cat: Person, drain: Drain, who_blocks: str
) -> None:
    talk(ann, ben)
    talk(ben, ann)
    make_follow(cat, ann)
    drain()
    assert {"comment", "reply", "like", "mention", "follow"} == set(kinds_of(ann))
    blocker, blocked = (ann, ben) if who_blocks == "ann" else (ben, ann)
    make_block(blocker, blocked)
    assert names_of(ann) == [["cat"]], "at once, before any job"
    assert not told(ben)
    drain()
    assert names_of(ann) == [["cat"]]
    assert notifications.counts_of(ann.id) == NotificationCounts(unseen=1, unread=1)
    assert notifications.counts_of(ben.id) == NotificationCounts()


def test_what_a_block_hides_is_behind_no_door(ann: Person, ben: Person, drain: Drain) -> None:
    make_comment(make_post(ann), ben)
    drain()
    (row,) = told(ann)
    make_block(ann, ben)
    with pytest.raises(notifications.NotFound):
        notifications.get(int(row.id), ann.id)


def test_open_tabs_lose_the_rows_and_the_badge(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    post = make_post(ann)
    make_comment(post, ben)
    make_comment(post, cat)
    drain()
    (of_cat, of_ben) = told(ann)
    bring_online([ann.id, ben.id])
    frames.sent.clear()
    make_block(ann, ben)
    drain()
    gone = [frame for frame in frames.take("notification.deleted") if frame[1] == ann.id]
    assert gone == [("notification.deleted", ann.id, {"id": of_ben.id, "unseen": 1, "unread": 1})]
    assert [one.id for one in told(ann)] == [of_cat.id]


def test_who_loses_nothing_hears_nothing(
    ann: Person, ben: Person, drain: Drain, frames: Frames
) -> None:
    """Or they would know that somebody blocked them just now."""
    bring_online([ann.id, ben.id])
    blocks.block(ben.id, by=ann.id)
    drain()
    assert not [frame for frame in frames.sent if frame[0].startswith("notification.")]


def test_a_group_keeps_the_others_and_its_count_is_theirs(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    post = make_post(ann)
    like(post.id, ben, cat)
    drain()
    bring_online([ann.id])
    frames.sent.clear()
    make_block(ann, ben)
    assert names_of(ann) == [["cat"]]
    drain()
    (row,) = told(ann)
    assert row.actor_count == 1
    assert [actor.username for actor in row.actors] == ["cat"]
    heard = {event for event, reader, _ in frames.sent if reader == ann.id}
    assert heard == {"relations.changed"}, "nothing that her badge counts has changed"


def test_a_group_of_many_does_not_count_who_is_blocked(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann)
    like(post.id, ben)
    like(post.id, *(make_user() for _ in range(5)))
    drain()
    assert told(ann)[0].actor_count == 6
    make_block(ann, ben)
    drain()
    assert told(ann)[0].actor_count == 5


def test_the_last_of_a_group_takes_it_along(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    like(make_post(ann).id, ben, cat)
    drain()
    make_block(ann, ben)
    drain()
    make_block(cat, ann)
    drain()
    assert not told(ann)
    assert notifications.counts_of(ann.id) == NotificationCounts()


# -- for good --------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_what_was_removed_does_not_come_back(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    """Not by an unblock, and not by liking or following again: alone or in a group with cat."""
    alone, shared = make_post(ann), make_post(ann)
    like(alone.id, ben)
    like(shared.id, ben, cat)
    for person in (ben, cat):
        follows.follow(ann.id, by=person.id)
    drain()
    make_block(ann, ben)
    drain()
    blocks.unblock(ben.id, by=ann.id)
    drain()
    assert names_of(ann) == [["cat"], ["cat"]]
    for post in (alone, shared):
        unlike(post.id, ben)
        drain()
        like(post.id, ben)
    follows.follow(ann.id, by=ben.id)
    drain()
    assert names_of(ann) == [["cat"], ["cat"]]
    assert all(one.actor_count == 1 for one in told(ann))


def test_a_late_job_brings_nobody_back(ann: Person, ben: Person, cat: Person, drain: Drain) -> None:
    """Likes stay while a block lasts, so a job that is repeated finds them present."""
    post = make_post(ann)
    like(post.id, ben, cat)
    drain()
    make_block(ann, ben)
    drain()
    for _ in range(2):
        likes_source.update(subject="post", pairs=[(post.id, ben.id)])
    assert names_of(ann) == [["cat"]]
    blocks.unblock(ben.id, by=ann.id)
    likes_source.update(subject="post", pairs=[(post.id, ben.id)])
    assert names_of(ann) == [["cat"]]


def test_what_was_taken_back_before_the_block_does_not_come_back(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann)
    like(post.id, ben)
    drain()
    unlike(post.id, ben)
    drain()
    make_block(ann, ben)
    drain()
    blocks.unblock(ben.id, by=ann.id)
    like(post.id, ben)
    drain()
    assert not told(ann)


def test_blocking_twice_removes_what_came_between(ann: Person, ben: Person, drain: Drain) -> None:
    shared, cat = make_post(ann), make_user("cat")
    for round_ in range(2):
        another = make_post(ann)
        like(another.id, ben, cat)
        make_comment(shared, ben)
        drain()
        assert len(told(ann, "like")) == round_ + 1
        make_block(ann, ben)
        drain()
        assert not told(ann, "comment")
        assert names_of(ann) == [["cat"]] * (round_ + 1)
        blocks.unblock(ben.id, by=ann.id)


def test_what_happens_after_the_unblock_is_news(ann: Person, ben: Person, drain: Drain) -> None:
    make_block(ann, ben)
    drain()
    blocks.unblock(ben.id, by=ann.id)
    make_comment(make_post(ann), ben)
    follows.follow(ann.id, by=ben.id)
    drain()
    assert kinds_of(ann) == ["follow", "comment"]


def test_others_keep_what_they_were_told_of_both(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    like(make_post(cat).id, ann, ben)
    drain()
    make_block(ann, ben)
    drain()
    assert told(cat)[0].actor_count == 2


# -- at the same time ------------------------------------------------------------------------------


def test_the_removal_may_run_twice(ann: Person, ben: Person, drain: Drain) -> None:
    cat = make_user("cat")
    like(make_post(ann).id, ben, cat)
    make_comment(make_post(ann), ben)
    drain()
    make_block(ann, ben)
    for _ in range(2):
        removals.remove_of(ben.id, ann.id)
    assert names_of(ann) == [["cat"]]
    drain()


@pytest.mark.both_modes
def test_many_rows_go_in_batches(
    ann: Person, ben: Person, drain: Drain, monkeypatch: pytest.MonkeyPatch, frames: Frames
) -> None:
    monkeypatch.setattr(removals, "REMOVED_AT_ONCE", 3)
    monkeypatch.setattr(notifications, "NAMED", 4)
    cat, post = make_user("cat"), make_post(ann)
    for _ in range(7):
        make_comment(post, ben)
        like(make_post(ann).id, ben, cat)
    drain()
    frames.sent.clear()
    make_block(ann, ben)
    drain()
    assert names_of(ann) == [["cat"]] * 7
    assert len([one for one in frames.take("notification.deleted") if one[1] == ann.id]) == 4


def test_nothing_slips_in_while_a_block_commits(
    app: Flask,
    ann: Person,
    ben: Person,
    cat: Person,
    drain: Drain,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The batch chose its people before the block, and stores their rows after it."""
    if database == "sqlite":
        return  # writers wait for each other there
    make_comment(make_post(ann), ben, text="with @cat")
    lock, once = delivery.lock, [True]

    def block_first(*args: Any) -> int:
        if once and once.pop():
            in_thread(app, lambda: blocks.block(ben.id, by=ann.id))
        return lock(*args)

    monkeypatch.setattr(delivery, "lock", block_first)
    runner.drain()
    monkeypatch.undo()
    drain()
    assert not told(ann)
    assert names_of(cat) == [["ben"]]
    blocks.unblock(ben.id, by=ann.id)
    assert not told(ann)


def in_thread(app: Flask, call: Callable[[], None]) -> None:
    thread = Thread(target=in_app, args=(app, call))
    thread.start()
    thread.join()


# -- requests to follow ----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["withdraw", "approve", "decline", "block", "blocked"])
def test_the_row_of_a_request_goes_with_it(
    ann: Person, ben: Person, drain: Drain, frames: Frames, way: str
) -> None:
    make_private(ann)
    follows.follow(ann.id, by=ben.id)
    drain()
    assert kinds_of(ann) == ["follow_request"]
    bring_online([ann.id])
    frames.sent.clear()
    end(way, ann, ben)
    drain()
    assert "follow_request" not in kinds_of(ann)
    assert notifications.counts_of(ann.id).unseen == len(told(ann))
    assert [one for one in frames.take("notification.deleted") if one[1] == ann.id]
    states = db.session.scalars(
        select(NotificationModel.state).where(
            NotificationModel.recipient_id == ann.id, NotificationModel.event.like("fr%")
        )
    ).all()
    assert "shown" not in states


@pytest.mark.parametrize("way", ["withdraw", "decline", "block", "blocked"])
def test_asking_again_is_announced_again(ann: Person, ben: Person, drain: Drain, way: str) -> None:
    make_private(ann)
    follows.follow(ann.id, by=ben.id)
    drain()
    end(way, ann, ben)
    drain()
    if way in ("block", "blocked"):
        first, second = (ann, ben) if way == "block" else (ben, ann)
        blocks.unblock(second.id, by=first.id)
    follows.follow(ann.id, by=ben.id)
    drain()
    assert kinds_of(ann) == ["follow_request"]
    assert notifications.counts_of(ann.id).unseen == 1


def end(way: str, ann: Person, ben: Person) -> None:
    if way == "withdraw":
        follows.unfollow(ann.id, by=ben.id)
    elif way == "approve":
        requests.approve(ben.id, by=ann.id)
    elif way == "decline":
        requests.decline(ben.id, by=ann.id)
    else:
        first, second = (ann, ben) if way == "block" else (ben, ann)
        make_block(first, second)


def test_who_was_approved_is_told_and_who_was_declined_is_not(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_private(ann)
    for person in (ben, cat):
        follows.follow(ann.id, by=person.id)
    requests.approve(ben.id, by=ann.id)
    requests.decline(cat.id, by=ann.id)
    drain()
    assert kinds_of(ben) == ["follow_accepted"]
    assert not told(cat)
    (row,) = told(ben)
    assert row.href == "/u/ann"
    assert not told(ann, "follow_request"), "both ended before the job ran"


def test_an_approval_that_ended_before_its_job_tells_nobody(
    ann: Person, ben: Person, drain: Drain
) -> None:
    make_private(ann)
    follows.follow(ann.id, by=ben.id)
    drain()
    requests.approve(ben.id, by=ann.id)
    follows.remove_follower(ben.id, by=ann.id)
    drain()
    assert not told(ben)


def test_a_follow_event_across_a_block_tells_nobody(ann: Person, ben: Person, drain: Drain) -> None:
    """The job of a follow that a block ended runs late."""
    follows.follow(ann.id, by=ben.id)
    make_block(ann, ben)
    with unit_of_work() as uow:
        uow.record(UserFollowed(follower_id=ben.id, followee_id=ann.id))
    drain()
    assert not told(ann)
