"""Under which keys people are found: written with their names, and made again where they are old.

The release before writes names without keys, and lets people leave without taking theirs. What
`users.keyed_as` says differs from the name then, which is how `mend` finds them. Until it has, the
old name finds nobody, for a query looks at the names themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import ColumnElement, delete, func, insert, literal, select, update

from pigeon.crash_points import crash_point
from pigeon.domain import search_keys
from pigeon.extensions import db
from pigeon.models import SearchKey, UserModel
from pigeon.unit_of_work import retried, unit_of_work

log = structlog.get_logger()

LOOKED_AT = 20_000
"""Ids that are looked through at once for people whose keys are old."""
AT_ONCE = 500
"""People whose keys are made in one transaction, which others wait for on SQLite."""


def key(user_id: int) -> None:
    """In the transaction that writes the name, behind the lock of the person's row."""
    _key([user_id])


@retried
def _key_some(ids: Sequence[int]) -> None:
    with unit_of_work():
        _key(ids)


def _key(ids: Sequence[int]) -> None:
    columns = (UserModel.id, UserModel.username, UserModel.display_name)
    locked = select(*columns).where(UserModel.id.in_(ids)).order_by(UserModel.id).with_for_update()
    people = [(row[0], row[1], row[2]) for row in db.session.execute(locked)]
    found = [one[0] for one in people]
    db.session.execute(delete(SearchKey).where(SearchKey.user_id.in_(found)))
    rows = [
        {"place": one[0], "key": one[1:], "user_id": user_id}
        for user_id, *names in people
        for one in search_keys.keys_of(*names)
    ]
    if rows:
        db.session.execute(insert(SearchKey), rows)
    current = update(UserModel).where(UserModel.id.in_(found)).values(keyed_as=_current())
    db.session.execute(current.execution_options(synchronize_session=False))


def _current() -> ColumnElement[str]:
    """What `keyed_as` says of a person whose keys are those of today."""
    version = literal(f"{search_keys.VERSION} ")
    return version + UserModel.username + literal(" ") + UserModel.display_name


# -- what is old -----------------------------------------------------------------------------------


def mend() -> None:
    """Make keys for everybody whose keys are missing or old; the scheduler asks now and then."""
    count = rebuild(all_of_them=False)
    if count:
        log.info("search_keys_made", count=count)


def rebuild(
    *, all_of_them: bool, after: int = 0, tell: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Make keys again, person by person behind `after`; how many were made.

    It may be killed anywhere and go on; `tell` hears after each piece up to which id all is done,
    and how many were made.
    """
    made, last = 0, db.session.scalar(select(func.max(UserModel.id))) or 0
    while after < last:
        through = min(after + LOOKED_AT, last)
        ids = _wanted(after, through, all_of_them)
        db.session.rollback()
        for first in range(0, len(ids), AT_ONCE):
            _key_some(ids[first : first + AT_ONCE])
            crash_point("search_keys.made")
        made, after = made + len(ids), through
        tell(after, made)
    db.session.rollback()
    return made


def _wanted(after: int, through: int, all_of_them: bool) -> Sequence[int]:
    there = (UserModel.id > after) & (UserModel.id <= through)
    if not all_of_them:
        there &= UserModel.keyed_as != _current()
    return db.session.scalars(select(UserModel.id).where(there).order_by(UserModel.id)).all()
