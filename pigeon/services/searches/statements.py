"""The statements that read people by their keys, made once for each shape: they are asked often.

What is looked at is bounded by `count`: nothing is left out in SQL that `ranking` does not see. So
who may be shown is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    TextClause,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)

from pigeon.domain import hangul
from pigeon.extensions import db
from pigeon.models import FollowModel, SearchKey, UserModel

_KEYS, _USERS, _FOLLOWS = SearchKey.__table__, UserModel.__table__, FollowModel.__table__


class Row(NamedTuple):
    """Somebody under a key; `follow_id` is the follow of them by whom it is read for."""

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
    """The key of that column, of whatever place, begins with one of these."""
    return or_(false(), *((key >= one) & (key < one + hangul.LAST) for one in beginnings))


def of_ranges(beginnings: Sequence[str], follower_id: int | None, *, count: int) -> list[Row]:
    """The first keys that begin so, `count` of each beginning."""
    statement = _spelled(_of_ranges, len(beginnings))
    return _read(statement, _places(beginnings), follower=follower_id, count=count)


def of_range(
    beginnings: Sequence[str],
    follower_id: int | None,
    low: str,
    high: str,
    *,
    count: int,
    behind: bool,
) -> list[Row]:
    """Keys from `low` on, or behind it, and before `high`."""
    statement = _spelled(_of_range, len(beginnings), behind)
    asked = {"place": low[0], "low": low[1:], "high": high[1:], "count": count}
    return _read(statement, _places(beginnings) | asked, follower=follower_id)


def of_key(
    beginnings: Sequence[str], follower_id: int | None, key: str, user_id: int, *, count: int
) -> list[Row]:
    """One key, of people with a higher id."""
    asked = {"place": key[0], "key": key[1:], "after": user_id, "count": count}
    return _read(
        _spelled(_of_key, len(beginnings)), _places(beginnings) | asked, follower=follower_id
    )


def of_followed(
    beginnings: Sequence[str], follower_id: int, key: str, user_id: int, *, as_of: int, count: int
) -> list[Row]:
    """Whom somebody followed then, each with the first of their keys that begins so."""
    statement = _spelled(_of_followed, len(beginnings))
    place = {"key": key, "after": user_id, "as_of": as_of, "count": count}
    span = {"first": beginnings[0], "last": beginnings[-1] + hangul.LAST}
    return _read(statement, _bounds(beginnings) | place | span, follower=follower_id)


def of_people(beginnings: Sequence[str], follower_id: int, ids: Sequence[int]) -> list[Row]:
    """Those of the people who have a key that begins so."""
    bounds = _bounds(beginnings)
    return _read(_of_people(len(beginnings)), bounds, follower=follower_id, ids=list(ids))


def of_handle(username: str, follower_id: int | None) -> list[Row]:
    return _read(_spelled(_of_handle), {}, follower=follower_id, username=username)


def _read(statement: Executable, values: Mapping[str, Any], **more: Any) -> list[Row]:
    found = db.session.connection().execute(statement, {**values, **more})
    return [Row(place + key, *row) for place, key, *row in found]


def _spelled(build: Callable[..., Select[Any]], *shape: int) -> TextClause:
    """The statement as text: to recognise a large one takes SQLAlchemy longer than to run it."""
    return _text(db.engine.dialect.name, build, *shape)


@lru_cache
def _text(_dialect: str, build: Callable[..., Select[Any]], *shape: int) -> TextClause:
    named: Any = type(db.engine.dialect)
    compiled = build(*shape).compile(dialect=named(paramstyle="named"))
    own = {name: value for name, value in compiled.params.items() if value is not None}
    return text(compiled.string).bindparams(**own)


# -- their shapes ----------------------------------------------------------------------------------


def _bounds(texts: Sequence[str]) -> dict[str, Any]:
    lows = {f"low{at}": one for at, one in enumerate(texts)}
    return lows | {f"high{at}": one + hangul.LAST for at, one in enumerate(texts)}


def _places(beginnings: Sequence[str]) -> dict[str, Any]:
    """The same with the places that are their first letters."""
    places = {f"place{at}": one[0] for at, one in enumerate(beginnings)}
    return places | _bounds([one[1:] for one in beginnings])


def _begins(key: Any, number: int) -> ColumnElement[bool]:
    return or_(*(_within(key, at) for at in range(number)))


def _within(key: Any, at: int) -> ColumnElement[bool]:
    return and_(key >= bindparam(f"low{at}"), key < bindparam(f"high{at}"))


_PERSON = (
    _USERS.c.id,
    _USERS.c.username,
    _USERS.c.display_name,
    _USERS.c.state,
    _USERS.c.is_discoverable,
)

_NO_TEXT: Any = literal_column("''")


def _by_person(statement: Select[Any], keys: Any) -> Select[Any]:
    """MariaDB would rather read the whole range, once for each person, where it knows no better."""
    hint = "FORCE INDEX (ix_search_keys_user_id_key)"
    return statement.with_hint(keys, hint, "mysql").with_hint(keys, hint, "mariadb")


def _follow_id(person: Any) -> Any:
    mine = (_FOLLOWS.c.follower_id == bindparam("follower")) & (_FOLLOWS.c.followee_id == person)
    return select(_FOLLOWS.c.id).where(mine).scalar_subquery()


def _first(*which: ColumnElement[bool]) -> Select[Any]:
    """So many keys in order, and nothing left out of them."""
    order = (_KEYS.c.key, _KEYS.c.user_id)
    keys = select(_KEYS).where(*which).order_by(*order).limit(bindparam("count")).subquery()
    return select(keys)


def _with_people(keys: Any, number: int) -> Select[Any]:
    other = _KEYS.alias()
    places = [
        (other.c.place == bindparam(f"place{at}")) & _within(other.c.key, at)
        for at in range(number)
    ]
    is_earlier = or_(
        other.c.place < keys.c.place,
        (other.c.place == keys.c.place) & (other.c.key < keys.c.key),
    )
    repeated = select(other.c.user_id).where(
        other.c.user_id == keys.c.user_id, is_earlier, or_(*places)
    )
    is_repeated, follow_id = _by_person(repeated, other).exists(), _follow_id(keys.c.user_id)
    return (
        select(keys.c.place, keys.c.key, *_PERSON, follow_id, is_repeated)
        .join(_USERS, _USERS.c.id == keys.c.user_id)
        .order_by(keys.c.place, keys.c.key, keys.c.user_id)
    )


def _of_ranges(number: int) -> Select[Any]:
    ranges = [
        _first(_KEYS.c.place == bindparam(f"place{at}"), _within(_KEYS.c.key, at))
        for at in range(number)
    ]
    return _with_people(union_all(*ranges).subquery(), number)


def _of_range(number: int, behind: bool) -> Select[Any]:
    low: Any = bindparam("low")
    lowest = _KEYS.c.key > low if behind else _KEYS.c.key >= low
    there = (_KEYS.c.place == bindparam("place")) & (_KEYS.c.key < bindparam("high"))
    return _with_people(_first(lowest, there).subquery(), number)


def _of_key(number: int) -> Select[Any]:
    same = (_KEYS.c.place == bindparam("place")) & (_KEYS.c.key == bindparam("key"))
    behind = _KEYS.c.user_id > bindparam("after")
    return _with_people(_first(same, behind).subquery(), number)


def _of_followed(number: int) -> Select[Any]:
    asked = (
        select(
            _KEYS.c.user_id,
            func.min(_KEYS.c.place + _KEYS.c.key).label("key"),
            func.min(_FOLLOWS.c.id).label("follow_id"),
        )
        .join(_FOLLOWS, _FOLLOWS.c.followee_id == _KEYS.c.user_id)
        .where(
            _FOLLOWS.c.follower_id == bindparam("follower"),
            # Not of the index by id, which has no followees: of the one that is in their order.
            _FOLLOWS.c.id + 0 <= bindparam("as_of"),
            # Of one person so little is read, whatever lies between the beginnings.
            (_KEYS.c.key >= bindparam("first")) & (_KEYS.c.key < bindparam("last")),
            _begins(_KEYS.c.key, number),
        )
        .group_by(_KEYS.c.user_id)
    )
    followed = _by_person(asked, _KEYS).subquery()
    key, user_id = followed.c.key, followed.c.user_id
    place: Any = bindparam("key")
    return (
        select(_NO_TEXT, key, *_PERSON, followed.c.follow_id, false())
        .join(_USERS, _USERS.c.id == user_id)
        .where((key > place) | ((key == place) & (user_id > bindparam("after"))))
        .order_by(key, user_id)
        .limit(bindparam("count"))
    )


@lru_cache
def _of_people(number: int) -> Select[Any]:
    theirs = select(_KEYS.c.key).where(_KEYS.c.user_id == _USERS.c.id)
    theirs = theirs.where(_begins(_KEYS.c.key, number))
    has_key = _by_person(theirs, _KEYS).exists()
    return _people().where(_USERS.c.id.in_(bindparam("ids", expanding=True)), has_key)


def _of_handle() -> Select[Any]:
    return _people().where(_USERS.c.username == bindparam("username"))


def _people() -> Select[Any]:
    return select(_NO_TEXT, _NO_TEXT, *_PERSON, _follow_id(_USERS.c.id), false())
