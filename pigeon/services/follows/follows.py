"""The follow graph: commands, membership, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import aliased

from pigeon.cache import keys, leases
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Conflict, NotFound
from pigeon.domain.events import UserFollowed, UserUnfollowed
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import db
from pigeon.models import FollowModel, UserModel
from pigeon.services import access, counts
from pigeon.services.timelines import sidebar, timelines
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Relation:
    following: bool
    bell: bool
    follows_me: bool


@retried
def follow(user_id: int, *, by: int) -> None:
    """`by` follows `user_id`; following already is fine. Conflict `self`, NotFound when gone."""
    if user_id == by:
        raise Conflict("self")
    with unit_of_work() as uow:
        _lock(by, user_id)
        if relation(by, user_id).following:
            return
        db.session.add(FollowModel(follower_id=by, followee_id=user_id, created_at=utc_now()))
        _count(follower_id=by, followee_id=user_id, change=1)
        _evict_after(uow, by, user_id)
        uow.record(UserFollowed(follower_id=by, followee_id=user_id))


@retried
def unfollow(user_id: int, *, by: int) -> None:
    """The opposite, the bell included; not following is fine."""
    if user_id == by:
        raise Conflict("self")
    with unit_of_work() as uow:
        _lock_rows(by, user_id)
        gone = db.session.execute(
            delete(FollowModel).where(
                FollowModel.follower_id == by, FollowModel.followee_id == user_id
            )
        )
        if gone.rowcount:  # type: ignore[attr-defined]
            _count(follower_id=by, followee_id=user_id, change=-1)
            _evict_after(uow, by, user_id)
            uow.record(UserUnfollowed(follower_id=by, followee_id=user_id))


@retried
def set_bell(user_id: int, *, by: int, on: bool) -> None:
    """Be told of each new post of someone who is followed; Conflict `not_following` otherwise."""
    if user_id == by:
        raise Conflict("self")
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


def _lock(*ids: int) -> None:
    """As `_lock_rows`; NotFound when one of the people went away."""
    if _lock_rows(*ids) != len(ids):
        raise NotFound


def _lock_rows(*ids: int) -> int:
    """Lock people, the lower id first; how many are active.

    Whoever changes a pair holds both, so what is then read of it stays. Before the follow is
    inserted: its foreign keys take shared locks on both rows, and two of
    those on a row that both then count up are a deadlock.
    """
    states = db.session.scalars(
        select(UserModel.state)
        .where(UserModel.id.in_(ids))
        .order_by(UserModel.id)
        .with_for_update()
    )
    return sum(map(access.users.is_active_state, states))


def _count(*, follower_id: int, followee_id: int, change: int) -> None:
    """Move both counters."""
    followers = {
        "follower_count": UserModel.follower_count + change,
        "followers_version": UserModel.followers_version + 1,
    }
    following = {"following_count": UserModel.following_count + change}
    for user_id, values in ((followee_id, followers), (follower_id, following)):
        db.session.execute(update(UserModel).where(UserModel.id == user_id).values(values))


def _evict_after(uow: UnitOfWork, follower_id: int, followee_id: int) -> None:
    uow.after_commit(lambda: evict(follower_id, followee_id))


def evict(follower_id: int, followee_id: int) -> None:
    """Evict what caches say of a pair; run as a job too, should this process die."""
    leases.evict(keys.FOLLOWING.key(follower_id))
    counts.users.evict(follower_id, followee_id)
    sidebar.evict(follower_id)
    timelines.drop(follower_id)


def relation(viewer_id: int, user_id: int) -> Relation:
    """How two people stand to each other, from SQL: one indexed query is as fast as two sets."""
    pairs = ((viewer_id, user_id), (user_id, viewer_id))
    found = {
        (row.follower_id, row.followee_id): row.bell
        for row in db.session.execute(
            select(FollowModel.follower_id, FollowModel.followee_id, FollowModel.bell).where(
                FollowModel.follower_id.in_((viewer_id, user_id)),
                FollowModel.followee_id.in_((viewer_id, user_id)),
            )
        )
    }
    return Relation(
        following=pairs[0] in found, bell=found.get(pairs[0], False), follows_me=pairs[1] in found
    )


def followers_among(viewer_id: int, ids: list[int]) -> set[int]:
    """Those of `ids` who follow the viewer."""
    return set(
        db.session.scalars(
            select(FollowModel.follower_id).where(
                FollowModel.followee_id == viewer_id, FollowModel.follower_id.in_(ids)
            )
        )
    )


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
    query = (
        select(FollowModel.id, wanted)
        .join(UserModel, UserModel.id == wanted)
        .where(of_user, access.users.where(access.viewer(viewer_id)))
        .order_by(FollowModel.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(FollowModel.id < request.before)
    rows = db.session.execute(query).all()
    page = cut(rows, request, lambda row: int(row[0]))
    return page.map(lambda items: [int(row[1]) for row in items])


def mutuals(viewer_id: int, user_id: int) -> tuple[int, list[int]]:
    """How many people the viewer follows who follow `user_id`, and the two newest of them."""
    theirs = aliased(FollowModel)
    joined = (
        select(FollowModel.followee_id)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .where(FollowModel.follower_id == viewer_id, theirs.followee_id == user_id)
    )
    total = db.session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    newest = db.session.scalars(joined.order_by(theirs.id.desc()).limit(2)).all() if total else []
    return total, list(newest)
