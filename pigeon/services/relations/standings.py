"""Whose things are for everybody, for followers only, or for nobody: one word a person.

It is asked at each reading. So somebody who turns private, is suspended or leaves changes one
entry, however many posts there are.
"""

from __future__ import annotations

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.users import ACTIVE
from pigeon.extensions import db
from pigeon.models import UserModel

PUBLIC = "public"
PRIVATE = "private"
"""Open to those who follow."""


@cached(keys.STANDING, str)
def standings(user_ids: list[int]) -> dict[int, str]:
    """Of people who are there; who is suspended or left has no standing."""
    rows = db.session.execute(
        select(UserModel.id, UserModel.is_private).where(
            UserModel.id.in_(user_ids), UserModel.state == ACTIVE
        )
    )
    return {row.id: PRIVATE if row.is_private else PUBLIC for row in rows}
