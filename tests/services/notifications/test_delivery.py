"""Who is told of what, when it happens and when it is edited."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import NotificationCounts
from pigeon.extensions import db
from pigeon.models import (
    PostModel,
    PublicationModel,
)
from pigeon.services.comments import changes as comments_changes
from pigeon.services.likes import likes
from pigeon.services.notifications import notifications
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import publishing
from pigeon.services.users import users
from pigeon.services.write_backs import flusher
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post
from tests.harness.context import in_app
from tests.services.notifications.telling import (
    Drain,
    hrefs,
    kinds_of,
    like,
    like_comment,
    prefer,
    told,
)

# -- who is told of what ---------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_comment_tells_the_author_of_the_post(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann, images=1)
    comment = make_comment(post, ben, text="how blue")
    drain()
    (found,) = told(ann)
    assert found.kind == "comment"
    assert [actor.username for actor in found.actors] == ["ben"]
    assert found.actor_count == 1
    assert found.excerpt == "how blue"
    assert found.href == f"/p/{post.id}#comment-{comment.id}"
    assert vars(found.subject) == {
        "kind": "comment",
        "id": str(comment.id),
        "post_id": str(post.id),
    }
    assert found.thumb_url is not None
    assert found.is_available
    assert not found.seen
    assert not found.read
    assert notifications.counts_of(ann.id) == NotificationCounts(unseen=1, unread=1)
    assert users.get_me(ann.id).unread.notifications == 1
    assert not told(ben)


def test_a_reply_tells_whom_it_answers(ann: Person, ben: Person, cat: Person, drain: Drain) -> None:
    post = make_post(ann)
    top = make_comment(post, ben)
    first = make_comment(post, cat, answers=top)
    second = make_comment(post, ann, answers=first)
    drain()
    assert hrefs(ben) == [("reply", f"/p/{post.id}#comment-{first.id}")]
    assert hrefs(cat) == [("reply", f"/p/{post.id}#comment-{second.id}")]
    assert kinds_of(ann) == ["comment"]
    assert told(cat)[0].subject.kind == "reply"


def test_whom_a_text_names_is_told(ann: Person, ben: Person, cat: Person, drain: Drain) -> None:
    post = make_post(ann, caption="look @ben")
    drain()
    comment = make_comment(post, ben, text="and @cat, too")
    reply = make_comment(post, ann, answers=comment, text="yes @cat")
    drain()
    assert ("mention", f"/p/{post.id}") in hrefs(ben)
    assert hrefs(cat) == [
        ("mention", f"/p/{post.id}#comment-{reply.id}"),
        ("mention", f"/p/{post.id}#comment-{comment.id}"),
    ]


def test_an_event_tells_a_person_once_by_the_first_kind_that_applies(
    ann: Person, ben: Person, drain: Drain
) -> None:
    make_follow(ben, ann, bell=True)
    post = make_post(ann, caption="@ben @ann")
    top = make_comment(post, ben, text="@ann see")
    make_comment(post, ann, answers=top, text="@ben yes @ann")
    drain()
    assert sorted(kinds_of(ben)) == ["mention", "reply"]
    assert sorted(kinds_of(ann)) == ["comment", "follow"]


def test_a_bell_rings_when_a_post_is_published(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_follow(ben, ann, bell=True)
    make_follow(cat, ann)
    post = make_post(ann, caption="new")
    drain()
    assert hrefs(ben) == [("post", f"/p/{post.id}")]
    assert told(ben)[0].excerpt == "new"
    assert not told(cat)


def test_an_edit_waits_for_a_publication_and_tells_whom_it_names(
    app: Flask, ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann, state="processing")
    comment = make_comment(post, ann, text="soon")
    edit = threading.Thread(
        target=in_app,
        args=(app, comments_changes.edit, comment.id),
        kwargs={"by": ann.id, "text": "soon, @ben"},
    )
    with unit_of_work() as uow:
        row = db.session.get(PostModel, post.id, with_for_update=True)
        assert row is not None
        publishing.publish(uow, row)
        edit.start()
        edit.join(0.3)
        assert edit.is_alive()
    edit.join()
    drain()
    assert kinds_of(ben) == ["mention"]


def test_a_post_that_is_processing_tells_nobody_until_it_is_published(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    make_follow(ben, ann, bell=True)
    post = make_post(ann, caption="@cat", images=1, state="processing")
    comment = make_comment(post, ann, text="@ben there is more")
    drain()
    assert not told(ben)
    assert not told(cat)
    with unit_of_work() as uow:
        row = db.session.get(PostModel, post.id)
        assert row is not None
        publishing.publish(uow, row)
    drain()
    assert hrefs(cat) == [("mention", f"/p/{post.id}")]
    assert ("mention", f"/p/{post.id}#comment-{comment.id}") in hrefs(ben)
    assert ("post", f"/p/{post.id}") in hrefs(ben)


@pytest.mark.both_modes
def test_likes_tell_authors(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann)
    top = make_comment(post, ann)
    reply = make_comment(post, ann, answers=top)
    like(post.id, ben, ann)
    like_comment(top.id, ben)
    like_comment(reply.id, ben)
    drain()
    assert {(one.subject.kind, one.href) for one in told(ann, "like")} == {
        ("post", f"/p/{post.id}"),
        ("comment", f"/p/{post.id}#comment-{top.id}"),
        ("reply", f"/p/{post.id}#comment-{reply.id}"),
    }
    assert all(one.actor_count == 1 for one in told(ann))


def test_a_like_that_waits_in_the_journal_is_told_once_it_is_stored(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann)
    for on in (True, False, True):
        likes.set_liked(likes.POSTS, post.id, by=ben.id, on=on)
    flusher.flush()
    drain()
    assert [(one.kind, one.actor_count) for one in told(ann)] == [("like", 1)]
    likes.set_liked(likes.POSTS, post.id, by=ben.id, on=False)
    flusher.flush()
    drain()
    assert not told(ann)


def test_a_follow_tells_the_followed(ann: Person, ben: Person, cat: Person, drain: Drain) -> None:
    make_follow(ben, ann)
    drain()
    make_follow(cat, ann)
    drain()
    (found,) = told(ann)
    assert (found.kind, found.href, found.actor_count) == ("follow", "/u/cat", 2)
    assert [actor.username for actor in found.actors] == ["cat", "ben"]
    assert vars(found.subject) == {"kind": "user", "id": str(cat.id), "post_id": None}


def test_nobody_is_told_of_what_they_do_themselves(ann: Person, drain: Drain) -> None:
    post = make_post(ann, caption="@ann")
    top = make_comment(post, ann, text="@ann")
    make_comment(post, ann, answers=top)
    like(post.id, ann)
    like_comment(top.id, ann)
    drain()
    assert not told(ann)


# -- edits -----------------------------------------------------------------------------------------


def test_an_edit_tells_only_the_newly_named(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann, caption="@ben")
    comment = make_comment(post, ann, text="@ben")
    drain()
    notifications.mark_all_read(ben.id)
    for words in ("@ben @cat", "nobody", "@cat @ben", "@ben @cat"):
        posts_changes.edit(post.id, by=ann.id, caption=words)
        comments_changes.edit(comment.id, by=ann.id, text=words)
        drain()
    assert len(told(ben)) == len(told(cat)) == 2
    assert notifications.counts_of(ben.id) == NotificationCounts()


def test_who_was_told_otherwise_is_not_told_of_an_edit(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann)
    comment = make_comment(post, ben, text="nice")
    drain()
    comments_changes.edit(comment.id, by=ben.id, text="nice @ann")
    drain()
    assert kinds_of(ann) == ["comment"]


def test_an_edit_does_not_tell_what_was_not_wanted_when_it_happened(
    ann: Person, ben: Person, drain: Drain
) -> None:
    prefer(ann, comment="off", mention="off")
    post = make_post(ben, caption="@ann")
    comment = make_comment(make_post(ann), ben, text="nice, @ann")
    drain()
    prefer(ann, comment="everyone", mention="everyone")
    comments_changes.edit(comment.id, by=ben.id, text="very nice, @ann")
    posts_changes.edit(post.id, by=ben.id, caption="@ann!", comments_open=False)
    drain()
    assert not told(ann)


def test_a_hosts_slow_clock_does_not_swallow_who_was_named_while_processing(
    ann: Person, ben: Person, drain: Drain
) -> None:
    post = make_post(ann, images=1, state="processing")
    make_comment(post, ann, text="@ben there is more")
    with unit_of_work() as uow:
        row = db.session.get(PostModel, post.id)
        assert row is not None
        publishing.publish(uow, row)
        db.session.execute(
            update(PublicationModel).values(published_at=utc_now() - timedelta(minutes=2))
        )
    drain()
    assert kinds_of(ben) == ["mention"]
