"""What a rule says: of rows in SQL, and one by one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.services import access
from pigeon.services.access.viewers import Viewer

ACTORS = ("stranger", "ann", "follower", "ben")
"""Of ann's and ben's things: nobody, an author, who follows both, another author."""


@dataclass(frozen=True)
class World:
    """Rows in every state that can be reached."""

    people: dict[str, int]

    def viewer(self, actor: str) -> Viewer:
        return access.viewer(self.people.get(actor))


def in_sql(column: Any, condition: Any) -> set[Any]:
    db.session.rollback()
    return set(db.session.scalars(select(column).where(condition)))


def everything(column: Any) -> list[Any]:
    return list(db.session.scalars(select(column)))


def passing(check: Callable[[Any], object], ids: list[Any]) -> set[Any]:
    """Those that a check lets pass."""
    found = set()
    for number in ids:
        with suppress(NotFound):
            check(number)
            found.add(number)
    return found
