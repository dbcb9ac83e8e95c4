"""A reader's list, and what the reader does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import Invalid, NotFound
from pigeon.domain.notifications import NotificationCounts
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.extensions import db
from pigeon.models import (
    NotificationModel,
)
from pigeon.services.notifications import notifications
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.context import in_app
from tests.services.notifications.telling import Drain, Frames, like, told

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


def test_rows_are_those_of_their_recipients_alone(
    app: Flask, ann: Person, ben: Person, drain: Drain
) -> None:
    make_comment(make_post(ann), ben)
    drain()
    assert in_app(app, lambda: notifications.list_of(ben.id, PageRequest()).items) == []
    owners = db.session.scalars(select(NotificationModel.recipient_id)).all()
    assert owners == [ann.id]
