"""Whether messages may be written in SQL, while they are moved to another home and after it.

One row says so, and every writer reads it in its own transaction. MariaDB locks it until that
ends; SQLite lets one write at a time. Who closes the row therefore waits for all that began to
write before, and who begins later sees it closed. Nothing else is asked, so no cache and no Redis
can be wrong about it.

    open ──close──▶ moving ──finish──▶ moved
      ◀──abort, or its lease ends──┘

`moving` has a lease, which its holder renews: when that was killed, the first who wants to write
after the lease opens the row again. The `run` is one closed stretch: what was copied in it is
still as it was. `site` is drawn once, and tells this site's copy from another's.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Table, insert, literal, select, update

from pigeon.domain.errors import DomainError, Moving
from pigeon.extensions import db
from pigeon.models import MessageMoveModel
from pigeon.unit_of_work import retried, unit_of_work

P = ParamSpec("P")
R = TypeVar("R")

LEASE_S = 30.0
OPEN, MOVING, MOVED = "open", "moving", "moved"
ROW = cast(Table, MessageMoveModel.__table__)
FIRST = {"id": 1, "state": OPEN, "site": "", "run": "", "holder": "", "until_us": 0}
ADD_ROW = insert(ROW).values(FIRST)

_STATE = "COALESCE((SELECT state FROM message_moves WHERE id = 1{lock}), 'open') = 'open'"
IS_OPEN = {True: _STATE.format(lock=""), False: _STATE.format(lock=" LOCK IN SHARE MODE")}
"""A condition of a writing statement, for the driver: on SQLite, and on MariaDB."""

STATE = select(ROW.c.state).where(ROW.c.id == literal(1)).with_for_update(read=True)


class Lost(DomainError):
    """Somebody else holds the row, or nobody: what was copied may be stale already."""


class Missing(DomainError):
    """The row was not there: it is now, but writers who did not see it may be under way."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """The row."""

    state: str
    site: str
    run: str
    holder: str
    until_us: int

    @property
    def has_ended(self) -> bool:
        """Whether nobody renews it any more."""
        return self.state == MOVING and self.until_us < _now_us()


# -- writers ---------------------------------------------------------------------------------------


def check_open(sql: Connection) -> None:
    """Raise Moving unless messages may be written until this transaction ends."""
    check(sql.execute(STATE).scalar())


def check(state: str | None) -> None:
    if state not in (None, OPEN):
        raise Moving


def guarded(write: Callable[P, R]) -> Callable[P, R]:
    """Do it again when what closed the row has ended, and this opened it."""

    @functools.wraps(write)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return write(*args, **kwargs)
        except Moving:
            db.session.rollback()
            if not load().has_ended:
                raise
        _open(ROW.c.until_us < _now_us())
        return write(*args, **kwargs)

    return run


# -- who moves them --------------------------------------------------------------------------------


def load() -> Move:
    """As it is now; open where it is missing."""
    found = db.session.connection().execute(select(ROW).where(ROW.c.id == 1)).mappings().first()
    db.session.rollback()
    values = dict(found or FIRST)
    values.pop("id")
    return Move(**cast(dict[str, Any], values))


def close(holder: str) -> Move:
    """Hold the row under this name, a new one each time; Lost once messages have been moved.

    Who held it before is overtaken: the same run goes on. Answers when nobody writes any more.
    """
    _make()
    began = load()
    fresh = {
        "state": MOVING,
        "site": began.site or secrets.token_hex(8),
        "run": began.run if began.state == MOVING else secrets.token_hex(8),
        "holder": holder,
        "until_us": _until_us(),
    }
    _change(fresh, ROW.c.state == began.state, ROW.c.run == began.run, ROW.c.state != MOVED)
    return load()


def renew(move: Move) -> None:
    _change({"until_us": _until_us()}, *_held(move))


def finish(move: Move) -> None:
    """Messages are elsewhere now: in SQL they may not be written any more, without an end."""
    _change({"state": MOVED}, *_held(move), ROW.c.until_us > _now_us())


def abort() -> None:
    """Let them be written in SQL again; what was copied counts no more."""
    _open()


def _held(move: Move) -> tuple[Any, ...]:
    return ROW.c.state == MOVING, ROW.c.run == move.run, ROW.c.holder == move.holder


@retried
def _open(*conditions: Any) -> None:
    with unit_of_work():
        values = {"state": OPEN, "run": "", "holder": "", "until_us": 0}
        db.session.execute(update(ROW).where(ROW.c.id == 1, *conditions).values(values))


@retried
def _change(values: dict[str, Any], *conditions: Any) -> None:
    with unit_of_work():
        told = db.session.execute(update(ROW).where(ROW.c.id == 1, *conditions).values(values))
        if told.rowcount != 1:  # type: ignore[attr-defined]
            raise Lost


@retried
def _make() -> None:
    with unit_of_work():
        if db.session.connection().execute(select(ROW.c.id)).first():
            return
        db.session.execute(ADD_ROW)
    raise Missing


def _now_us() -> int:
    return time.time_ns() // 1_000


def _until_us() -> int:
    return _now_us() + int(LEASE_S * 1_000_000)
