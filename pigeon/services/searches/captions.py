"""Posts by words of their captions, newest first, among those that the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from pigeon.domain import captions
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.posts import Post
from pigeon.extensions import db
from pigeon.models import CaptionPiece, FollowModel, PostModel, PublicationModel, UserModel
from pigeon.services import access
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.posts import posts
from pigeon.services.searches import people

COMPARED = 6
"""Pieces of a query that choose candidates; the caption itself tells about the others."""
COUNTED = 1_000
"""A piece is counted so far to find the rarest, which leads."""
LOOKED_AT = 60
BATCHES = 30
"""A page ends after so many batches of candidates, full or not; its cursor goes on from there."""


def find_posts(q: str, who: Who, request: PageRequest) -> Page[Post]:
    """Posts whose captions hold every word of `q`; none when it has no letter.

    Open to everybody who may see the posts, but of people who do not want to be discovered only
    for their followers and themselves. A page may be short, or empty, and yet have a next one.
    """
    query = people.check_query(q)
    pieces = _rarest_first(captions.query_pieces(query))
    if not pieces:
        return Page(items=[], next=None)
    viewer = access.viewer(who)
    found: list[tuple[int, int]] = []
    before, is_end = request.before, False
    for _ in range(BATCHES):
        batch = db.session.execute(_candidates(pieces, viewer, before)).all()
        is_end = len(batch) < LOOKED_AT
        before = batch[-1][0] if batch else before
        fitting = (row[:2] for row in batch if captions.matches(query, row[2]))
        found += islice(fitting, request.limit + 1 - len(found))
        if is_end or len(found) > request.limit:
            break
    more = len(found) > request.limit
    chosen = found[: request.limit]
    reached = chosen[-1][0] if more else before
    following = None if is_end and not more else reached
    return Page(
        items=posts.get_many([post_id for _, post_id in chosen], viewer),
        next=write_cursor(request.kind, following) if following is not None else None,
    )


def _rarest_first(pieces: Sequence[str]) -> list[str]:
    """At most `COMPARED`, beginning with the one that fewest captions have; none if one has none.

    Among many candidates of a common piece the few of a rare one would be searched for long.
    """
    counted = [_count(piece) for piece in pieces[:COMPARED]]
    if not counted:
        return []
    counts = {piece: int(count) for piece, count in db.session.execute(union_all(*counted))}
    return sorted(counts, key=lambda piece: counts[piece]) if all(counts.values()) else []


def _count(piece: str) -> Select[*tuple[Any, ...]]:
    some = select(CaptionPiece.publication_id).where(CaptionPiece.piece == piece).limit(COUNTED)
    return select(literal(piece), func.count()).select_from(some.subquery())


def _candidates(
    pieces: Sequence[str], viewer: Viewer, before: int | None
) -> Select[*tuple[Any, ...]]:
    leading = aliased(CaptionPiece)
    query = (
        select(leading.publication_id, PostModel.id, PostModel.caption)
        .join(PublicationModel, PublicationModel.id == leading.publication_id)
        .join(PostModel, PostModel.id == PublicationModel.post_id)
        .join(UserModel, UserModel.id == PublicationModel.author_id)
        .where(
            leading.piece == pieces[0],
            access.users.where_shows_posts(viewer),
            _may_be_found(viewer),
            *(_has(leading.publication_id, piece) for piece in pieces[1:]),
        )
        .order_by(leading.publication_id.desc())
        .limit(LOOKED_AT)
    )
    return query if before is None else query.where(leading.publication_id < before)


def _has(publication_id: Any, piece: str) -> ColumnElement[bool]:
    other = aliased(CaptionPiece)
    same = (other.publication_id == publication_id, other.piece == piece)
    return exists().where(*same).correlate_except(other)


def _may_be_found(viewer: Viewer) -> ColumnElement[bool]:
    shown = UserModel.is_discoverable.is_(True)
    if viewer.id is None:
        return shown
    mine = select(FollowModel.followee_id).where(FollowModel.follower_id == viewer.id)
    return shown | UserModel.id.in_(mine) | (UserModel.id == viewer.id)
