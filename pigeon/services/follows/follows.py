"""The follow graph: commands, membership, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, literal_column, select, union_all
from sqlalchemy.orm import aliased

from pigeon.domain.errors import Conflict
from pigeon.domain.events import UserFollowed, UserUnfollowed
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import FollowModel, FollowRequest, UserModel
from pigeon.services import access
from pigeon.services.follows import edges, requests
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Relation:
    """How a viewer stands to somebody; `is_requested` while their request waits."""

    following: bool
    bell: bool
    follows_me: bool
    is_requested: bool

    @property
    def follow(self) -> str:
        return word(self.following, self.is_requested)


def word(is_following: bool, is_requested: bool) -> str:
    """`viewer.follow` of the contract."""
    if is_following:
        return "following"
    return "requested" if is_requested else "none"


@retried
def follow(user_id: int, *, by: int) -> None:
    """`by` follows `user_id`, or asks to when they are private; again is fine.

    Conflict `self`; NotFound when gone or blocked.
    """
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        found = edges.lock_met(user_id, by)
        if relation(by, user_id).following:
            return
        if found.is_private:
            requests.ask(uow, user_id, by=by)
            return
        requests.end(uow, requester_id=by, requested_id=user_id, by=by)
        edges.insert(uow, by, user_id)
        uow.record(UserFollowed(follower_id=by, followee_id=user_id))


@retried
def unfollow(user_id: int, *, by: int) -> None:
    """The opposite, the bell and a request included; not following is fine."""
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        edges.lock(by, user_id)
        requests.end(uow, requester_id=by, requested_id=user_id, by=by)
        _remove(uow, by, user_id, by=by)


@retried
def remove_follower(user_id: int, *, by: int) -> None:
    """`user_id` follows `by` no more, and is not told; a person who does not follow is fine."""
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        edges.lock(by, user_id)
        _remove(uow, user_id, by, by=by)


def _remove(uow: UnitOfWork, follower_id: int, followee_id: int, *, by: int) -> None:
    if edges.remove(uow, follower_id, followee_id):
        uow.record(UserUnfollowed(follower_id=follower_id, followee_id=followee_id, by_id=by))


@retried
def set_bell(user_id: int, *, by: int, on: bool) -> None:
    """Be told of each new post of someone who is followed; Conflict `not_following` otherwise."""
    access.users.check_is_other(user_id, by=by)
    with unit_of_work():
        row = db.session.scalar(
            select(FollowModel)
            .where(FollowModel.follower_id == by, FollowModel.followee_id == user_id)
            .with_for_update()
        )
        if row is None and on:
            raise Conflict("not_following")
        if row is not None:
            row.bell = on


# -- reading -----------------------------------------------------------------------------------


def relation(viewer_id: int, user_id: int) -> Relation:
    """How two people stand to each other, from SQL: one indexed query is as fast as two sets."""
    follow, request = FollowModel, FollowRequest
    both = (viewer_id, user_id)
    query = union_all(
        select(follow.follower_id, follow.bell, literal(0)).where(
            follow.follower_id.in_(both), follow.followee_id.in_(both)
        ),
        select(request.requester_id, literal(False), literal(1)).where(
            request.requester_id == viewer_id, request.requested_id == user_id
        ),
    )
    found = {(row[0], row[2]): bool(row[1]) for row in db.session.execute(query)}
    return Relation(
        following=(viewer_id, 0) in found,
        bell=found.get((viewer_id, 0), False),
        follows_me=(user_id, 0) in found,
        is_requested=(viewer_id, 1) in found,
    )


def others_among(viewer_id: int, ids: list[int]) -> tuple[set[int], set[int]]:
    """Those of `ids` who follow the viewer, and those whom the viewer asks to follow."""
    rows = (
        db.session.connection().execute(_OTHERS, {"viewer": viewer_id, "ids": ids}) if ids else ()
    )
    found = [(row[0], row[1]) for row in rows]
    followers, requested = ({one for one, kind in found if kind == number} for number in (0, 1))
    return followers, requested


def _others() -> Any:
    """Made once: every list of people asks it."""
    viewer: Any = bindparam("viewer")
    ids: Any = bindparam("ids", expanding=True)
    follow, request = FollowModel.__table__.c, FollowRequest.__table__.c
    return union_all(
        select(follow.follower_id, literal_column("0")).where(
            follow.followee_id == viewer, follow.follower_id.in_(ids)
        ),
        select(request.requested_id, literal_column("1")).where(
            request.requester_id == viewer, request.requested_id.in_(ids)
        ),
    )


_OTHERS = _others()


def list_followers(user_id: int, viewer_id: int | None, request: PageRequest) -> Page[int]:
    """Ids of followers whom the viewer may know of, newest follow first."""
    of_user = FollowModel.followee_id == user_id
    return _page(FollowModel.follower_id, of_user, viewer_id, request)


def list_following(user_id: int, viewer_id: int | None, request: PageRequest) -> Page[int]:
    """As `list_followers`, of the followed."""
    of_user = FollowModel.follower_id == user_id
    return _page(FollowModel.followee_id, of_user, viewer_id, request)


def _page(
    wanted: Any, of_user: ColumnElement[bool], viewer_id: int | None, request: PageRequest
) -> Page[int]:
    known = access.users.where(access.viewer(viewer_id))
    return edges.list_people(FollowModel, wanted, request, of_user, known)


def mutuals_among(viewer_id: int, user_ids: Sequence[int]) -> dict[int, tuple[int, list[int]]]:
    """As `mutuals`, of each of these for whom there are any; in one statement."""
    theirs = aliased(FollowModel)
    query = (
        select(theirs.followee_id, theirs.follower_id)
        .join(FollowModel, FollowModel.followee_id == theirs.follower_id)
        .join(UserModel, UserModel.id == theirs.follower_id)
        .where(
            FollowModel.follower_id == viewer_id,
            theirs.followee_id.in_(user_ids),
            access.users.is_active(),
        )
        .order_by(theirs.id.desc())
    )
    found: dict[int, tuple[int, list[int]]] = {}
    for user_id, friend_id in db.session.execute(query) if user_ids else ():
        count, newest = found.get(user_id, (0, []))
        found[user_id] = (count + 1, [*newest, friend_id] if count < 2 else newest)
    return found


def mutuals(viewer_id: int, user_id: int) -> tuple[int, list[int]]:
    """How many people the viewer follows who follow `user_id`, and the two newest of them."""
    theirs = aliased(FollowModel)
    joined = (
        select(FollowModel.followee_id)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .join(UserModel, UserModel.id == FollowModel.followee_id)
        .where(
            FollowModel.follower_id == viewer_id,
            theirs.followee_id == user_id,
            access.users.is_active(),
        )
    )
    total = db.session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    newest = db.session.scalars(joined.order_by(theirs.id.desc()).limit(2)).all() if total else []
    return total, list(newest)
