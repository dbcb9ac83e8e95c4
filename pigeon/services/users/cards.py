"""Viewer-free cards of people, which everything that names somebody is made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.users import UserCard, UserRef
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services import access


@cached(keys.USER_CARD, UserCard)
def cards(ids: list[int]) -> dict[int, UserCard]:
    """Viewer-free cards of active people."""
    rows = db.session.scalars(
        select(UserModel).where(UserModel.id.in_(ids), access.users.is_active())
    )
    return {row.id: card_of(row) for row in rows}


def card_of(row: UserModel) -> UserCard:
    return UserCard(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        avatar=row.avatar,
        bio=row.bio,
        pronouns=row.pronouns,
        link=row.link,
        is_private=row.is_private,
        created_at=row.created_at,
        is_discoverable=row.is_discoverable,
    )


def refs(ids: Iterable[int]) -> dict[int, UserRef]:
    return {user_id: card.ref for user_id, card in cards.many(ids).items()}
