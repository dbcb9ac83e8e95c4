"""The home timeline: fan-out on write, fan-out on read for celebrities, SQL for the rest.

Its definition is `plain`: the published posts of the people I follow and have not muted, and mine,
newest first.
Everything else here is a faster way to the same answer; see docs/architecture.md.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import neg
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from pigeon.cache import trips
from pigeon.cache.breaker import cache_breaker, must_reach
from pigeon.cache.counters import Counts
from pigeon.cache.trips import Read, trip
from pigeon.cache.write_back import Overlay
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import db, settings
from pigeon.models import FollowModel, PublicationModel, UserModel
from pigeon.services import access, counts
from pigeon.services.access.viewers import Viewer
from pigeon.services.follows import followees
from pigeon.services.posts import publications
from pigeon.services.timelines import pulls
from pigeon.stores import timelines as store

CURSOR = "timeline"
OVERFETCH = 3
BodyKey = Callable[[int], str]
_Known = tuple[set[int], dict[int, Counts], Sequence[bytes | None]]
"""Followed authors, counts by post, and a body per publication."""


class Entry(NamedTuple):
    """One post of a timeline; `body` is what the cache holds under the caller's key.

    `counts` include what waits in the journal; `pending` is the reader's own like there.
    """

    publication_id: int
    post_id: int
    author_id: int
    counts: Counts
    pending: int | None
    body: bytes | None


@dataclass(slots=True)
class _Read:
    """What the first trip to Redis brought."""

    cells: store.Cells
    index: pulls.PullIndex
    celebrities: list[int]


def page(
    reader: Viewer,
    request: PageRequest,
    body_key: BodyKey | None = None,
    *beside: Read[Any],
) -> Page[Entry]:
    """A page of a member's timeline; no SQL statement when everything is warm.

    `reader` knows afterwards from whom they keep away, for what else the page shows. What it asks
    `beside` goes into the first trip; without one, it is not asked at all.
    """
    found = _entries(reader, request.before, request.limit + 1, body_key, beside)
    return cut(found, replace(request, kind=CURSOR), lambda entry: entry.publication_id)


def _entries(
    reader: Viewer,
    before: int | None,
    need: int,
    body_key: BodyKey | None,
    beside: Sequence[Read[Any]] = (),
) -> list[Entry]:
    if not (settings().cache and settings().fanout):
        return _from_sql(reader, before, need, body_key)
    read = cache_breaker.attempt(lambda: _read(reader, before, beside), None)
    if read is None:
        rebuilt = cache_breaker.attempt(lambda: rebuild(_id_of(reader)), False)
        read = cache_breaker.attempt(lambda: _read(reader, before), None) if rebuilt else None
    if read is None:
        return _from_sql(reader, before, need, body_key)
    return _merge(reader, read, before, need, body_key)


def _id_of(reader: Viewer) -> int:
    if reader.id is None:
        raise ValueError("a stranger has no timeline")
    return reader.id


# -- reading -----------------------------------------------------------------------------------


def _read(reader: Viewer, before: int | None, beside: Sequence[Read[Any]] = ()) -> _Read | None:
    """Trip 1: the list, the version of the pull index, which of its authors are followed.

    Along with them, from whom the reader keeps away, and what the page asks beside.
    """
    reader_id, url = _id_of(reader), settings().redis_cache_url
    index = pulls.current(_last_version.get(url))
    for _ in range(3):
        cells, version, followed, *_ = trips.ask(
            store.read(reader_id, whole=before is not None),
            pulls.version(),
            followees.read(reader_id, index.authors),
            reader.relations.read_apart(),
            *beside,
        )
        _last_version[url] = version
        if version is None or version != index.version:
            index = pulls.current(version)
            continue
        if cells is None:
            return None
        mine = {reader_id}.intersection(index.by_author)
        return _Read(cells=cells, index=index, celebrities=list(followed | mine))
    return None


_last_version: dict[str, bytes | None] = {}


def _merge(
    reader: Viewer, read: _Read, before: int | None, need: int, body_key: BodyKey | None
) -> list[Entry]:
    """Merge both runs above the floor of both, filter, and let SQL continue below it."""
    floor = max(read.cells.floor, read.index.floor)
    candidates = _candidates(read, before, floor)
    found: list[Entry] = []
    while len(found) < need:
        batch = list(islice(candidates, need - len(found) + OVERFETCH))
        if not batch:
            break
        hydrated = _hydrate(reader, batch, body_key)
        found.extend(hydrated)
    if len(found) >= need or floor == 0:
        return found[:need]
    below = min(floor, before) if before is not None else floor
    return found + _from_sql(reader, below, need - len(found), body_key)


def _candidates(read: _Read, before: int | None, floor: int) -> Iterator[int]:
    """Ids below `before` and at or above `floor`, newest first, once each; found lazily."""
    pushed = read.cells.ids
    begin = 0 if before is None else bisect_right(pushed, -before, key=neg)
    runs: list[Iterator[int]] = [islice(pushed, begin, None)]
    if read.celebrities:
        runs.append(read.index.newest(read.celebrities, before))
    last = None
    for number in heapq.merge(*runs, reverse=True) if len(runs) > 1 else runs[0]:
        if number < floor:
            return
        if number != last:
            yield number
        last = number


def _hydrate(reader: Viewer, ids: list[int], body_key: BodyKey | None) -> list[Entry]:
    """Trip 2: may each author be read, its counters, its body; what is gone is left out."""
    refs = publications.refs(ids)
    known = [number for number in ids if number in refs]
    if not known:
        return []
    waiting = counts.pending("post", reader.id, [refs[number].post_id for number in known])
    read = _second_trip(reader, known, refs, body_key)
    entries = _complete(reader, known, refs, waiting, read)
    return access.posts.wanted(reader, access.posts.visible_published(reader, entries))


def _second_trip(
    reader: Viewer, known: list[int], refs: dict[int, publications.Ref], body_key: BodyKey | None
) -> _Known:
    names = [body_key(number) for number in known] if body_key else []
    nothing: list[bytes | None] = [None] * len(known)
    authors = list({refs[number].author_id for number in known})
    followed, counted, bodies, _ = trip(
        followees.read(_id_of(reader), authors),
        counts.posts.read(refs[number].post_id for number in known),
        Read(names, lambda bodies: bodies or nothing, lambda: nothing),
        reader.relations.read_standings(authors),
    )
    reader.relations.learn_followed(authors, followed)
    return followed, counted, bodies


def _complete(
    reader: Viewer,
    known: list[int],
    refs: dict[int, publications.Ref],
    waiting: Overlay,
    read: _Known,
) -> list[Entry]:
    """An entry for what is by an author who is followed, and still there."""
    followed, counted, bodies = read
    shown = followed | {_id_of(reader)}
    entries = [
        _entry(number, ref, found, waiting, body)
        for number, body in zip(known, bodies, strict=True)
        if (ref := refs[number]).author_id in shown
        and (found := counted.get(ref.post_id)) is not None
    ]
    return entries


def _entry(
    number: int, ref: publications.Ref, counted: Counts, waiting: Overlay, body: bytes | None
) -> Entry:
    post_id, likes, comments = ref.post_id, *counted
    total = (waiting.count(post_id, likes), comments)
    return Entry(number, post_id, ref.author_id, total, waiting.values.get(post_id), body)


# -- the definition ----------------------------------------------------------------------------


def plain(reader_id: int, before: int | None, limit: int) -> list[int]:
    """What a timeline is: ids of publications by the reader and those they follow, newest first."""
    return list(db.session.scalars(_definition(reader_id, before).limit(limit)))


def _definition(reader_id: int, before: int | None) -> Any:
    reader, author = access.viewer(reader_id), PublicationModel.author_id
    query = _asked_for(reader_id).join(UserModel, UserModel.id == author)
    query = query.where(access.users.where(reader))
    return query if before is None else query.where(PublicationModel.id < before)


def _asked_for(reader_id: int) -> Any:
    """Publications by the reader and those they follow and have not muted, newest first."""
    reader, author = access.viewer(reader_id), PublicationModel.author_id
    followees = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    return (
        select(PublicationModel.id)
        .where(
            or_(author.in_(followees), author == reader_id),
            access.users.wants_posts_of(reader, author),
        )
        .order_by(PublicationModel.id.desc())
    )


def _from_sql(
    reader: Viewer, before: int | None, need: int, body_key: BodyKey | None
) -> list[Entry]:
    """By the definition, which asks the policy by itself."""
    ids = plain(_id_of(reader), before, need)
    refs = publications.refs(ids)
    known = [number for number in ids if number in refs]
    waiting = counts.pending("post", reader.id, [refs[number].post_id for number in known])
    authors = {refs[number].author_id for number in known}
    followed = followees.in_sql(_id_of(reader), authors)
    counted = counts.posts.many(refs[number].post_id for number in known)
    return _complete(reader, known, refs, waiting, (followed, counted, [None] * len(known)))


# -- rebuilding --------------------------------------------------------------------------------


def rebuild(reader_id: int) -> bool:
    """Fill a reader's list from SQL; False when another is at it, or a follow interfered.

    Posts of who is suspended are in it, and left out when it is read: they may be let in again.
    """
    token = store.begin_rebuild(reader_id)
    if token is None:
        return False
    db.session.rollback()  # a snapshot that is younger than the sentinel
    length = settings().timeline_length
    pushed = _asked_for(reader_id).where(PublicationModel.delivery == "push")
    ids = list(db.session.scalars(pushed.limit(length + 1)))
    return store.finish_rebuild(reader_id, token, ids[:length], complete=len(ids) <= length)


def drop(*reader_ids: int) -> None:
    """Forget timelines; their readers rebuild them at the next page. Unavailable without Redis."""
    must_reach(lambda: store.drop(reader_ids))


def verify(reader_id: int, limit: int = 50) -> bool:
    """Whether the merged timeline equals its definition now."""
    entries = _entries(access.viewer(reader_id), None, limit, None)
    merged = [entry.publication_id for entry in entries]
    return merged == plain(reader_id, None, limit)
