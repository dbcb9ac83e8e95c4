"""The statements that read people by their keys, made once for each shape: they are asked often.

What is looked at is bounded by `count`: nothing is left out in SQL that the walk does not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)

from pigeon.domain import hangul
from pigeon.extensions import db
from pigeon.models import FollowModel, SearchKey, UserModel

_KEYS, _USERS, _FOLLOWS = SearchKey.__table__, UserModel.__table__, FollowModel.__table__


class Row(NamedTuple):
    """Somebody under a key; `follow_id` is the viewer's follow of them."""

    key: str
    user_id: int
    username: str
    display_name: str
    state: str
    is_discoverable: bool
    follow_id: int | None
    is_repeated: bool
    """They have an earlier key that begins so."""


def begins(key: Any, beginnings: Sequence[str]) -> ColumnElement[bool]:
    """The key of that column begins with one of these."""
    return or_(false(), *((key >= one) & (key < one + hangul.LAST) for one in beginnings))


def of_range(
    beginnings: Sequence[str],
    viewer_id: int | None,
    low: str,
    high: str,
    *,
    count: int,
    behind: bool,
) -> list[Row]:
    """Keys from `low` on, or behind it, and before `high`."""
    statement = _of_range(len(beginnings), behind)
    return _read(statement, _bounds(beginnings), viewer=viewer_id, low=low, high=high, count=count)


def of_key(
    beginnings: Sequence[str], viewer_id: int | None, key: str, user_id: int, *, count: int
) -> list[Row]:
    """One key, of people with a higher id."""
    bounds = _bounds(beginnings)
    statement = _of_key(len(beginnings))
    return _read(statement, bounds, viewer=viewer_id, key=key, after=user_id, count=count)


def of_followed(
    beginnings: Sequence[str], viewer_id: int, key: str, user_id: int, *, as_of: int, count: int
) -> list[Row]:
    """Whom the viewer followed then, each with the first of their keys that begins so."""
    statement = _of_followed(len(beginnings))
    place = {"key": key, "after": user_id, "as_of": as_of}
    return _read(statement, _bounds(beginnings), viewer=viewer_id, count=count, **place)


def of_people(ids: Sequence[int], viewer_id: int) -> list[Row]:
    return _read(_of_people(), {}, viewer=viewer_id, ids=list(ids))


def _read(statement: Select[Any], bounds: Mapping[str, str], **values: Any) -> list[Row]:
    found = db.session.connection().execute(statement, {**bounds, **values})
    return [Row._make(row) for row in found]


# -- their shapes ----------------------------------------------------------------------------------


def _bounds(beginnings: Sequence[str]) -> dict[str, str]:
    lows = {f"low{at}": one for at, one in enumerate(beginnings)}
    return lows | {f"high{at}": one + hangul.LAST for at, one in enumerate(beginnings)}


def _begins(key: Any, number: int) -> ColumnElement[bool]:
    return or_(
        *((key >= bindparam(f"low{at}")) & (key < bindparam(f"high{at}")) for at in range(number))
    )


_PERSON = (
    _USERS.c.id,
    _USERS.c.username,
    _USERS.c.display_name,
    _USERS.c.state,
    _USERS.c.is_discoverable,
)


def _follow_id(person: Any) -> Any:
    mine = (_FOLLOWS.c.follower_id == bindparam("viewer")) & (_FOLLOWS.c.followee_id == person)
    return select(_FOLLOWS.c.id).where(mine).scalar_subquery()


def _in_order(which: ColumnElement[bool], number: int) -> Select[Any]:
    keys = (
        select(_KEYS.c.key, _KEYS.c.user_id)
        .where(which)
        .order_by(_KEYS.c.key, _KEYS.c.user_id)
        .limit(bindparam("count"))
        .subquery()
    )
    other = _KEYS.alias()
    is_repeated = exists().where(
        other.c.user_id == keys.c.user_id,
        other.c.key < keys.c.key,
        _begins(other.c.key, number),
    )
    return (
        select(keys.c.key, *_PERSON, _follow_id(keys.c.user_id), is_repeated)
        .join(_USERS, _USERS.c.id == keys.c.user_id)
        .order_by(keys.c.key, keys.c.user_id)
    )


@lru_cache
def _of_range(number: int, behind: bool) -> Select[Any]:
    low: Any = bindparam("low")
    lowest = _KEYS.c.key > low if behind else _KEYS.c.key >= low
    return _in_order(lowest & (_KEYS.c.key < bindparam("high")), number)


@lru_cache
def _of_key(number: int) -> Select[Any]:
    same = (_KEYS.c.key == bindparam("key")) & (_KEYS.c.user_id > bindparam("after"))
    return _in_order(same, number)


@lru_cache
def _of_followed(number: int) -> Select[Any]:
    followed = (
        select(_KEYS.c.user_id, func.min(_KEYS.c.key).label("key"))
        .join(_FOLLOWS, _FOLLOWS.c.followee_id == _KEYS.c.user_id)
        .where(
            _FOLLOWS.c.follower_id == bindparam("viewer"),
            _FOLLOWS.c.id <= bindparam("as_of"),
            _begins(_KEYS.c.key, number),
        )
        .group_by(_KEYS.c.user_id)
        .subquery()
    )
    key, user_id = followed.c.key, followed.c.user_id
    place: Any = bindparam("key")
    return (
        select(key, *_PERSON, literal_column("0"), false())
        .join(_USERS, _USERS.c.id == user_id)
        .where((key > place) | ((key == place) & (user_id > bindparam("after"))))
        .order_by(key, user_id)
        .limit(bindparam("count"))
    )


@lru_cache
def _of_people() -> Select[Any]:
    mine = _USERS.c.id.in_(bindparam("ids", expanding=True))
    return select(literal_column("''"), *_PERSON, _follow_id(_USERS.c.id), false()).where(mine)
