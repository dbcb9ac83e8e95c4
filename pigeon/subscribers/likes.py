"""Events of likes: groups of notifications grow or shrink, and watchers of a post get its count."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.extensions import settings
from pigeon.jobs import likes, notifications
from pigeon.realtime import live
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec

LIKES = 1_000
"""Pairs in one job; more of them are shared among workers."""


def _update_groups(event: events.LikesChanged) -> list[JobSpec]:
    """Sorted by target, so that the likes of one target are in one job and its group grows once."""
    pairs = sorted(event.pairs)
    parts = [pairs[first : first + LIKES] for first in range(0, len(pairs), LIKES)]
    updates = [
        notifications.update_for_likes.spec(subject=event.subject, pairs=part) for part in parts
    ]
    return updates if settings().write_back else [*updates, _evict_written(event)]


def _evict_written(event: events.LikesChanged) -> JobSpec:
    """With write-back off no flusher evicts what the likes changed, so a job does."""
    ids, people = zip(*event.pairs, strict=True)
    return likes.evict.spec(subject=event.subject, ids=list(ids), people=list(people))


def _evict(event: events.LikesErased) -> list[JobSpec]:
    return [likes.evict.spec(subject=event.subject, ids=event.ids, people=[event.user_id])]


def _push(event: events.LikesShown | events.LikesErased) -> None:
    if event.subject == "post":
        live.push_likes(sorted(event.ids))


REACTIONS: Table = {
    events.LikesChanged: Reaction(jobs=_update_groups),
    events.LikesShown: Reaction(send=_push),
    events.LikesErased: Reaction(jobs=_evict, send=_push),
}
