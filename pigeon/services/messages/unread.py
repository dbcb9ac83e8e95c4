"""How much a person has not read: in each conversation, and what their badge shows.

A cached entry holds the conversations with something unread. It is evicted by what changes them;
as no job can promise that (messages may be kept outside of SQL), it also lives only half a minute:
so long a badge can be wrong when a process dies between a message and its eviction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import Read, trip
from pigeon.domain.errors import Unavailable
from pigeon.faults import is_passing
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import run_guarded


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A conversation with something unread, and who else is in it."""

    conversation_id: int
    other_ids: list[int]
    count: int


@cached(keys.UNREAD_MESSAGES, list[Unread])
def unread(reader_ids: list[int]) -> dict[int, list[Unread]]:
    """For every person asked; without conversations whose others left or are shut out."""
    return {reader_id: _load(reader_id) for reader_id in reader_ids}


def _load(reader_id: int) -> list[Unread]:
    counts = {one: count for one, count in message_store().unread_of(reader_id).items() if count}
    found = message_store().load(counts)
    entries = [
        Unread(
            conversation_id=one.id,
            other_ids=[member.user_id for member in one.others(reader_id)],
            count=counts[one.id],
        )
        for one in found.values()
    ]
    there = access.messages.active_among({one for entry in entries for one in entry.other_ids})
    return [entry for entry in entries if there.intersection(entry.other_ids)]


def read(viewer: Viewer) -> Read[dict[int, list[Unread]]]:
    """To be put into a trip, together with `viewer.relations.read_apart()`."""
    return unread.read([viewer.id] if viewer.id is not None else [])


def read_for_page(viewer: Viewer) -> Read[dict[int, list[Unread]]]:
    """As `read`; nothing is unread while SQL is away, for no page may fail because of its badge.

    The entry lives so briefly that it would otherwise be the first thing that is missing.
    """
    strict = read(viewer)
    return Read(
        strict.commands,
        lambda replies: _unless_away(lambda: strict.complete(replies)),
        lambda: _unless_away(strict.load),
    )


def _unless_away(ask: Callable[[], dict[int, list[Unread]]]) -> dict[int, list[Unread]]:
    try:
        return ask()
    except (Unavailable, DBAPIError, PoolTimeout) as error:
        if not is_passing(error):
            raise
        return {}


def total(found: dict[int, list[Unread]], viewer: Viewer) -> int:
    """What the badge shows: blocked conversations are hidden, muted ones do not count."""
    return sum(entry.count for entry in _counted(found.get(viewer.id or 0, []), viewer))


def _counted(entries: Sequence[Unread], viewer: Viewer) -> list[Unread]:
    apart = viewer.relations.apart
    return [
        entry for entry in entries if not (apart.blocked | apart.chat).intersection(entry.other_ids)
    ]


def total_of(user_id: int) -> int:
    return counts_of(user_id)[1]


def counts_of(user_id: int, conversation_id: int = 0) -> tuple[int, int]:
    """Of one conversation, and what the badge shows."""
    viewer = access.viewer(user_id)
    found, _ = trip(read(viewer), viewer.relations.read_apart())
    here = [one.count for one in found.get(user_id, []) if one.conversation_id == conversation_id]
    return sum(here), total(found, viewer)


def evict(*user_ids: int) -> None:
    """What changed is stored: a cache that is out of reach for the moment must not fail it."""
    run_guarded(lambda: unread.evict(*user_ids))
