"""People to follow: friends of friends by how many, popular accounts for who follows nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.users import Mutuals, Suggestion, UserRef, UserRow
from pigeon.extensions import db
from pigeon.models import FollowModel, FollowRequest, SuggestionDismissal, UserModel
from pigeon.services import access
from pigeon.services.timelines import sidebar
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work

KEPT = 50
NAMED = 2
CURSOR = "suggestions"


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A place in a reader's ranking: whom, and how many of the reader's people follow them."""

    user_id: int
    common: int
    friends: list[int]


@cached(keys.SUGGESTIONS, list[Ranked])
def ranked(reader_ids: list[int]) -> dict[int, list[Ranked]]:
    """The best `KEPT` suggestions per reader; kept for minutes, forgotten after a follow."""
    return {reader_id: _rank(reader_id) for reader_id in reader_ids}


def page(reader_id: int, request: PageRequest) -> Page[Suggestion]:
    """Ranked; the cursor is the position in the ranking. Who is gone is left out."""
    found = ranked.one(reader_id) or []
    begin = request.before or 0
    end = begin + request.limit
    following = end if len(found) > end else None
    return Page(
        items=_hydrate(reader_id, found[begin:end]),
        next=write_cursor(CURSOR, following) if following is not None else None,
    )


@retried
def dismiss(reader_id: int, user_id: int) -> None:
    """Never suggest a person again; twice is fine."""
    try:
        with unit_of_work() as uow:
            db.session.add(SuggestionDismissal(user_id=reader_id, dismissed_id=user_id))
            uow.after_commit(lambda: sidebar.evict(reader_id))
    except IntegrityError:
        return


def _rank(reader_id: int) -> list[Ranked]:
    mutual = db.session.execute(_by_mutuals(reader_id)).all()
    if mutual:
        return _with_friends(reader_id, {int(row[0]): int(row[1]) for row in mutual})
    popular = db.session.scalars(_by_popularity(reader_id))
    return [Ranked(user_id=user_id, common=0, friends=[]) for user_id in popular]


def _excluded(reader_id: int, candidate: Any) -> list[Any]:
    mine = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    dismissed = select(SuggestionDismissal.dismissed_id).where(
        SuggestionDismissal.user_id == reader_id
    )
    asked = select(FollowRequest.requested_id).where(FollowRequest.requester_id == reader_id)
    known = (mine, dismissed, asked)
    return [*(candidate.not_in(ids) for ids in known), candidate != reader_id]


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
            access.users.where(access.viewer(reader_id)),
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
            access.users.where(access.viewer(reader_id)),
            UserModel.is_discoverable.is_(True),
            *_excluded(reader_id, UserModel.id),
        )
        .order_by(UserModel.follower_count.desc(), UserModel.id)
        .limit(KEPT)
    )


def _with_friends(reader_id: int, common: dict[int, int]) -> list[Ranked]:
    """Name up to two of the people in common, for all candidates in one statement."""
    theirs = aliased(FollowModel)
    pairs = db.session.execute(
        select(theirs.followee_id, FollowModel.followee_id)
        .select_from(FollowModel)
        .join(theirs, theirs.follower_id == FollowModel.followee_id)
        .where(FollowModel.follower_id == reader_id, theirs.followee_id.in_(common))
        .order_by(theirs.id.desc())
    )
    named: dict[int, list[int]] = {}
    for candidate, friend in pairs:
        named.setdefault(candidate, []).append(friend)
    return [
        Ranked(user_id=user_id, common=count, friends=named.get(user_id, [])[:NAMED])
        for user_id, count in common.items()
    ]


def _hydrate(reader_id: int, found: list[Ranked]) -> list[Suggestion]:
    """Rows of the ranked as they are called and stand to the reader now."""
    rows = {
        int(row.id): row
        for row in users.rows([one.user_id for one in found], reader_id)
        if row.viewer and row.viewer.follow == "none"  # the ranking may be minutes old
    }
    friends = users.visible_refs((friend for one in found for friend in one.friends), reader_id)
    return [
        _suggestion(rows[one.user_id], one, [friends[i] for i in one.friends if i in friends])
        for one in found
        if one.user_id in rows
    ]


def _suggestion(row: UserRow, place: Ranked, friends: list[UserRef]) -> Suggestion:
    mutuals = Mutuals(count=place.common, users=friends)
    viewer = replace(row.viewer, mutuals=mutuals) if row.viewer else None
    return Suggestion(
        **{**vars(row), "viewer": viewer}, reason="mutuals" if place.common else "popular"
    )
