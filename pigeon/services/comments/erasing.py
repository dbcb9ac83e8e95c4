"""What a person who withdrew said under posts is deleted, with what others replied to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from pigeon.domain.events import CommentDeleted
from pigeon.extensions import db
from pigeon.models import CommentModel, PostModel
from pigeon.services import counts
from pigeon.services.comments import cards, changes
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

ERASED_AT_ONCE = 500


class Gone(NamedTuple):
    id: int
    post_id: int
    parent_id: int | None


@retried
def erase_some(user_id: int) -> bool:
    """Delete some comments of a withdrawn person; False when none is left.

    Posts are locked in the order of their ids, so that two who leave do not wait for each other.
    """
    mine = (
        select(CommentModel.id, CommentModel.post_id)
        .where(CommentModel.author_id == user_id)
        .order_by(CommentModel.id)
        .limit(ERASED_AT_ONCE)
    )
    with unit_of_work() as uow:
        found = db.session.execute(mine).all()
        posts = select(PostModel.id).where(PostModel.id.in_({row[1] for row in found}))
        db.session.scalars(posts.order_by(PostModel.id).with_for_update()).all()
        gone = _with_replies([row[0] for row in found])
        if gone:
            _delete(uow, gone)
    return bool(found)


def _with_replies(ids: list[int]) -> list[Gone]:
    """Those of `ids` that are still there, and whatever stands below them."""
    rows = db.session.execute(
        select(CommentModel.id, CommentModel.post_id, CommentModel.parent_id).where(
            or_(CommentModel.id.in_(ids), CommentModel.parent_id.in_(ids))
        )
    )
    return [Gone(*row) for row in rows]


def _delete(uow: UnitOfWork, gone: list[Gone]) -> None:
    """Counts of posts and of threads that stay are corrected in the same unit."""
    ids = {row.id for row in gone}
    places = cards.places_of(CommentModel.id.in_(ids))
    parents = Counter(row.parent_id for row in gone if row.parent_id not in ids)
    del parents[None]
    for parent_id, number in parents.items():
        changes.count_replies(parent_id, -number)
    for post_id, number in sorted(Counter(row.post_id for row in gone).items()):
        changes.count(post_id, -number)
    db.session.execute(delete(CommentModel).where(CommentModel.parent_id.in_(ids)))
    db.session.execute(delete(CommentModel).where(CommentModel.id.in_(ids)))
    counted = [*ids, *(parent_id for parent_id in parents if parent_id is not None)]
    uow.after_commit(lambda: counts.posts.evict(*{row.post_id for row in gone}))
    uow.after_commit(lambda: counts.comments.evict(*counted))
    uow.after_commit(lambda: cards.evict_places(places))
    _record(uow, gone, ids)


def _record(uow: UnitOfWork, gone: list[Gone], ids: set[int]) -> None:
    """An event for each comment or lone reply; replies below a comment are named by its own."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for row in gone:
        below[row.parent_id].append(row.id)
    for row in gone:
        if row.parent_id not in ids:
            uow.record(
                CommentDeleted(
                    comment_id=row.id,
                    post_id=row.post_id,
                    parent_id=row.parent_id,
                    reply_ids=below.get(row.id, []),
                )
            )
