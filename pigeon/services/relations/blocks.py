"""Blocks: both sides are nobody to each other. Only who blocked can end it."""

from __future__ import annotations

from sqlalchemy import delete, select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import UserBlocked, UserUnblocked
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import BlockModel
from pigeon.services import access
from pigeon.services.follows import edges, requests
from pigeon.services.relations import apart
from pigeon.unit_of_work import retried, unit_of_work


@retried
def block(user_id: int, *, by: int) -> None:
    """Both leave each other's lists; follows and requests between them end for good.

    Blocking again is fine. Conflict `self`; NotFound for somebody whom `by` may not know of.
    """
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        locked = edges.lock(user_id, by)
        if _find(user_id, by) is not None:
            return
        if len(locked) < 2 or access.users.is_hidden(access.writer(by), user_id):
            raise NotFound
        db.session.add(BlockModel(blocker_id=by, blocked_id=user_id, created_at=utc_now()))
        for follower_id, followee_id in ((by, user_id), (user_id, by)):
            edges.remove(uow, follower_id, followee_id)
            requests.end(uow, requester_id=follower_id, requested_id=followee_id, by=by)
        uow.after_commit(lambda: evict(by, user_id))
        uow.record(UserBlocked(blocker_id=by, blocked_id=user_id))


@retried
def unblock(user_id: int, *, by: int) -> None:
    """What was hidden shows again; follows do not come back. NotFound where nothing is to end.

    Twice is fine for somebody of whom `by` may know.
    """
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        edges.lock(user_id, by)
        block_id = _find(user_id, by)
        if block_id is None:
            if access.users.is_hidden(access.writer(by), user_id):
                raise NotFound
            return
        db.session.execute(delete(BlockModel).where(BlockModel.id == block_id))
        uow.after_commit(lambda: evict(by, user_id))
        uow.record(UserUnblocked(blocker_id=by, blocked_id=user_id))


def evict(user_id: int, other_id: int) -> None:
    """Evict what caches say of whom these two meet, and of the follows that ended; a job too.

    A follow that a cache still holds would open a private account when the block ends.
    """
    apart.evict(user_id, other_id)
    edges.evict(user_id, other_id)
    edges.evict(other_id, user_id)


def list_of(user_id: int, request: PageRequest) -> Page[int]:
    """Ids of whom a person has blocked, newest first."""
    mine = BlockModel.blocker_id == user_id
    return edges.list_people(
        BlockModel, BlockModel.blocked_id, request, mine, access.users.is_active()
    )


def _find(user_id: int, by: int) -> int | None:
    return db.session.scalar(
        select(BlockModel.id).where(BlockModel.blocker_id == by, BlockModel.blocked_id == user_id)
    )
