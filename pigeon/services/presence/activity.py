"""When people were last there: from the state Redis, where every input leaves it, into SQL.

An input costs no SQL. What it leaves is stored half a minute later, many people in one transaction,
and only then forgotten. A time never goes back, and those of who is invisible are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, bindparam, select, update

from pigeon.domain.clock import time_of_ms
from pigeon.extensions import db
from pigeon.models import ActivityModel, UserModel
from pigeon.services.relations.showings import showings
from pigeon.stores import presence as store
from pigeon.unit_of_work import retried, unit_of_work

_ACTIVITIES = cast(Table, ActivityModel.__table__)
_MOVE = (
    update(_ACTIVITIES)
    .where(_ACTIVITIES.c.user_id == bindparam("of"), _ACTIVITIES.c.last_active_at < bindparam("at"))
    .values(last_active_at=bindparam("at"))
)


def flush() -> None:
    """Store every time that waits; again is fine."""
    while some := store.some_seen(0):
        _flush(dict(some))
        store.forget_seen(some)


@retried
def _flush(seen: dict[int, int]) -> None:
    with unit_of_work() as uow:
        shown = db.session.scalars(
            select(UserModel.id).where(
                UserModel.id.in_(seen), UserModel.chosen_status != "invisible"
            )
        ).all()
        store_times({user_id: seen[user_id] for user_id in shown})
        uow.after_commit(lambda: showings.evict(*shown))


def store_times(seen: Mapping[int, int]) -> None:
    """In the open transaction: the last inputs of people who exist, in ms."""
    rows = [{"of": one, "at": time_of_ms(at)} for one, at in sorted(seen.items())]
    if not rows:
        return
    known = set(
        db.session.scalars(select(ActivityModel.user_id).where(ActivityModel.user_id.in_(seen)))
    )
    new = [row for row in rows if row["of"] not in known]
    moved = [row for row in rows if row["of"] in known]
    if new:
        db.session.execute(
            _ACTIVITIES.insert(),
            [{"user_id": row["of"], "last_active_at": row["at"]} for row in new],
        )
    if moved:
        db.session.connection().execute(_MOVE, moved)
