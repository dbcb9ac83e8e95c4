"""How many notifications a person has not seen, and not read: what the badges show."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, false, func, select

from pigeon.cache import keys, resp
from pigeon.cache.breaker import must_reach
from pigeon.cache.look_aside import cached
from pigeon.domain.notifications import NotificationCounts
from pigeon.extensions import cache, db
from pigeon.models import NotificationModel

PATIENCE_S = 2.0


@cached(keys.NOTIFICATION_COUNTS, NotificationCounts)
def counts(reader_ids: list[int]) -> dict[int, NotificationCounts]:
    """Counts of the rows that are shown, per person; every change of such a row evicts them."""
    return of_many(reader_ids)


def of_many(reader_ids: list[int]) -> dict[int, NotificationCounts]:
    """Counts from SQL, in one statement: the cache has none for a batch that was just written.

    The index of unread rows is enough: whatever is unseen is unread.
    """
    if not reader_ids:
        return {}
    row = NotificationModel
    found = db.session.execute(
        select(
            row.recipient_id,
            func.sum(case((row.seen.is_(False), 1), else_=0)),
            func.count(),
        )
        .where(row.recipient_id.in_(reader_ids), row.state == "shown", row.read == false())
        .group_by(row.recipient_id)
    )
    known = {
        reader_id: NotificationCounts(unseen=int(unseen), unread=int(unread))
        for reader_id, unseen, unread in found
    }
    return {reader_id: known.get(reader_id, NotificationCounts()) for reader_id in reader_ids}


def of_reader(reader_id: int) -> NotificationCounts:
    return counts.one(reader_id) or NotificationCounts()


def evict(reader_ids: Sequence[int]) -> None:
    """Evict the counts of many people in one trip, as `leases.evict` does.

    A batch has thousands of recipients. The usual encoding would cost more than storing their rows.
    """
    if reader_ids:
        payload = b"".join(map(_eviction, reader_ids))
        pool = resp.pool(cache.url, timeout_s=PATIENCE_S)
        must_reach(lambda: pool.checked(payload, len(reader_ids)))


def _eviction(reader_id: int) -> bytes:
    """The encoded DEL of an entry and its lease: between constants there is only the id."""
    digits = b"%d" % reader_id
    return _EVICTION % (_KEY + len(digits), digits, _LEASE + len(digits), digits)


_ENTRY = keys.NOTIFICATION_COUNTS.key("\n").encode()
_LEASED = keys.lease(keys.NOTIFICATION_COUNTS.key("\n")).encode()
_KEY, _LEASE = len(_ENTRY) - 1, len(_LEASED) - 1
_EVICTION = (
    b"*3\r\n$3\r\nDEL\r\n$%d\r\n"
    + b"\r\n$%d\r\n".join(name.replace(b"\n", b"%b") for name in (_ENTRY, _LEASED))
    + b"\r\n"
)
