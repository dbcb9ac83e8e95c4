"""People to follow: friends of friends by how many, popular accounts for who follows nobody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.users import Mutuals, RowViewer, Suggestion
from pigeon.extensions import db
from pigeon.models import FollowModel, SuggestionDismissal, UserModel
from pigeon.services import asides, policy, users
from pigeon.unit_of_work import retried, unit_of_work

KEPT = 50
CURSOR = "suggestions"


@cached(keys.SUGGESTIONS, list[Suggestion])
def ranked(reader_ids: list[int]) -> dict[int, list[Suggestion]]:
    """The best `KEPT` suggestions per reader; kept for minutes, forgotten after a follow."""
    return {reader_id: _rank(reader_id) for reader_id in reader_ids}


def page(reader_id: int, request: PageRequest) -> Page[Suggestion]:
    """Ranked; the cursor is the position in the ranking."""
    found = ranked.one(reader_id) or []
    begin = request.before or 0
    end = begin + request.limit
    following = end if len(found) > end else None
    return Page(
        items=found[begin:end],
        next=write_cursor(CURSOR, following) if following is not None else None,
    )


@retried
def dismiss(reader_id: int, user_id: int) -> None:
    """Never suggest a person again; twice is fine."""
    try:
        with unit_of_work() as uow:
            db.session.add(SuggestionDismissal(user_id=reader_id, dismissed_id=user_id))
            uow.after_commit(lambda: asides.forget(reader_id))
    except IntegrityError:
        return


def _rank(reader_id: int) -> list[Suggestion]:
    mutual = db.session.execute(_by_mutuals(reader_id)).all()
    if mutual:
        return _with_mutuals(reader_id, [(int(row[0]), int(row[1])) for row in mutual])
    popular = list(db.session.scalars(_by_popularity(reader_id)))
    nobody = Mutuals(count=0, users=[])
    return [_row(reader_id, user_id, nobody, "popular") for user_id in _existing(popular)]


def _excluded(reader_id: int, candidate: Any) -> list[Any]:
    mine = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    dismissed = select(SuggestionDismissal.dismissed_id).where(
        SuggestionDismissal.user_id == reader_id
    )
    return [candidate.not_in(mine), candidate.not_in(dismissed), candidate != reader_id]


def _by_mutuals(reader_id: int) -> Any:
    theirs = aliased(FollowModel)
    common = func.count().label("common")
    return (
        select(theirs.followee_id, common)
        .select_from(FollowModel)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .join(UserModel, UserModel.id == theirs.followee_id)
        .where(
            FollowModel.follower_id == reader_id,
            policy.visible_users(reader_id),
            UserModel.is_discoverable.is_(True),
            *_excluded(reader_id, theirs.followee_id),
        )
        .group_by(theirs.followee_id)
        .order_by(common.desc(), theirs.followee_id)
        .limit(KEPT)
    )


def _by_popularity(reader_id: int) -> Any:
    return (
        select(UserModel.id)
        .where(
            policy.visible_users(reader_id),
            UserModel.is_discoverable.is_(True),
            *_excluded(reader_id, UserModel.id),
        )
        .order_by(UserModel.follower_count.desc(), UserModel.id)
        .limit(KEPT)
    )


def _with_mutuals(reader_id: int, ranking: list[tuple[int, int]]) -> list[Suggestion]:
    """Name up to two of the people in common, for all candidates in one statement."""
    counted = dict(ranking)
    candidates = list(counted)
    theirs = aliased(FollowModel)
    pairs = db.session.execute(
        select(theirs.followee_id, FollowModel.followee_id)
        .select_from(FollowModel)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .where(FollowModel.follower_id == reader_id, theirs.followee_id.in_(candidates))
        .order_by(theirs.id.desc())
    )
    named: dict[int, list[int]] = {}
    for candidate, friend in pairs:
        named.setdefault(candidate, []).append(friend)
    return [
        _row(reader_id, user_id, _mutuals(counted[user_id], named.get(user_id, [])), "mutuals")
        for user_id in _existing(candidates)
    ]


def _mutuals(count: int, friends: list[int]) -> Mutuals:
    return Mutuals(count=count, users=list(users.refs(friends[:2]).values()))


def _existing(ids: list[int]) -> list[int]:
    return list(users.cards.many(ids))


def _row(reader_id: int, user_id: int, mutuals: Mutuals, reason: str) -> Suggestion:
    (row,) = users.rows([user_id], reader_id)
    viewer = row.viewer
    seen = RowViewer(
        is_self=False,
        follows_me=viewer.follows_me if viewer else False,
        follow="none",
        mutuals=mutuals,
    )
    return Suggestion(**{**vars(row), "viewer": seen}, reason=reason)
