"""People and whom they follow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import update

from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services.accounts import signups
from pigeon.services.follows import follows
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work

PASSWORD = "a pigeon knows 7 ways"
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account, and what they would type to log in."""

    id: int
    username: str
    email: str
    display_name: str
    password: str


def make_user(
    username: str | None = None,
    *,
    email: str | None = None,
    display_name: str | None = None,
    password: str = PASSWORD,
    **columns: Any,
) -> Person:
    """A confirmed account; `columns` are those of the row (`follower_count=10_000`, `role=`)."""
    username = username or f"person{next(_numbers)}"
    email = email or f"{username}@example.org"
    display_name = username.title() if display_name is None else display_name
    user_id = signups.create(
        email=email, username=username, display_name=display_name, password=password
    )
    if columns:
        with unit_of_work() as uow:
            db.session.execute(update(UserModel).where(UserModel.id == user_id).values(**columns))
            users.changed(uow, user_id)
    return Person(
        id=user_id, username=username, email=email, display_name=display_name, password=password
    )


def make_follow(follower: Person, followee: Person, *, bell: bool = False) -> None:
    """`follower` follows `followee`."""
    follows.follow(followee.id, by=follower.id)
    if bell:
        follows.set_bell(followee.id, by=follower.id, on=True)


def set_audience(person: Person, count: int) -> None:
    """How many follow a person, as the row says it."""
    db.session.execute(
        update(UserModel)
        .where(UserModel.id == person.id)
        .values(follower_count=count, followers_version=UserModel.followers_version + 1)
    )
