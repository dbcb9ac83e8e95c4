"""The rows of the demo's life agree with each other, and with what jobs would have written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from pigeon.demo.discussions import list_comments
from pigeon.demo.people import FOLLOWS, PEOPLE, POSTS
from pigeon.demo.seeds import discussions
from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import (
    CommentLike,
    CommentModel,
    NotificationActor,
    NotificationContent,
    NotificationModel,
    PostLike,
    PostModel,
    PublicationModel,
)
from pigeon.services import counts
from pigeon.services.comments import comments
from pigeon.services.notifications import notifications
from pigeon.unit_of_work import unit_of_work
from tests.factories.people import Person, make_follow, make_user
from tests.factories.posts import make_post
from tests.harness.clients import Client

People = dict[str, Person]


@pytest.fixture
def people(app: object) -> People:
    """Everybody of the demo and their posts, whose pictures do not matter here."""
    made = {person.username: make_user(person.username) for person in PEOPLE}
    for follower, followed in FOLLOWS:
        make_follow(made[follower], made[followed])
    now = utc_now()
    moments = {
        make_post(made[post.username], caption=post.caption).id: now
        - timedelta(hours=post.hours_ago)
        for post in POSTS
    }
    with unit_of_work():
        for model, key, column in (
            (PostModel, PostModel.id, "created_at"),
            (PublicationModel, PublicationModel.post_id, "published_at"),
        ):
            for post_id, at in moments.items():
                db.session.execute(update(model).where(key == post_id).values({column: at}))
    return made


def test_counts_are_those_of_the_rows(people: People) -> None:
    counts.of_posts(list(db.session.scalars(select(PostModel.id))))  # caches hold the old ones
    discussions.fill()
    assert number_of(CommentModel) == len(list_comments())
    posts = list(db.session.scalars(select(PostModel.id)))
    shown = counts.of_posts(posts)
    assert {i: shown[i].like_count for i in posts if shown[i].like_count} == by(PostLike.post_id)
    said = by(CommentModel.post_id)
    assert {i: shown[i].comment_count for i in posts if shown[i].comment_count} == said
    ids = list(db.session.scalars(select(CommentModel.id)))
    below = counts.of_comments(ids)
    assert {i: below[i].like_count for i in ids if below[i].like_count} == by(
        CommentLike.comment_id
    )
    replies = {i: below[i].reply_count for i in ids if below[i].reply_count}
    assert replies == by(CommentModel.parent_id)


def test_the_badge_shows_a_few_and_nobody_is_told_of_oneself(people: People) -> None:
    discussions.fill()
    for person in people.values():
        found = notifications.counts_of(person.id)
        assert 2 <= found.unseen <= 9
        assert found.unseen <= found.unread < 30
        request = PageRequest(limit=50)
        page = notifications.list_of(person.id, request).items
        assert all(one.actors and one.is_available for one in page)
        assert all(actor.id != str(person.id) for one in page for actor in one.actors)
        moments = [one.created_at for one in page]
        assert moments == sorted(moments, reverse=True)
        assert moments[0] < utc_now()


def test_jobs_that_waited_tell_nobody_again(people: People, drain: Callable[[], int]) -> None:
    discussions.fill()
    before = rows_told()
    drain()
    assert rows_told() == before


def test_what_was_told_before_is_told_anew(people: People, drain: Callable[[], int]) -> None:
    drain()
    discussions.fill()
    assert all(2 <= notifications.counts_of(one.id).unseen <= 9 for one in people.values())
    kinds = Counter(db.session.scalars(select(NotificationContent.kind)))
    assert set(kinds) == {"reply", "comment", "mention", "post", "like", "follow"}


def test_pages_show_the_talk(people: People, client_for: Callable[[Person], Client]) -> None:
    discussions.fill()
    longest = by(CommentModel.post_id).most_common(1)[0][0]
    reader = people["minji.kim"]
    request = PageRequest(limit=50)
    page = comments.list_of_post(longest, reader.id, request)
    assert [int(one.id) for one in page.items] == sorted(
        (int(one.id) for one in page.items), reverse=True
    )
    assert page.items[0].text in client_for(reader).get(f"/p/{longest}").text


def number_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def by(column: object) -> Counter[int]:
    rows = db.session.execute(
        select(column, func.count()).where(column.is_not(None)).group_by(column)
    )
    return Counter({row[0]: row[1] for row in rows})


def rows_told() -> list[object]:
    told = db.session.execute(
        select(
            NotificationModel.recipient_id,
            NotificationModel.event,
            NotificationModel.rank,
            NotificationModel.seen,
            NotificationModel.state,
        ).order_by(NotificationModel.id)
    )
    return [*told.all(), number_of(NotificationActor)]
