"""Fan-out on write: append a publication to the timelines of those who follow its author."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from pigeon import metrics
from pigeon.cache.breaker import insist
from pigeon.domain.clock import utc_now
from pigeon.extensions import db, settings
from pigeon.models import PublicationModel
from pigeon.services.follows import followers
from pigeon.stores.timelines import SLACK, Pusher
from pigeon.unit_of_work import Claim

SLICE = 10_000
BULK_AUDIENCE = 2_000
"""Authors with more followers go through the bulk queue, so that nobody waits behind them."""
LATE_BY = SLACK // 4
LATE_AFTER = timedelta(seconds=5)
"""A push is late when it is this old and that many posts were published since."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """`readers` were served, who had a list and who had none; `progress` is where to go on."""

    readers: Sequence[int]
    progress: str


NOTHING = Pushed(readers=[], progress="")


def push(publication_id: int, author_id: int, claim: Claim | None) -> Pushed:
    """Push to the next slice of readers.

    What waited or is repeated (because a worker died) may stand behind newer entries, further away
    than readers look, so it is marked as late. Readers who have it twice show it once.
    """
    row = db.session.get(PublicationModel, publication_id)
    if row is None:
        return NOTHING  # the post may have been deleted while the job waited
    readers = _readers(author_id)
    last, is_repeated = _position(claim)
    begin = bisect_right(readers, last)
    part = readers[begin : begin + SLICE]
    if _uses_lists():
        _push(publication_id, part, is_late=is_repeated or _is_late(row))
    more = begin + SLICE < len(readers)
    progress = f"{part[-1]}:{claim.attempt}" if more and claim else ""
    return Pushed(readers=part, progress=progress)


def _uses_lists() -> bool:
    return settings().cache and settings().fanout


def _is_late(row: PublicationModel) -> bool:
    newest = db.session.scalar(select(func.max(PublicationModel.id))) or 0
    return newest - row.id >= LATE_BY and utc_now() - row.published_at >= LATE_AFTER


def _readers(author_id: int) -> Sequence[int]:
    """The followers and the author, ascending."""
    ids = followers.ids_of(author_id)
    ids.insert(bisect_right(ids, author_id), author_id)
    return ids


def _position(claim: Claim | None) -> tuple[int, bool]:
    """The last reader served, and whether this slice was begun before (by a worker that died)."""
    if claim is None:
        return 0, False
    last, _, attempt = (claim.progress or "0:0").partition(":")
    return int(last), claim.attempt != int(attempt) + 1


def _push(publication_id: int, readers: Sequence[int], *, is_late: bool) -> None:
    """Append to the lists that exist; Unavailable without Redis."""
    pusher = Pusher(publication_id, is_late=is_late)
    active = insist(lambda: pusher.push(readers))
    metrics.fanout_entries.inc(len(active))


def push_to_author(publication_id: int, author_id: int) -> None:
    """The author's own timeline has the post at once; the job comes a moment later."""
    if _uses_lists():
        Pusher(publication_id).push([author_id])
