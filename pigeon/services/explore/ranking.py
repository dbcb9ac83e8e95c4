"""The best liked posts of the week: counted by a task of the scheduler, and kept for everybody.

A place in it is one number, likes and then the publication: it is the order, and a cursor that
still means the same when the week was counted again meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import PostLike, PublicationModel, UserModel
from pigeon.services import access

KEPT = 1_000
WEEK = timedelta(days=7)
BITS = 36
FLOOR = 1 << BITS
"""Places are above it: one like is worth more than any publication is new."""


@cached(keys.EXPLORE, list[int], remembered=2)
def places(_names: list[str]) -> dict[str, list[int]]:
    """The best `KEPT` places, best first; a few minutes old at most."""
    return {"": count()}


def count() -> list[int]:
    """As `places`, of now: what likes say that have come to SQL."""
    since = utc_now() - WEEK
    likes = func.count(PostLike.id).label("likes")
    rows = db.session.execute(
        select(PublicationModel.id, likes)
        .select_from(PostLike)
        .join(PublicationModel, PublicationModel.post_id == PostLike.post_id)
        .join(UserModel, UserModel.id == PublicationModel.author_id)
        .where(
            PostLike.id >= _first_since(since),
            PostLike.created_at >= since,
            access.users.where_shows_posts(access.stranger()),
        )
        .group_by(PublicationModel.id)
        .order_by(likes.desc(), PublicationModel.id.desc())
        .limit(KEPT)
    )
    return [(number << BITS) + publication_id for publication_id, number in rows]


def refresh() -> None:
    """Count the week again, for all readers."""
    places.put("", count())


def publication_of(place: int) -> int:
    return place & (FLOOR - 1)


def _first_since(since: datetime) -> int:
    """The id of the first like of the week: ids grow with time, so it is found by halving.

    An index on the time would be written with every like, and read once a minute.
    """
    newest = db.session.scalar(select(func.max(PostLike.id))) or 0
    return bisect_left(range(newest + 1), since, key=_liked_at)


def _liked_at(number: int) -> datetime:
    """When the first like was made whose id is at least that."""
    query = select(PostLike.created_at).where(PostLike.id >= number)
    found = db.session.scalar(query.order_by(PostLike.id).limit(1))
    return found or utc_now()
