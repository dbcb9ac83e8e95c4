"""The pull side of the timeline: posts of celebrities, merged when a page is read.

Every process keeps a short index of `pull` publications, refreshed when its version changes.
"""

from __future__ import annotations

import heapq
import os
import secrets
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.breaker import tell
from pigeon.extensions import cache, db
from pigeon.models import PublicationModel
from pigeon.services import publications

LENGTH = 5_000


@dataclass(frozen=True)
class PullIndex:
    """Recent pull publications per author, ascending; complete at and above `floor`."""

    version: bytes
    by_author: dict[int, list[int]]
    authors: list[int]
    floor: int

    def newest(self, authors: Iterable[int], below: int | None) -> Iterator[int]:
        """Publications of `authors` with smaller ids than `below`, newest first."""
        runs = []
        for author_id in authors:
            ids = self.by_author[author_id]
            end = len(ids) if below is None else bisect_left(ids, below)
            runs.append(islice(reversed(ids[:end]), None))
        return heapq.merge(*runs, reverse=True)


_EMPTY = PullIndex(version=b"", by_author={}, authors=[], floor=0)
_indexes: dict[tuple[int, str], PullIndex] = {}


def current(version: bytes | None) -> PullIndex:
    """The index of `version`, as Redis says; loaded from SQL when this process has another."""
    key = (os.getpid(), str(db.engine.url))
    index = _indexes.get(key, _EMPTY)
    if version is not None and index.version == version:
        return index
    version = version or _begin_version()
    index = _load(version)
    _indexes[key] = index
    return index


def version_command() -> list[bytes]:
    return [b"GET", keys.PULL_VERSION.key().encode()]


def changed() -> None:
    """A pull publication appeared: every process reads the index again at its next page."""
    name, ttl_s = keys.PULL_VERSION.key(), keys.PULL_VERSION.ttl_s
    tell(lambda: cache.client.set(name, secrets.token_hex(8), ex=ttl_s))


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
    return PullIndex(version=version, by_author=by_author, authors=list(by_author), floor=floor)
