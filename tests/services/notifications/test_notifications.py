from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete, insert, select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Invalid, NotFound
from pigeon.domain.events import LikesChanged
from pigeon.domain.notifications import Notification, NotificationCounts
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.jobs import notifications as jobs
from pigeon.jobs import runner
from pigeon.models import (
    CommentLike,
    NotificationActor,
    NotificationContent,
    NotificationModel,
    OutboxRow,
    PostLike,
    PostModel,
    PublicationModel,
)
from pigeon.realtime import push
from pigeon.services import presence
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows
from pigeon.services.likes import likes
from pigeon.services.notifications import collectors, notifications, wording
from pigeon.services.notifications.contents import rank_of
from pigeon.services.notifications.sources import posts as posts_source
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import publishing
from pigeon.services.users import users
from pigeon.services.write_backs import flusher
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.context import concurrently, in_app
from tests.harness.crashes import killed_at

Drain = Callable[[], int]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


@pytest.fixture
def cat(app: Flask) -> Person:
    return make_user("cat")


@dataclass
class Frames:
    """What was sent to sockets, as (event, recipient, payload)."""

    sent: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    def take(self, *events: str) -> list[tuple[str, int, dict[str, Any]]]:
        found = [frame for frame in self.sent if frame[0] in events]
        self.sent.clear()
        return found


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    found = Frames()
    monkeypatch.setattr(
        push,
        "to_user",
        lambda event, payload, user_id: found.sent.append((event, user_id, payload)),
    )
    return found


def told(person: Person, *kinds: str) -> list[Notification]:
    db.session.rollback()
    return notifications.list_of(person.id, PageRequest(limit=50), kinds).items


def kinds_of(person: Person) -> list[str]:
    return [one.kind for one in told(person)]


def hrefs(person: Person) -> list[tuple[str, str]]:
    return [(one.kind, one.href) for one in told(person)]


def prefer(person: Person, **notify: str) -> None:
    users.update_profile(person.id, {"notify": notify})


def like(post_id: int, *people: Person) -> None:
    rows = [{"post_id": post_id, "user_id": p.id, "created_at": utc_now()} for p in people]
    with unit_of_work() as uow:
        db.session.execute(insert(PostLike), rows)
        uow.record(LikesChanged(subject="post", pairs=[(post_id, p.id) for p in people]))


def unlike(post_id: int, *people: Person) -> None:
    ids = [person.id for person in people]
    with unit_of_work() as uow:
        db.session.execute(
            delete(PostLike).where(PostLike.post_id == post_id, PostLike.user_id.in_(ids))
        )
        uow.record(LikesChanged(subject="post", pairs=[(post_id, number) for number in ids]))


def like_comment(comment_id: int, person: Person) -> None:
    with unit_of_work() as uow:
        db.session.execute(
            insert(CommentLike).values(
                comment_id=comment_id, user_id=person.id, created_at=utc_now()
            )
        )
        uow.record(LikesChanged(subject="comment", pairs=[(comment_id, person.id)]))


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


# -- preferences -----------------------------------------------------------------------------------


def test_a_kind_that_is_off_is_not_told(ann: Person, ben: Person, drain: Drain) -> None:
    prefer(ann, comment="off", like="off", follow="off")
    post = make_post(ann)
    make_comment(post, ben)
    like(post.id, ben)
    make_follow(ben, ann)
    drain()
    assert not told(ann)


def test_what_is_off_makes_room_for_the_next_kind(ann: Person, ben: Person, drain: Drain) -> None:
    prefer(ann, comment="off")
    make_comment(make_post(ann), ben, text="@ann")
    drain()
    assert kinds_of(ann) == ["mention"]


