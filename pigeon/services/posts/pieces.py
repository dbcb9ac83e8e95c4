"""Keeps the pieces by which captions are found: written with what they are pieces of.

Posts of a release that knew no pieces are given theirs by a walk from the newest to the oldest,
which keeps its place in the state Redis; it may be killed anywhere and go on, or begin again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from pigeon.cache import keys
from pigeon.domain import captions
from pigeon.extensions import db, state
from pigeon.models import CaptionPiece, PostModel, PublicationModel
from pigeon.unit_of_work import retried, unit_of_work

BATCH = 500
DONE = b"done"
NEWEST = 2_000
"""Publications looked at each time: the release before may have made or edited some of them."""


def add(publication_id: int, caption: str) -> None:
    """Of a publication that is made in this transaction."""
    _insert(publication_id, captions.pieces(caption))


def replace(publication_id: int, caption: str) -> bool:
    """Of a post whose row is locked; what stays is not written again. Whether any differed."""
    of_this = CaptionPiece.publication_id == publication_id
    stored = set(db.session.scalars(select(CaptionPiece.piece).where(of_this)))
    wanted = captions.pieces(caption)
    gone = stored.difference(wanted)
    missing = [piece for piece in wanted if piece not in stored]
    if gone:
        db.session.execute(delete(CaptionPiece).where(of_this, CaptionPiece.piece.in_(gone)))
    _insert(publication_id, missing)
    return bool(gone or missing)


def _insert(publication_id: int, pieces: list[str]) -> None:
    if pieces:
        rows = [{"publication_id": publication_id, "piece": piece} for piece in pieces]
        db.session.execute(insert(CaptionPiece), rows)


# -- posts of before -------------------------------------------------------------------------------


def fill() -> None:
    """Give pieces to the newest posts that lack theirs, then to what is left of the older ones."""
    last: int | None = None
    for _ in range(NEWEST // BATCH):
        last = _mend_batch(last)[1]
        if last is None:
            break
    place = keys.CAPTIONS.key()
    kept: Any = state.client.get(place)
    if kept is not None:
        last = None if kept == DONE else int(kept)
    while last is not None:
        last = _mend_batch(last)[1]
        state.client.set(place, DONE if last is None else last)


def rebuild() -> int:
    """Compare every caption with its pieces; how many were mended."""
    mended, last = _mend_batch(None)
    while last is not None:
        more, last = _mend_batch(last)
        mended += more
    return mended


def _mend_batch(before: int | None) -> tuple[int, int | None]:
    """How many differed, and the id of the last that was looked at; None behind the oldest."""
    query = (
        select(PublicationModel.id, PublicationModel.post_id, PostModel.caption)
        .join(PostModel, PostModel.id == PublicationModel.post_id)
        .order_by(PublicationModel.id.desc())
        .limit(BATCH)
    )
    if before is not None:
        query = query.where(PublicationModel.id < before)
    found = db.session.execute(query).all()
    stored = _stored([row[0] for row in found])
    db.session.rollback()
    mended = 0
    for publication_id, post_id, caption in found:
        if stored.get(publication_id, set()) != set(captions.pieces(caption)):
            mended += _mend(publication_id, post_id)
    return mended, found[-1][0] if found else None


def _stored(publication_ids: list[int]) -> dict[int, set[str]]:
    query = select(CaptionPiece.publication_id, CaptionPiece.piece).where(
        CaptionPiece.publication_id.in_(publication_ids)
    )
    kept: dict[int, set[str]] = {}
    for publication_id, piece in db.session.execute(query):
        kept.setdefault(publication_id, set()).add(piece)
    return kept


@retried
def _mend(publication_id: int, post_id: int) -> bool:
    """Read again under the lock of the post: it may just have been edited, or deleted."""
    with unit_of_work():
        query = (
            select(PostModel.caption)
            .join(PublicationModel, PublicationModel.post_id == PostModel.id)
            .where(PostModel.id == post_id, PublicationModel.id == publication_id)
            .with_for_update()
        )
        caption = db.session.scalar(query)
        return caption is not None and replace(publication_id, caption)
