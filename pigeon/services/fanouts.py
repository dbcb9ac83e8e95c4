"""Fan-out on write: append a publication to the timelines of those who follow its author."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pigeon import metrics
from pigeon.extensions import db, settings
from pigeon.models import PublicationModel
from pigeon.services import followers, timelines
from pigeon.stores.timelines import Pusher
from pigeon.unit_of_work import Claim

CHUNK = 150
SLICE = 10_000
BULK_AUDIENCE = 2_000
"""Authors with more followers go through the bulk queue, so that nobody waits behind them."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """`readers` have the post in their lists now; `progress` is where to go on, "" at the end."""

    readers: list[int]
    progress: str


NOTHING = Pushed(readers=[], progress="")


def push(publication_id: int, author_id: int, claim: Claim | None) -> Pushed:
    """Push to the next slice of readers.

    A slice that is repeated comes late: what it appended would stand behind newer entries, further
    away than readers look. So it drops the lists instead, and their readers rebuild them from SQL.
    """
    if not _is_wanted(publication_id):
        return NOTHING
    readers = _readers(author_id)
    last, is_repeated = _position(claim)
    begin = bisect_right(readers, last)
    part = readers[begin : begin + SLICE]
    if is_repeated:
        timelines.drop(*part)
    active = [] if is_repeated else _push(publication_id, part)
    more = begin + SLICE < len(readers)
    progress = f"{part[-1]}:{claim.attempt}" if more and claim else ""
    return Pushed(readers=active, progress=progress)


def _is_wanted(publication_id: int) -> bool:
    """The post may have been deleted while the job waited."""
    uses_lists = settings().cache and settings().fanout
    return uses_lists and db.session.get(PublicationModel, publication_id) is not None


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


def _push(publication_id: int, readers: Sequence[int]) -> list[int]:
    pusher = Pusher(publication_id)
    active: list[int] = []
    for first in range(0, len(readers), CHUNK):
        active += pusher.push(readers[first : first + CHUNK])
    metrics.fanout_entries.inc(len(active))
    return active


def push_to_author(publication_id: int, author_id: int) -> None:
    """The author's own timeline has the post at once; the job comes a moment later."""
    if settings().cache and settings().fanout:
        Pusher(publication_id).push([author_id])
