"""What stands beside a reader's feed is kept for minutes; these are the reasons to evict it."""

from __future__ import annotations

from sqlalchemy import func, select

from pigeon.cache import keys, leases
from pigeon.cache.look_aside import cached
from pigeon.extensions import db
from pigeon.models import HeldUsername

LANGUAGES = ("ko", "en")


@cached(keys.DEPARTURES, str)
def departures(_names: list[str]) -> dict[str, str]:
    """When somebody last withdrew: what was made before may show a person who is gone."""
    newest = db.session.scalar(select(func.max(HeldUsername.held_until)))
    return {"": newest.isoformat() if newest else ""}


def evict(reader_id: int) -> None:
    """After a follow, a dismissal, a first post, a new name or picture, a new ranking."""
    leases.evict(*(keys.SIDEBAR.key(f"{reader_id}:{language}") for language in LANGUAGES))
