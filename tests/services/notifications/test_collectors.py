"""What was taken back long ago is deleted for good."""

from __future__ import annotations

from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import (
    NotificationActor,
    NotificationContent,
    NotificationModel,
)
from pigeon.services.comments import changes as comments_changes
from pigeon.services.notifications import collectors
from pigeon.services.notifications.contents import rank_of
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_post
from tests.services.notifications.telling import Drain, like, unlike


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
