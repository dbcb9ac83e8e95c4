"""Notifications are taken back with what they are about."""

from __future__ import annotations

import pytest

from pigeon.domain.sessions import Caller
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.comments import changes as comments_changes
from pigeon.services.notifications import wording
from pigeon.services.posts import changes as posts_changes
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.online import bring_online
from tests.services.notifications.telling import Drain, Frames, like, told


def test_a_deleted_comment_takes_back_what_it_caused(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    bring_online([ann.id])
    post = make_post(ann)
    comment = make_comment(post, ben, text="@cat")
    make_comment(post, cat, answers=comment)
    drain()
    assert told(cat)
    frames.take()
    comments_changes.remove(comment.id, by=ben.id)
    drain()
    assert not told(ann)
    assert not told(cat)
    assert [one.is_available for one in told(ben)] == [False]
    assert [frame[1] for frame in frames.take("notification.deleted")] == [ann.id]


def test_a_comment_that_is_gone_before_its_job_ran_tells_nobody(
    ann: Person, ben: Person, drain: Drain
) -> None:
    comment = make_comment(make_post(ann), ben)
    comments_changes.remove(comment.id, by=ben.id)
    drain()
    assert not told(ann)


def test_a_deleted_post_takes_back_its_announcement_and_leaves_the_rest(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_follow(ben, ann, bell=True)
    post = make_post(ann, caption="@cat", images=1)
    make_comment(post, ben)
    like(post.id, ben)
    drain()
    posts_changes.remove(post.id, by=ann.id)
    drain()
    assert not told(ben)
    assert not told(cat)
    left = told(ann, "comment", "like")
    assert len(left) == 2
    assert all((one.is_available, one.excerpt, one.thumb_url) == (False, "", None) for one in left)


def test_a_person_who_left_is_nobody_in_a_row(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann)
    make_comment(post, ben)
    like(post.id, ben)
    drain()
    accounts_changes.withdraw(ben.id, password=ben.password, fresh_identity=False, caller=Caller())
    drain()
    for one in told(ann):
        assert one.actors == []
        assert one.actor_count == 0
        said = wording.say_in("en", [one])
        assert said[0].message == "This person is no longer here"


@pytest.mark.both_modes
@pytest.mark.env(NOTIFY_BATCH="4")
def test_batches_are_taken_back_in_batches(ann: Person, drain: Drain) -> None:
    people = [make_user() for _ in range(9)]
    for person in people:
        make_follow(person, ann, bell=True)
    post = make_post(ann)
    drain()
    assert all(told(person) for person in people)
    posts_changes.remove(post.id, by=ann.id)
    drain()
    assert not any(told(person) for person in people)
