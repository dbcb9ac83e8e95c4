"""The pull side of the timeline: posts of celebrities, merged when a page is read.

Every process keeps a short index of `pull` publications, refreshed when its version changes.
"""

from __future__ import annotations

import heapq
import os
import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys, resp
from pigeon.cache.breaker import must_reach
from pigeon.cache.trips import Read
from pigeon.extensions import cache, db, settings
from pigeon.models import PublicationModel
from pigeon.services.posts import publications

LENGTH = 5_000
MERGED = 8
"""Up to so many followed authors are merged run by run."""


@dataclass(frozen=True)
class PullIndex:
    """Recent pull publications per author, ascending; complete at and above `floor`."""

    version: bytes
    by_author: dict[int, list[int]]
    authors: list[int]
    newest_first: list[tuple[int, int]]
    floor: int

    def newest(self, authors: Sequence[int], below: int | None) -> Iterator[int]:
        """Publications of `authors` with smaller ids than `below`, newest first, found lazily.

        A few runs are merged; among many it is cheaper to walk over everybody's.
        """
        if len(authors) > MERGED:
            return self._walk(frozenset(authors), below)
        return heapq.merge(*(self._run(author, below) for author in authors), reverse=True)

    def _run(self, author_id: int, below: int | None) -> Iterator[int]:
        ids = self.by_author[author_id]
        end = len(ids) if below is None else bisect_left(ids, below)
        return map(ids.__getitem__, range(end - 1, -1, -1))

    def _walk(self, authors: frozenset[int], below: int | None) -> Iterator[int]:
        first = 0
        if below is not None:
            first = bisect_right(self.newest_first, -below, key=lambda pair: -pair[0])
        for publication_id, author_id in islice(self.newest_first, first, None):
            if author_id in authors:
                yield publication_id


_EMPTY = PullIndex(version=b"", by_author={}, authors=[], newest_first=[], floor=0)
_indexes: dict[tuple[int, str], PullIndex] = {}


def current(version: bytes | None) -> PullIndex:
    """The index of `version`, as Redis says; loaded from SQL when this process has another."""
    key = (os.getpid(), settings().database_url)
    index = _indexes.get(key, _EMPTY)
    if version is not None and index.version == version:
        return index
    version = version or _begin_version()
    index = _load(version)
    _indexes[key] = index
    return index


def version() -> Read[bytes | None]:
    """The version that all processes agree on, in a trip; None until one of them begins it."""
    command = resp.encode([b"GET", keys.PULL_VERSION.key().encode()])
    return Read([command], lambda replies: replies[0], lambda: None)


def changed() -> None:
    """A pull publication appeared: every process reads the index again at its next page."""
    name, ttl_s = keys.PULL_VERSION.key(), keys.PULL_VERSION.ttl_s
    must_reach(lambda: cache.client.set(name, secrets.token_hex(8), ex=ttl_s))


def _begin_version() -> bytes:
    name = keys.PULL_VERSION.key()
    cache.client.set(name, secrets.token_hex(8), nx=True, ex=keys.PULL_VERSION.ttl_s)
    found: Any = cache.client.get(name)
    return bytes(found) if found else b""


def _load(version: bytes) -> PullIndex:
    db.session.rollback()  # a snapshot that is younger than the version
    rows = db.session.execute(
        select(PublicationModel.id, PublicationModel.author_id, PublicationModel.post_id)
        .where(PublicationModel.delivery == "pull")
        .order_by(PublicationModel.id.desc())
        .limit(LENGTH)
    ).all()
    by_author: dict[int, list[int]] = {}
    for publication_id, author_id, post_id in reversed(rows):
        by_author.setdefault(author_id, []).append(publication_id)
        publications.remember(publication_id, post_id, author_id)
    floor = rows[-1][0] if len(rows) == LENGTH else 0
    return PullIndex(
        version=version,
        by_author=by_author,
        authors=list(by_author),
        newest_first=[(row[0], row[1]) for row in rows],
        floor=floor,
    )
