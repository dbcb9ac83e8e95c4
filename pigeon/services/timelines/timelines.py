"""The home timeline: fan-out on write, fan-out on read for celebrities, SQL for the rest.

Its definition is `plain`: the published posts of the people I follow, and mine, newest first.
Everything else here is a faster way to the same answer; see docs/architecture.md.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from operator import neg
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from pigeon.cache import keys, resp
from pigeon.cache.breaker import cache_breaker, must_reach
from pigeon.cache.counters import Counts
from pigeon.cache.write_back import Overlay
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import cache, db, settings
from pigeon.models import FollowModel, PublicationModel, UserModel
from pigeon.services import counts
from pigeon.services.follows import followees
from pigeon.services.posts import publications
from pigeon.services.timelines import pulls
from pigeon.stores import timelines as store

CURSOR = "timeline"
OVERFETCH = 3
BodyKey = Callable[[int], bytes]


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


def page(reader_id: int, request: PageRequest, body_key: BodyKey | None = None) -> Page[Entry]:
    """A page of a reader's timeline; no SQL statement when everything is warm."""
    found = _entries(reader_id, request.before, request.limit + 1, body_key)
    return cut(found, replace(request, kind=CURSOR), lambda entry: entry.publication_id)


def _entries(
    reader_id: int, before: int | None, need: int, body_key: BodyKey | None
) -> list[Entry]:
    if not (settings().cache and settings().fanout):
        return _from_sql(reader_id, before, need, body_key)
    read = cache_breaker.attempt(lambda: _read(reader_id, before), None)
    if read is None:
        rebuilt = cache_breaker.attempt(lambda: rebuild(reader_id), False)
        read = cache_breaker.attempt(lambda: _read(reader_id, before), None) if rebuilt else None
    if read is None:
        return _from_sql(reader_id, before, need, body_key)
    return _merge(reader_id, read, before, need, body_key)


# -- reading -----------------------------------------------------------------------------------


def _read(reader_id: int, before: int | None) -> _Read | None:
    """Trip 1: the list, the version of the pull index, and which of its authors are followed."""
    index = pulls.current(_last_version.get(settings().redis_cache_url))
    for _ in range(3):
        cells, version, flags = _first_trip(reader_id, before, index)
        _last_version[settings().redis_cache_url] = version
        if version != index.version or version is None:
            index = pulls.current(version)
            continue
        if not flags[0]:
            followees.load(reader_id)
            continue
        understood = store.understand(cells)
        if understood is None:
            return None
        celebrities = [
            author for author, flag in zip(index.authors, flags[1:], strict=True) if flag
        ]
        if reader_id in index.by_author and reader_id not in celebrities:
            celebrities.append(reader_id)
        return _Read(cells=understood, index=index, celebrities=celebrities)
    return None


_last_version: dict[str, bytes | None] = {}


def _first_trip(reader_id: int, before: int | None, index: pulls.PullIndex) -> list[Any]:
    commands = [
        store.read_command(reader_id, whole=before is not None),
        pulls.version_command(),
        _membership_command(reader_id, index.authors),
    ]
    if before is None:
        commands.append(store.renew_command(reader_id))
    return resp.pool(cache.url).pipeline(commands)[:3]


def _membership_command(reader_id: int, authors: Iterable[int]) -> list[bytes]:
    """The member 0 answers whether the set is loaded."""
    key = keys.FOLLOWING.key(reader_id).encode()
    return [b"SMISMEMBER", key, b"0", *(b"%d" % author for author in authors)]


def _merge(
    reader_id: int, read: _Read, before: int | None, need: int, body_key: BodyKey | None
) -> list[Entry]:
    """Merge both runs above the floor of both, filter, and let SQL continue below it."""
    floor = max(read.cells.floor, read.index.floor)
    candidates = _candidates(read, before, floor)
    found: list[Entry] = []
    while len(found) < need:
        batch = list(islice(candidates, need - len(found) + OVERFETCH))
        if not batch:
            break
        hydrated = _hydrate(reader_id, batch, body_key)
        found.extend(hydrated)
    if len(found) >= need or floor == 0:
        return found[:need]
    below = min(floor, before) if before is not None else floor
    return found + _from_sql(reader_id, below, need - len(found), body_key)


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


