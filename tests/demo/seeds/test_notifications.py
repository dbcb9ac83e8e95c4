"""What the demo's people were told, as the jobs would have told it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from pigeon.demo.seeds import discussions
from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import NotificationActor, NotificationContent, NotificationModel
from pigeon.services.notifications import notifications
from tests.factories import Person

pytestmark = pytest.mark.both_databases


def test_the_badge_shows_a_few_and_nobody_is_told_of_oneself(people: dict[str, Person]) -> None:
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


def test_jobs_that_waited_tell_nobody_again(
    people: dict[str, Person], drain: Callable[[], int]
) -> None:
    discussions.fill()
    before = rows_told()
    drain()
    assert rows_told() == before


def test_what_was_told_before_is_told_anew(
    people: dict[str, Person], drain: Callable[[], int]
) -> None:
    drain()
    discussions.fill()
    assert all(2 <= notifications.counts_of(one.id).unseen <= 9 for one in people.values())
    kinds = Counter(db.session.scalars(select(NotificationContent.kind)))
    everything = {"reply", "comment", "mention", "post", "like", "follow", "follow_request"}
    assert set(kinds) == everything


def number_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


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
