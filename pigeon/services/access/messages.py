"""Messages: seen by who takes part in their conversation, written by whom the other lets write.

Who is in a conversation, its store knows. What is asked here is how its people stand to each other:
a block hides it from both sides until it ends, and so does a suspension. Who withdrew is not
hidden: the conversation goes on under the name of a deleted account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.users import ACTIVE, SUSPENDED
from pigeon.extensions import bare_engine, db
from pigeon.models import FollowModel, UserModel
from pigeon.services.access import users
from pigeon.services.access.viewers import Viewer, viewer

EVERYONE = "everyone"
_WRITER: Any = bindparam("writer")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What somebody has chosen about messages; nobody else's page shows it."""

    takes_from_everyone: bool = True
    sends_receipts: bool = True


def hidden_among(viewer: Viewer, ids: Iterable[int]) -> AbstractSet[int]:
    """Those of the people in conversations with the viewer whom they do not meet there."""
    return users.hidden_among(viewer, ids)


def shut_out_among(ids: Collection[int]) -> dict[int, str]:
    """Of people who are not active those that may come back, with their usernames.

    They are hidden, not deleted.
    """
    if not ids:
        return {}
    query = select(UserModel.id, UserModel.username).where(
        UserModel.id.in_(ids), UserModel.state == SUSPENDED
    )
    return {row.id: row.username for row in db.session.execute(query)}


def active_among(ids: Collection[int]) -> set[int]:
    """Those of the people who are there, from SQL; what others left unread counts no more."""
    if not ids:
        return set()
    query = select(UserModel.id).where(UserModel.id.in_(ids), users.is_active())
    return set(db.session.scalars(query))


def terms_of(ids: Collection[int]) -> dict[int, Terms]:
    """Of active people, from SQL."""
    rows = db.session.execute(
        select(UserModel.id, UserModel.messages_from, UserModel.sends_receipts).where(
            UserModel.id.in_(ids), users.is_active()
        )
    )
    return {
        row.id: Terms(
            takes_from_everyone=row.messages_from == EVERYONE, sends_receipts=row.sends_receipts
        )
        for row in rows
    }


def may_write(terms: Terms | None, *, follows_me: bool, is_accepted: bool) -> bool:
    """Whether the viewer may write to somebody, who follows or has accepted them or not.

    Without terms there is nobody any more who could read it.
    """
    return terms is not None and (terms.takes_from_everyone or follows_me or is_accepted)


def shows_receipts(mine: Terms | None, theirs: Terms | None, *, has_accepted: bool) -> bool:
    """Whether I see how far the other has read: both send receipts, and they accepted me."""
    if mine is None or theirs is None:
        return False
    return mine.sends_receipts and theirs.sends_receipts and has_accepted


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """How somebody stands to who is about to write to them; `names` are those of both."""

    user_id: int
    takes_from_everyone: bool
    follows_writer: bool
    names: Mapping[int, str]


def _recipients() -> Any:
    """Made once: it is asked for every message. The writer is a parameter, also of the rule."""
    follows = exists().where(
        FollowModel.follower_id == UserModel.id, FollowModel.followee_id == _WRITER
    )
    writer = aliased(UserModel)
    return (
        select(
            UserModel.id,
            UserModel.username,
            UserModel.messages_from,
            follows.label("follows"),
            writer.username.label("writer"),
        )
        .join(writer, writer.id == _WRITER)
        .where(users.where(viewer(_WRITER)), writer.state == ACTIVE)
    )


_BY_ID = _recipients().where(UserModel.id == bindparam("user"))
_BY_NAME = _recipients().where(UserModel.username == bindparam("user"))


def get_recipient(writer_id: int, user_id: int) -> Recipient:
    """From SQL, because what is written must not rest on a cache; NotFound for who is not met.

    A writer who left while their request was on its way meets nobody.
    """
    return _recipient(_BY_ID, writer_id, user_id)


def get_recipient_named(writer_id: int, username: str) -> Recipient:
    """As `get_recipient`, of a canonical username."""
    return _recipient(_BY_NAME, writer_id, username)


def _recipient(query: Any, writer_id: int, user: int | str) -> Recipient:
    with bare_engine().connect() as sql:
        row = sql.execute(query, {"writer": writer_id, "user": user}).first()
    if row is None:
        raise NotFound
    return Recipient(
        user_id=row.id,
        takes_from_everyone=row.messages_from == EVERYONE,
        follows_writer=bool(row.follows),
        names={row.id: row.username, writer_id: row.writer},
    )


def check_accepted(is_accepted: bool) -> None:
    """Of somebody who takes messages from whom they follow: Forbidden for every other writer."""
    if not is_accepted:
        raise Forbidden("messages_closed")


def check_unsends(viewer: Viewer, sender_id: int) -> None:
    """Forbidden for everybody in the conversation but who sent the message."""
    if viewer.id != sender_id:
        raise Forbidden
