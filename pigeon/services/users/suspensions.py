"""Suspending a person: shut out, and nobody to others, until they are let in again."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import UserSuspended
from pigeon.domain.names import canonical_username
from pigeon.domain.users import ACTIVE, SUSPENDED
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services import landing
from pigeon.services.accounts import sessions
from pigeon.services.comments import cards as comment_cards
from pigeon.services.likes import likers
from pigeon.services.posts import cards as post_cards
from pigeon.services.stories import cards as story_cards
from pigeon.services.stories import showing
from pigeon.services.timelines import sidebar
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def get_id(username: str) -> int:
    """Of somebody who is there or suspended, however the name is spelled; NotFound."""
    found = db.session.scalar(
        select(UserModel.id).where(
            UserModel.username == canonical_username(username),
            UserModel.state.in_((ACTIVE, SUSPENDED)),
        )
    )
    if found is None:
        raise NotFound
    return found


@retried
def suspend(user_id: int) -> None:
    """End every session, token and socket, and hide what they posted. Twice is fine; NotFound."""
    with unit_of_work() as uow:
        if _change(uow, user_id, SUSPENDED):
            sessions.end_all(user_id, uow)


@retried
def unsuspend(user_id: int) -> None:
    """Show it again and let them log in; sessions stay ended. Twice is fine; NotFound.

    Stories that were ready meanwhile are shown now: their day has not begun.
    """
    with unit_of_work() as uow:
        if _change(uow, user_id, ACTIVE):
            db.session.flush()
            showing.show_ready(uow, user_id)


def _change(uow: UnitOfWork, user_id: int, state: str) -> bool:
    row: UserModel | None = sessions.lock_user(user_id)
    if row is None or row.state not in (ACTIVE, SUSPENDED):
        raise NotFound
    if row.state == state:
        return False
    row.state, username = state, row.username
    uow.after_commit(lambda: users.evict(user_id, username))
    uow.after_commit(lambda: story_cards.evict(user_id))
    uow.after_commit(_void_sidebars)
    uow.after_commit(lambda: landing.mosaics.evict(""))
    uow.record(UserSuspended(user_id=user_id, username=username))
    return True


def _void_sidebars() -> None:
    """Somebody left just now; written, because SQL has the time of withdrawals alone."""
    sidebar.departures.put("", utc_now().isoformat())


def refresh(user_id: int, username: str) -> None:
    """Evict whatever shows a person, or shows things without them, also cards of others."""
    users.evict(user_id, username)
    _void_sidebars()
    landing.mosaics.evict("")
    post_cards.evict_all_of(user_id)
    comment_cards.evict_all_of(user_id)
    likers.evict_all_of(user_id)
    story_cards.evict(user_id)
