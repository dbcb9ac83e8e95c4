"""What stands beside a reader's feed is kept for minutes; these are the reasons to forget it."""

from __future__ import annotations

from pigeon.cache import keys, leases

LANGUAGES = ("ko", "en")


def forget(reader_id: int) -> None:
    """After a follow, a dismissal, a first post, a new name or picture."""
    leases.evict(
        keys.SUGGESTIONS.key(reader_id),
        *(keys.BESIDE.key(f"{reader_id}:{language}") for language in LANGUAGES),
    )
