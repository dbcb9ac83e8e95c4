"""What people show of their presence, and when they were last there: one small entry a person."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.clock import ms_of
from pigeon.domain.presence import Showing
from pigeon.domain.users import ACTIVE
from pigeon.extensions import db
from pigeon.models import ActivityModel, UserModel


@cached(keys.SHOWING, Showing)
def showings(user_ids: list[int]) -> dict[int, Showing]:
    """Of people who are there; who is suspended or left shows nothing."""
    user, activity = UserModel, ActivityModel
    rows = db.session.execute(
        select(user.id, user.chosen_status, user.shows_activity, activity.last_active_at)
        .outerjoin(activity, activity.user_id == user.id)
        .where(user.id.in_(user_ids), user.state == ACTIVE)
    )
    return {
        row.id: Showing(
            chosen=row.chosen_status,
            shows_activity=row.shows_activity,
            last_ms=ms_of(row.last_active_at) if row.last_active_at else 0,
        )
        for row in rows
    }