def test_following_means_from_people_i_follow(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    prefer(ann, comment="following", like="following", mention="following")
    make_follow(ann, ben)
    post = make_post(ann)
    for person in (ben, cat):
        make_comment(post, person)
        make_post(person, caption="@ann")
        like(post.id, person)
    drain()
    assert {(one.kind, one.actors[0].username) for one in told(ann)} == {
        ("comment", "ben"),
        ("mention", "ben"),
        ("like", "ben"),
    }


# -- groups ----------------------------------------------------------------------------------------


def test_likes_share_a_row_while_it_is_unseen(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    presence.people.renew([ann.id])
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
    presence.people.renew([ann.id])
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
    presence.people.renew([ann.id])
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
    presence.people.renew([ann.id])
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
    presence.people.renew([ann.id])
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
    presence.people.renew([ann.id])
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


# -- taking back -----------------------------------------------------------------------------------


def test_a_deleted_comment_takes_back_what_it_caused(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    presence.people.renew([ann.id])
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


# -- twice, at once, after a death -----------------------------------------------------------------


def test_repeated_jobs_tell_once(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    make_follow(ben, ann, bell=True)
    presence.people.renew([ann.id, ben.id, cat.id])
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


# -- the list --------------------------------------------------------------------------------------


def test_pages_go_on_where_the_last_one_ended(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann)
    made = [make_comment(post, ben).id for _ in range(5)]
    drain()
    name = notifications.list_name(ann.id)
    first = notifications.list_of(ann.id, PageRequest(kind=name, limit=3))
    assert first.next is not None
    before = read_cursor(name, first.next)
    rest = notifications.list_of(ann.id, PageRequest(kind=name, limit=3, before=before))
    assert rest.next is None
    found = [int(one.subject.id) for one in first.items + rest.items]
    assert found == made[::-1]


def test_a_list_is_narrowed_to_kinds(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann)
    make_comment(post, ben)
    like(post.id, ben)
    make_follow(ben, ann)
    drain()
    assert sorted(one.kind for one in told(ann, "like", "follow")) == ["follow", "like"]
    assert notifications.check_kinds(["like", "reply", "like"]) == ("reply", "like")
    with pytest.raises(Invalid) as refused:
        notifications.check_kinds(["like", "nonsense"])
    assert set(refused.value.fields) == {"kind"}


def test_a_page_takes_a_fixed_number_of_statements(
    ann: Person, drain: Drain, queries: Callable[[], Any]
) -> None:
    def statements(count: int) -> int:
        for _ in range(count):
            person = make_user()
            post = make_post(ann, images=1)
            make_comment(post, person, text="@ann hello")
            like(post.id, person, make_user())
            make_follow(person, ann)
        drain()
        db.session.rollback()
        told(ann)
        with queries() as sent:
            notifications.list_of(ann.id, PageRequest(limit=50))
        return len(sent)

    assert statements(1) == statements(8) <= 2


# -- what the reader does --------------------------------------------------------------------------


def test_seen_clears_the_badge_and_read_the_rows(ann: Person, ben: Person, drain: Drain) -> None:
    post = make_post(ann)
    make_comment(post, ben)
    make_comment(post, ben)
    drain()
    assert notifications.mark_seen(ann.id) == NotificationCounts(unseen=0, unread=2)
    first, second = (int(one.id) for one in told(ann))
    assert notifications.mark_read(first, by=ann.id) == NotificationCounts(unseen=0, unread=1)
    assert notifications.mark_read(first, by=ann.id) == NotificationCounts(unseen=0, unread=1)
    assert notifications.mark_all_read(ann.id) == NotificationCounts()
    assert [one.read for one in told(ann)] == [True, True]
    notifications.remove(second, by=ann.id)
    assert [int(one.id) for one in told(ann)] == [first]
    notifications.remove_all(ann.id)
    assert not told(ann)


def test_reading_one_means_it_was_seen(ann: Person, ben: Person, drain: Drain) -> None:
    make_comment(make_post(ann), ben)
    drain()
    counts = notifications.mark_read(int(told(ann)[0].id), by=ann.id)
    assert counts == NotificationCounts(unseen=0, unread=0)


def test_foreign_ids_do_not_exist(ann: Person, ben: Person, drain: Drain) -> None:
    make_comment(make_post(ann), ben)
    drain()
    foreign = int(told(ann)[0].id)
    for number in (foreign, 4_711):
        with pytest.raises(NotFound):
            notifications.mark_read(number, by=ben.id)
        with pytest.raises(NotFound):
            notifications.remove(number, by=ben.id)
        with pytest.raises(NotFound):
            notifications.get(number, ben.id)
    notifications.remove(foreign, by=ann.id)
    with pytest.raises(NotFound):
        notifications.remove(foreign, by=ann.id)


def test_other_tabs_hear_of_it(ann: Person, ben: Person, drain: Drain, frames: Frames) -> None:
    post = make_post(ann)
    for _ in range(2):
        make_comment(post, ben)
    drain()
    first, second = (one.id for one in told(ann))
    frames.take()
    notifications.mark_seen(ann.id)
    notifications.mark_seen(ann.id)
    assert frames.take("notification.counts") == [
        ("notification.counts", ann.id, {"unseen": 0, "unread": 2})
    ]
    notifications.remove_all(ann.id)
    assert [frame[2]["id"] for frame in frames.take("notification.deleted")] == [first, second]


def told_by(author: Person, reader: Person, number: int) -> None:
    post = make_post(reader)
    for _ in range(number):
        make_comment(post, author)


def test_all_are_deleted_in_short_units(
    ann: Person, ben: Person, drain: Drain, frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "DELETED_AT_ONCE", 2)
    monkeypatch.setattr(notifications, "NAMED", 3)
    told_by(ben, ann, 6)
    drain()
    newest = [one.id for one in told(ann)[:3]]
    frames.take()
    notifications.remove_all(ann.id)
    assert told(ann) == [] and notifications.counts_of(ann.id) == NotificationCounts()
    heard = frames.take("notification.deleted")
    assert [frame[2] for frame in heard] == [
        {"id": number, "unseen": 0, "unread": 0} for number in newest
    ]
    drain()
    states = set(db.session.scalars(select(NotificationModel.state)))
    assert states == {"deleted"}


def test_what_a_request_cannot_delete_in_time_a_job_does_but_not_what_is_newer(
    ann: Person, ben: Person, drain: Drain, frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "DELETED_AT_ONCE", 2)
    monkeypatch.setattr(notifications, "PATIENCE_S", 0.0)
    told_by(ben, ann, 5)
    drain()
    oldest = [one.id for one in told(ann)[2:]]
    notifications.remove_all(ann.id)
    assert [one.id for one in told(ann)] == oldest
    assert notifications.counts_of(ann.id) == NotificationCounts(unseen=3, unread=3)
    told_by(ben, ann, 1)
    drain()
    assert len(told(ann)) == 1 and told(ann)[0].id not in oldest
    assert notifications.counts_of(ann.id) == NotificationCounts(unseen=1, unread=1)
    assert frames.take("notification.counts")


def test_looking_at_nothing_new_writes_nothing(
    ann: Person, ben: Person, drain: Drain, queries: Callable[[], Any]
) -> None:
    told_by(ben, ann, 2)
    drain()
    notifications.mark_seen(ann.id)
    with queries() as sent:
        assert notifications.mark_seen(ann.id) == NotificationCounts(unseen=0, unread=2)
    assert not [statement for statement in sent if statement.startswith("UPDATE")]


# -- words -----------------------------------------------------------------------------------------


def test_who_is_online_hears_it_in_their_language(
    ann: Person, ben: Person, cat: Person, drain: Drain, frames: Frames
) -> None:
    users.update_profile(ann.id, {"language": "ko"})
    presence.people.renew([ann.id, cat.id])
    make_comment(make_post(ann), ben, text="@cat how blue")
    drain()
    found = {recipient: payload for _, recipient, payload in frames.take("notification.created")}
    assert set(found) == {ann.id, cat.id}
    assert found[cat.id]["message"] == "ben mentioned you in a comment"
    assert found[ann.id]["unseen"] == found[ann.id]["unread"] == 1
    assert found[ann.id]["excerpt"] == "@cat how blue"
    json.dumps(found)


def test_who_is_offline_gets_no_frame(
    ann: Person, ben: Person, drain: Drain, frames: Frames
) -> None:
    make_comment(make_post(ann), ben)
    drain()
    assert not frames.take("notification.created")


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (1, "p0 liked your post"),
        (2, "p1 and p0 liked your post"),
        (3, "p2, p1 and 1 other liked your post"),
        (5, "p4, p3 and 3 others liked your post"),
    ],
)
def test_a_group_is_one_sentence(ann: Person, drain: Drain, count: int, message: str) -> None:
    post = make_post(ann)
    like(post.id, *(make_user(f"p{number}x") for number in range(count)))
    drain()
    (said,) = wording.say_in("en", told(ann))
    assert said.message.replace("x", "") == message
    with force_locale("en"):
        parts = wording.parts(said)
    assert "".join(part.text for part in parts) == said.message
    assert sum(part.is_bold for part in parts) == min(count, 2)


def test_rows_are_those_of_their_recipients_alone(
    app: Flask, ann: Person, ben: Person, drain: Drain
) -> None:
    make_comment(make_post(ann), ben)
    drain()
    assert in_app(app, lambda: notifications.list_of(ben.id, PageRequest()).items) == []
    owners = db.session.scalars(select(NotificationModel.recipient_id)).all()
    assert owners == [ann.id]


# -- long ago --------------------------------------------------------------------------------------


def test_what_was_taken_back_long_ago_is_forgotten_with_what_it_was_about(
    ann: Person, ben: Person, cat: Person, drain: Drain
) -> None:
    post = make_post(ann)
    gone = make_comment(post, ben)
    make_comment(post, cat)
    like(post.id, ben)
    drain()
    comments_changes.remove(gone.id, by=ben.id)
    unlike(post.id, ben)
    drain()
    collectors.delete_old()
    assert states() == ["shown", "withdrawn", "withdrawn"]
    long_ago = utc_now() - collectors.LIFE
    with unit_of_work():
        db.session.execute(update(NotificationModel).values(rank=rank_of(long_ago, 0) - 1))
        db.session.execute(update(NotificationContent).values(created_at=long_ago))
    collectors.delete_old()
    assert states() == ["shown"]
    assert len(db.session.scalars(select(NotificationContent.id)).all()) == 1
    assert not db.session.scalars(select(NotificationActor.id)).all()


def states() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(NotificationModel.state)))