def _hydrate(reader_id: int, ids: list[int], body_key: BodyKey | None) -> list[Entry]:
    """Trip 2: is each author still followed, its counters, its body; what is gone is left out."""
    refs = publications.refs(ids)
    known = [number for number in ids if number in refs]
    if not known:
        return []
    authors = list({refs[number].author_id for number in known})
    waiting = counts.pending("post", reader_id, [refs[number].post_id for number in known])
    replies = cache_breaker.attempt(
        lambda: _second_trip(reader_id, authors, known, refs, body_key), None
    )
    if replies is None or not replies[0][0]:
        return _plain_hydrate(reader_id, known, refs, waiting)
    flags, *rest = replies
    followed = {author for author, flag in zip(authors, flags[1:], strict=True) if flag}
    followed.add(reader_id)
    bodies = rest.pop() if body_key else [None] * len(known)
    counted = counts.posts.complete(
        {refs[number].post_id: reply for number, reply in zip(known, rest, strict=True)}
    )
    return [
        _entry(number, refs[number], found, waiting, body)
        for number, body in zip(known, bodies, strict=True)
        if refs[number].author_id in followed
        and (found := counted.get(refs[number].post_id)) is not None
    ]


def _entry(
    number: int, ref: publications.Ref, counted: Counts, waiting: Overlay, body: bytes | None
) -> Entry:
    post_id, likes, comments = ref.post_id, *counted
    total = (waiting.count(post_id, likes), comments)
    return Entry(number, post_id, ref.author_id, total, waiting.values.get(post_id), body)


def _second_trip(
    reader_id: int,
    authors: list[int],
    ids: list[int],
    refs: dict[int, publications.Ref],
    body_key: BodyKey | None,
) -> list[Any]:
    payload = [
        resp.encode(_membership_command(reader_id, authors)),
        *(counts.posts.read_command(refs[number].post_id) for number in ids),
    ]
    if body_key:
        payload.append(resp.encode([b"MGET", *map(body_key, ids)]))
    return resp.pool(cache.url).checked(b"".join(payload), len(payload))


# -- the definition ----------------------------------------------------------------------------


def plain(reader_id: int, before: int | None, limit: int) -> list[int]:
    """What a timeline is: ids of publications by the reader and those they follow, newest first."""
    return list(db.session.scalars(_definition(reader_id, before).limit(limit)))


def _definition(reader_id: int, before: int | None, delivery: str | None = None) -> Any:
    followees = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    query = (
        select(PublicationModel.id)
        .join(UserModel, UserModel.id == PublicationModel.author_id)
        .where(
            or_(PublicationModel.author_id.in_(followees), PublicationModel.author_id == reader_id),
            UserModel.state == "active",
        )
        .order_by(PublicationModel.id.desc())
    )
    if before is not None:
        query = query.where(PublicationModel.id < before)
    if delivery is not None:
        query = query.where(PublicationModel.delivery == delivery)
    return query


def _from_sql(
    reader_id: int, before: int | None, need: int, body_key: BodyKey | None
) -> list[Entry]:
    ids = plain(reader_id, before, need)
    refs = publications.refs(ids)
    known = [number for number in ids if number in refs]
    waiting = counts.pending("post", reader_id, [refs[number].post_id for number in known])
    return _plain_hydrate(reader_id, known, refs, waiting)


def _plain_hydrate(
    reader_id: int, known: list[int], refs: dict[int, publications.Ref], waiting: Overlay
) -> list[Entry]:
    """The same entries without the second trip; authors are checked in SQL."""
    authors = {refs[number].author_id for number in known}
    followed = followees.in_sql(reader_id, authors) | {reader_id}
    counted = counts.posts.many(refs[number].post_id for number in known)
    return [
        _entry(number, refs[number], counted[post_id], waiting, None)
        for number in known
        if refs[number].author_id in followed and (post_id := refs[number].post_id) in counted
    ]


# -- rebuilding --------------------------------------------------------------------------------


def rebuild(reader_id: int) -> bool:
    """Fill a reader's list from SQL; False when another is at it, or a follow interfered."""
    token = store.begin_rebuild(reader_id)
    if token is None:
        return False
    db.session.rollback()  # a snapshot that is younger than the sentinel
    length = settings().timeline_length
    ids = list(db.session.scalars(_definition(reader_id, None, "push").limit(length + 1)))
    return store.finish_rebuild(reader_id, token, ids[:length], complete=len(ids) <= length)


def drop(*reader_ids: int) -> None:
    """Forget timelines; their readers rebuild them at the next page. Unavailable without Redis."""
    must_reach(lambda: store.drop(reader_ids))


def verify(reader_id: int, limit: int = 50) -> bool:
    """Whether the merged timeline equals its definition now."""
    merged = [entry.publication_id for entry in _entries(reader_id, None, limit, None)]
    return merged == plain(reader_id, None, limit)
