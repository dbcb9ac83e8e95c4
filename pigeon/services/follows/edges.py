"""One person follows another: the row, both counters, and what caches say of the pair.

Whoever changes a pair of people holds both their rows, so what is then read of the pair stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from pigeon.cache import keys, leases
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import db
from pigeon.models import FollowModel, UserModel
from pigeon.services import access, counts
from pigeon.services.timelines import sidebar, timelines
from pigeon.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Locked:
    is_active: bool
    is_private: bool


def lock_met(user_id: int, by: int) -> Locked:
    """Lock both people; NotFound when one went away, or a block stands between them."""
    found = lock(user_id, by)
    if not all(one.is_active for one in found.values()) or len(found) < 2:
        raise NotFound
    if access.users.is_hidden(access.writer(by), user_id):
        raise NotFound
    return found[user_id]


def lock(*ids: int) -> dict[int, Locked]:
    """Lock people, the lower id first, who are still there in whatever state.

    Before anything about the pair is inserted: its foreign keys take shared locks on both rows,
    and two of those on a row that both then count up are a deadlock.
    """
    rows = db.session.execute(
        select(UserModel.id, UserModel.state, UserModel.is_private)
        .where(UserModel.id.in_(ids))
        .order_by(UserModel.id)
        .with_for_update()
    )
    return {
        row.id: Locked(is_active=access.users.is_active_state(row.state), is_private=row.is_private)
        for row in rows
    }


def insert(uow: UnitOfWork, follower_id: int, followee_id: int) -> None:
    """Of a locked pair that does not follow yet."""
    row = FollowModel(follower_id=follower_id, followee_id=followee_id, created_at=utc_now())
    db.session.add(row)
    _count(follower_id=follower_id, followee_id=followee_id, change=1)
    uow.after_commit(lambda: evict(follower_id, followee_id))


def remove(uow: UnitOfWork, follower_id: int, followee_id: int) -> bool:
    """Of a locked pair, the bell included; False when nobody followed."""
    gone = db.session.execute(
        delete(FollowModel).where(
            FollowModel.follower_id == follower_id, FollowModel.followee_id == followee_id
        )
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    _count(follower_id=follower_id, followee_id=followee_id, change=-1)
    uow.after_commit(lambda: evict(follower_id, followee_id))
    return True


def _count(*, follower_id: int, followee_id: int, change: int) -> None:
    """Move both counters."""
    followers = {
        "follower_count": UserModel.follower_count + change,
        "followers_version": UserModel.followers_version + 1,
    }
    following = {"following_count": UserModel.following_count + change}
    for user_id, values in ((followee_id, followers), (follower_id, following)):
        db.session.execute(update(UserModel).where(UserModel.id == user_id).values(values))


def list_people(
    row: Any, person: Any, request: PageRequest, *which: ColumnElement[bool]
) -> Page[int]:
    """Ids out of one side of a table of pairs, the newest pair first."""
    query = (
        select(row.id, person)
        .join(UserModel, UserModel.id == person)
        .where(*which)
        .order_by(row.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(row.id < request.before)
    page = cut(db.session.execute(query).all(), request, lambda found: int(found[0]))
    return page.map(lambda rows: [int(found[1]) for found in rows])


def evict(follower_id: int, followee_id: int) -> None:
    """Evict what caches say of a pair; run as a job too, should this process die."""
    leases.evict(keys.FOLLOWING.key(follower_id))
    counts.users.evict(follower_id, followee_id)
    sidebar.evict(follower_id)
    timelines.drop(follower_id)
