"""Requests to follow a private person: made and withdrawn by who asks, answered by who is asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import FollowApproved, FollowRequested, FollowRequestEnded
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import FollowRequest, UserModel
from pigeon.services import access
from pigeon.services.follows import edges
from pigeon.services.timelines import sidebar
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def ask(uow: UnitOfWork, user_id: int, *, by: int) -> None:
    """Of a locked pair; asking again changes nothing, and announces nothing."""
    if _find(user_id, by) is not None:
        return
    row = FollowRequest(requester_id=by, requested_id=user_id, created_at=utc_now())
    db.session.add(row)
    db.session.flush()
    uow.after_commit(lambda: sidebar.evict(by))
    uow.record(FollowRequested(request_id=row.id, requester_id=by, requested_id=user_id))


def end(uow: UnitOfWork, *, requester_id: int, requested_id: int, by: int) -> int | None:
    """Delete the request of a locked pair, and answer its id; its notification goes with it."""
    request_id = _find(requested_id, requester_id)
    if request_id is None:
        return None
    db.session.execute(delete(FollowRequest).where(FollowRequest.id == request_id))
    uow.record(
        FollowRequestEnded(
            request_id=request_id,
            requester_id=requester_id,
            requested_id=requested_id,
            by_id=by,
        )
    )
    return request_id


@retried
def approve(requester_id: int, *, by: int) -> None:
    """Who asked follows from now on, and is told; NotFound without a request."""
    with unit_of_work() as uow:
        edges.lock_met(requester_id, by)
        request_id = end(uow, requester_id=requester_id, requested_id=by, by=by)
        if request_id is None:
            raise NotFound
        edges.insert(uow, requester_id, by)
        uow.record(FollowApproved(request_id=request_id, follower_id=requester_id, followee_id=by))


@retried
def decline(requester_id: int, *, by: int) -> None:
    """The request is gone, and who asked is not told; NotFound without one."""
    with unit_of_work() as uow:
        edges.lock_met(requester_id, by)
        if end(uow, requester_id=requester_id, requested_id=by, by=by) is None:
            raise NotFound


def list_of(user_id: int, request: PageRequest) -> Page[int]:
    """Ids of who asks to follow a person, newest first."""
    row, known = FollowRequest, access.users.where(access.viewer(user_id))
    return edges.list_people(row, row.requester_id, request, row.requested_id == user_id, known)


def asking_among(user_id: int, ids: list[int]) -> set[int]:
    """Those of `ids` who ask to follow a person."""
    if not ids:
        return set()
    query = _asking(user_id).where(FollowRequest.requester_id.in_(ids))
    return {int(row.requester_id) for row in db.session.execute(query)}


def count_of(user_id: int) -> int:
    """How many ask to follow a person."""
    return db.session.scalar(select(func.count()).select_from(_asking(user_id).subquery())) or 0


def _asking(user_id: int) -> Any:
    return (
        select(FollowRequest.id, FollowRequest.requester_id)
        .join(UserModel, UserModel.id == FollowRequest.requester_id)
        .where(
            FollowRequest.requested_id == user_id,
            access.users.where(access.viewer(user_id)),
        )
    )


def _find(user_id: int, by: int) -> int | None:
    return db.session.scalar(
        select(FollowRequest.id).where(
            FollowRequest.requester_id == by, FollowRequest.requested_id == user_id
        )
    )
