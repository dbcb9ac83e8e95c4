"""Nobody hears across a block, of whom they muted, or about a post that they may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import NotificationCounts
from pigeon.extensions import db
from pigeon.models import BlockModel
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows, requests
from pigeon.services.notifications import notifications, recipients
from pigeon.services.posts import changes as posts_changes
from pigeon.services.relations import apart, mutes
from pigeon.services.users import suspensions
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.factories.relations import make_block, make_mute, make_private, make_public
from tests.services.notifications.telling import Drain, kinds_of, like, like_comment, told, unlike
from tests.services.notifications.test_removals import talk


def force_block(blocker: Person, blocked: Person) -> None:
    """Only the row: what was said just before the block is not told after it either."""
    with unit_of_work() as uow:
        row = {"blocker_id": blocker.id, "blocked_id": blocked.id, "created_at": utc_now()}
        db.session.execute(insert(BlockModel).values(**row))
        uow.after_commit(lambda: apart.evict(blocker.id, blocked.id))


@pytest.mark.both_modes
@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_nobody_is_told_across_a_block(
    ann: Person, ben: Person, drain: Drain, who_blocks: str, mode: str
) -> None:
    if mode == "plain":
        return  # there a thing is told before a block can come
    talk(ann, ben)
    force_block(ann, ben) if who_blocks == "ann" else force_block(ben, ann)
    drain()
    assert not told(ann)
    assert notifications.counts_of(ann.id) == NotificationCounts()


@pytest.mark.both_modes
def test_nobody_is_told_of_whom_they_muted(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_mute(ann, ben)
    follows.follow(ben.id, by=ann.id)
    follows.set_bell(ben.id, by=ann.id, on=True)
    talk(ann, ben)
    make_comment(make_post(ann), cat)
    make_comment(make_post(ben, caption="hi @cat"), cat, text="and @ann")
    drain()
    assert {actor.username for one in told(ann) for actor in one.actors} == {"cat"}
    assert {"mention"} == set(kinds_of(cat)), "a mute is ann's own affair"
    assert not [one for one in told(ben) if one.kind.startswith("mute")], "nor is ben told of it"


def test_muting_stories_or_chat_mutes_no_notifications(
    ann: Person, ben: Person, drain: Drain
) -> None:
    make_mute(ann, ben, "stories", "chat")
    make_comment(make_post(ann), ben)
    drain()
    assert kinds_of(ann) == ["comment"]


def test_what_was_told_before_a_mute_stays_and_after_its_end_news_come(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann)
    make_comment(post, ben)
    drain()
    make_mute(ann, ben)
    like(post.id, ben)
    drain()
    assert kinds_of(ann) == ["comment"]
    mutes.set_muted(ben.id, by=ann.id, of=["posts"], on=False)
    make_comment(post, ben)
    drain()
    assert kinds_of(ann) == ["comment", "comment"]


def test_who_is_muted_does_not_come_back_to_a_group(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann)
    like(post.id, ben, cat)
    drain()
    unlike(post.id, ben)
    drain()
    make_mute(ann, ben)
    like(post.id, ben)
    drain()
    assert [actor.username for actor in told(ann)[0].actors] == ["cat"]


# -- posts that a reader may not see ---------------------------------------------------------------


@pytest.mark.both_modes
def test_a_mention_in_a_private_post_tells_followers_alone(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_private(ann, cat)
    post = make_post(ann, caption="look @ben @cat")
    make_comment(post, cat, text="and you @ben, @ann")
    drain()
    assert not told(ben)
    assert kinds_of(cat) == ["mention"]
    assert kinds_of(ann) == ["comment", "follow"]


def test_a_mention_that_an_edit_adds_tells_followers_alone(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_private(ann, cat)
    post = make_post(ann)
    comment = make_comment(post, cat)
    posts_changes.edit(post.id, by=ann.id, caption="look @ben @cat")
    comments_changes.edit(comment.id, by=cat.id, text="well @ben")
    drain()
    assert not told(ben)
    assert kinds_of(cat) == ["mention"]


def test_an_approval_later_tells_nothing_of_before(ann: Person, ben: Person, drain: Drain) -> None:
    make_private(ann)
    make_post(ann, caption="look @ben")
    drain()
    follows.follow(ann.id, by=ben.id)
    requests.approve(ben.id, by=ann.id)
    drain()
    assert kinds_of(ben) == ["follow_accepted"]


@pytest.mark.both_modes
def test_what_happens_below_a_post_that_is_hidden_since_tells_nobody(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    """Ben commented while ann was public."""
    post = make_post(ann)
    comment = make_comment(post, ben)
    make_private(ann, cat)
    drain()
    assert not told(ben)
    make_comment(post, cat, answers=comment, text="so true @ben")
    like_comment(comment.id, cat)
    drain()
    assert not told(ben)


def test_what_happens_below_a_post_across_a_block_tells_nobody(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    """Neither of the two who act is in the block, but its author is."""
    post = make_post(ann)
    comment = make_comment(post, ben)
    make_block(ann, ben)
    drain()
    make_comment(post, cat, answers=comment)
    make_comment(post, cat, text="@ben")
    like_comment(comment.id, cat)
    drain()
    assert not told(ben)


def test_a_reply_below_somebody_who_is_blocked_tells_nobody(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    """What is hidden with the comment above it is not told, and says nothing afterwards."""
    dan = make_user("dan")
    post = make_post(cat)
    above = make_comment(post, ben)
    mine = make_comment(post, ann, answers=above)
    make_comment(post, dan, answers=mine, text="before @ann")
    drain()
    (row,) = told(ann)
    assert row.is_available
    assert row.excerpt == "before @ann"
    make_block(ann, ben)
    drain()
    make_comment(post, dan, answers=mine, text="after @ann")
    drain()
    (row,) = told(ann)
    assert (row.is_available, row.excerpt, row.thumb_url) == (False, "", None)


@pytest.mark.both_modes
def test_going_private_greys_out_rows_about_the_posts(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_follow(cat, ann)
    post = make_post(ann, caption="with @ben and @cat", images=1)
    comment = make_comment(post, ben)
    make_comment(post, ann, answers=comment, text="thanks")
    like_comment(comment.id, ann)
    drain()
    assert all(one.is_available and one.excerpt for one in told(ben))
    assert all(one.thumb_url for one in told(ben))
    make_private(ann)
    rows = told(ben)
    assert {one.kind for one in rows} == {"mention", "reply", "like"}
    assert {(one.is_available, one.excerpt, one.thumb_url) for one in rows} == {(False, "", None)}
    assert all(one.is_available for one in told(cat))
    make_public(ann)
    assert all(one.is_available and one.excerpt and one.thumb_url for one in told(ben))


def test_no_longer_following_greys_them_out_too(ann: Person, ben: Person, drain: Drain) -> None:
    make_private(ann, ben)
    make_post(ann, caption="with @ben")
    drain()
    assert told(ben)[0].is_available
    follows.remove_follower(ben.id, by=ann.id)
    assert not told(ben)[0].is_available
    assert told(ben)[0].excerpt == ""


def test_nobody_is_told_of_a_post_whose_author_is_suspended(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann)
    comment = make_comment(post, ben)
    drain()
    make_comment(post, cat, answers=comment)
    like_comment(comment.id, cat)
    suspensions.suspend(ann.id)
    drain()
    assert not told(ben)


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("post_id", [None, "a post"])
def test_a_batch_asks_as_often_as_one_person(
    app: Flask, ann: Person, queries: Callable[[], Any], post_id: str | None
) -> None:
    about = make_post(ann).id if post_id else None
    people = [make_user().id for _ in range(5)]
    many = [*people, *range(10_000, 12_000)]
    make_private(ann)
    for some in (people, many):
        db.session.rollback()
        with queries() as sent:
            recipients.may_be_notified(some, actor_id=ann.id, post_id=about)
        assert len(sent) == (3 if about else 1)
