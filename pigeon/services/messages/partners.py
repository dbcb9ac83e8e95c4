"""To whom somebody can write: mutuals, then whom they follow, then who follows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from pigeon.domain.messages import Partner
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.presence import Presence
from pigeon.domain.search_keys import Query
from pigeon.extensions import db
from pigeon.models import FollowModel, UserModel
from pigeon.services import access, presence
from pigeon.services.access.viewers import Viewer
from pigeon.services.searches import people
from pigeon.services.users import users

RANK_BITS = 60
"""Below the rank of a place in the list stands the id of the follow that orders it."""
LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True)
class _Found:
    user_id: int
    place: int


def list_of(viewer_id: int, q: str, request: PageRequest) -> Page[Partner]:
    """People to write to, of each rank the newest follow first; with `q` those whom it finds."""
    viewer, query = access.viewer(viewer_id), Query(people.check_query(q))
    found = list(islice(_walk(viewer_id, viewer, query, request.before), request.limit + 1))
    page = cut(found, request, lambda one: one.place)
    return page.map(lambda some: _partners([one.user_id for one in some], viewer))


def _partners(ids: list[int], viewer: Viewer) -> list[Partner]:
    known = presence.of(ids, viewer)
    return [
        Partner(**vars(row), presence=known.get(int(row.id)) or Presence(username=row.username))
        for row in users.rows(ids, viewer)
    ]


def _walk(viewer_id: int, viewer: Viewer, query: Query, before: int | None) -> Iterator[_Found]:
    """From the place before which somebody has read; a place is the higher the earlier it comes."""
    first = len(_RANKS) - 1
    rank, follow_id = (first, None) if before is None else (before >> RANK_BITS, before)
    for number in range(rank, -1, -1):
        below = follow_id & ((1 << RANK_BITS) - 1) if follow_id is not None else None
        for row in _of_rank(number, viewer_id, viewer, query, below):
            yield _Found(user_id=row.id, place=number << RANK_BITS | row.follow_id)
        follow_id = None


def _of_rank(
    rank: int, viewer_id: int, viewer: Viewer, query: Query, below: int | None
) -> Iterator[Any]:
    """In batches: SQL lets some through that the query does not fit."""
    while True:
        statement = _RANKS[rank](viewer_id).where(access.users.where(viewer)).limit(LOOKED_AT)
        if query.text:
            statement = statement.where(people.may_fit(query))
        if below is not None:
            statement = statement.where(FollowModel.id < below)
        batch = db.session.execute(statement).all()
        yield from (row for row in batch if not query.text or query.place_of(row[1], row[2]))
        if len(batch) < LOOKED_AT:
            return
        below = batch[-1].follow_id


def _select(follow: Any, other: Any) -> Select[Any]:
    return (
        select(
            UserModel.id, UserModel.username, UserModel.display_name, follow.id.label("follow_id")
        )
        .join(UserModel, UserModel.id == other)
        .order_by(follow.id.desc())
    )


_BACK = aliased(FollowModel)


def _followed(viewer_id: int) -> Select[Any]:
    return _select(FollowModel, FollowModel.followee_id).where(FollowModel.follower_id == viewer_id)


def _back_of(viewer_id: int) -> Any:
    """Who follows the viewer."""
    return select(_BACK.follower_id).where(_BACK.followee_id == viewer_id)


def _mutuals(viewer_id: int) -> Select[Any]:
    return _followed(viewer_id).where(FollowModel.followee_id.in_(_back_of(viewer_id)))


def _following(viewer_id: int) -> Select[Any]:
    return _followed(viewer_id).where(FollowModel.followee_id.not_in(_back_of(viewer_id)))


def _followers(viewer_id: int) -> Select[Any]:
    mine = select(_BACK.followee_id).where(_BACK.follower_id == viewer_id)
    return _select(FollowModel, FollowModel.follower_id).where(
        FollowModel.followee_id == viewer_id, FollowModel.follower_id.not_in(mine)
    )


_RANKS = (_followers, _following, _mutuals)
"""The last one comes first."""
