"""Housekeeping: what nobody refers to any more, after a time of grace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete as delete_rows
from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import (
    HeldUsername,
    IdempotencyKey,
    InviteModel,
    MailedToken,
    MediaModel,
    SecurityEvent,
)
from pigeon.services.accounts import sessions
from pigeon.services.idempotency import KEY_LIFE
from pigeon.services.media import media
from pigeon.services.messages import pictures as message_pictures
from pigeon.services.notifications import collectors as notifications_collectors
from pigeon.unit_of_work import retried, unit_of_work

GRACE = timedelta(hours=24)
UPLOAD_GRACE = timedelta(hours=1)
"""No request lasts that long: an original without a row is of one that died."""

SECURITY_LOG_LIFE = timedelta(days=90)
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Orphans:
    """Stored objects and originals that no row names, and rows whose objects are missing."""

    objects: list[str]
    incoming: list[str]
    missing: list[str]


@retried
def delete_expired() -> None:
    """Tokens, keys, sessions and held names that are over, and the old part of the log."""
    now = utc_now()
    with unit_of_work():
        for statement in (
            delete_rows(MailedToken).where(MailedToken.expires_at < now),
            delete_rows(InviteModel).where(InviteModel.expires_at < now),
            delete_rows(HeldUsername).where(HeldUsername.held_until < now),
            delete_rows(IdempotencyKey).where(IdempotencyKey.created_at < now - KEY_LIFE),
        ):
            db.session.execute(statement)
    sessions.delete_expired()
    notifications_collectors.delete_old()
    message_pictures.delete_unused()
    while _delete_oldest_events(now - SECURITY_LOG_LIFE) == BATCH:
        pass


@retried
def _delete_oldest_events(before: datetime) -> int:
    """The log grows in order of time: it is read from its beginning, a batch at a time."""
    oldest = select(SecurityEvent.id, SecurityEvent.created_at).order_by(SecurityEvent.id)
    with unit_of_work():
        rows = db.session.execute(oldest.limit(BATCH)).all()
        ids = [row_id for row_id, at in rows if at < before]
        if ids:
            db.session.execute(delete_rows(SecurityEvent).where(SecurityEvent.id.in_(ids)))
    return len(ids)


def collect(older_than: timedelta = GRACE, *, upload_grace: timedelta = UPLOAD_GRACE) -> Orphans:
    """Delete what has been orphaned for so long; uploads have a grace of their own."""
    found = find_orphans(older_than=older_than, upload_grace=upload_grace)
    delete(found)
    media.incoming().sweep(int(upload_grace.total_seconds()))
    media.store().sweep(int(older_than.total_seconds()))
    return found


def delete(orphans: Orphans) -> None:
    media.delete_files(orphans.objects, orphans.incoming)


def find_orphans(
    *,
    older_than: timedelta,
    upload_grace: timedelta = UPLOAD_GRACE,
    check_missing: bool = False,
) -> Orphans:
    """Compare the stores with the rows; `missing` is only looked for when asked."""
    before = utc_now() - older_than
    uploaded = utc_now() - upload_grace
    objects = list(_unreferenced(media.store().list(), before))
    originals = [token for token, at in media.incoming().list() if at < uploaded]
    kept = _kept_tokens()
    incoming = [token for token in originals if token not in kept]
    return Orphans(objects=objects, incoming=incoming, missing=_missing() if check_missing else [])


def _unreferenced(entries: Iterator[tuple[str, datetime]], before: datetime) -> Iterator[str]:
    while batch := list(islice(entries, BATCH)):
        names = {name[:32] for name, _ in batch}
        known = set(db.session.scalars(select(MediaModel.name).where(MediaModel.name.in_(names))))
        yield from (name for name, at in batch if at < before and name[:32] not in known)


def _kept_tokens() -> set[str]:
    """Originals that are still needed: none of a picture that is ready."""
    return set(db.session.scalars(select(MediaModel.incoming).where(MediaModel.state != "ready")))


def _missing() -> list[str]:
    store = media.store()
    rows = db.session.scalars(select(MediaModel).where(MediaModel.state == "ready"))
    return [name for row in rows for name in media.object_names(row) if not store.exists(name)]
