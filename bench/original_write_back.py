"""Write-back as the system had it that this one is modelled on; a small copy of its algorithm.

A like is added to the post's set in Redis, and the post's name to a sorted set with the second of
its last write, so that what is written again goes to the back. The set lives for a minute after
its last like. Every ten seconds the three names at the front are taken out, and what is in their
sets and not in SQL becomes rows, one lookup for each member. Every 200 seconds the number taken
at once is raised to a tenth of what waits, and falls back to three when fewer were there. This is
one server of it; a set that expired is not filled from SQL again, which would cost it more lookups.
"""

from __future__ import annotations

from typing import Any

import redis
from sqlalchemy.engine import Engine

TICK_S = 10
AT_ONCE = 3
CHECKPOINT_S = 200
LIFE_S = 60
DIRTY = "bench:write-back"
_TAKE = """
local found = redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)
for _, name in ipairs(found) do redis.call('ZREM', KEYS[1], name) end
return found
"""


class OriginalWriteBack:
    """Time is told to it, in whole seconds."""

    def __init__(self, client: redis.Redis, engine: Engine, at: str) -> None:
        self._client = client
        self._raw = engine.raw_connection()
        self._mark = "?" if engine.dialect.name == "sqlite" else "%s"
        self._begin = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN"
        self._at = at
        self._batch = AT_ONCE
        self._expires: dict[int, int] = {}
        self.statements = 0

    def waiting(self) -> int:
        """How many likes are in a set and in no row."""
        cursor: Any = self._raw.cursor()
        found = 0
        for post in self._expires:
            rows = f"SELECT user_id FROM post_likes WHERE post_id = {self._mark}"
            cursor.execute(rows, (post,))
            stored = {int(row[0]) for row in cursor.fetchall()}
            found += len(self._members(post) - stored)
        cursor.close()
        return found

    def close(self) -> None:
        for post in self._expires:
            self._client.delete(_name(post))
        self._client.delete(DIRTY)
        self._raw.close()

    def like(self, post: int, person: int, now_s: int) -> None:
        self._client.sadd(_name(post), person)
        self._client.zadd(DIRTY, {str(post): now_s})
        self._expires[post] = now_s + LIFE_S

    def tick(self, now_s: int) -> list[int]:
        """Once a second; which posts were brought to SQL, or were gone when they should be."""
        self._expire(now_s)
        if now_s % CHECKPOINT_S == 0:
            self._batch = max(1, self._client.zcard(DIRTY) // 10)
        if now_s % TICK_S:
            return []
        taken: Any = self._client.eval(_TAKE, 1, DIRTY, self._batch)
        if len(taken) < self._batch:
            self._batch = AT_ONCE
        posts = [int(name) for name in taken]
        cursor: Any = self._raw.cursor()
        cursor.execute(self._begin)
        for post in posts:
            self._store(cursor, post)
        cursor.execute("COMMIT")
        cursor.close()
        return posts

    def _expire(self, now_s: int) -> None:
        """What Redis does with a key whose time has come."""
        for post in [post for post, until in self._expires.items() if until <= now_s]:
            self._client.delete(_name(post))
            del self._expires[post]

    def _store(self, cursor: Any, post: int) -> None:
        mark = self._mark
        look = f"SELECT 1 FROM post_likes WHERE post_id = {mark} AND user_id = {mark}"
        insert = (
            f"INSERT INTO post_likes (post_id, user_id, created_at) VALUES ({mark}, {mark}, {mark})"
        )
        for person in sorted(self._members(post)):
            cursor.execute(look, (post, person))
            self.statements += 1
            if cursor.fetchone() is None:
                cursor.execute(insert, (post, person, self._at))
                self.statements += 1

    def _members(self, post: int) -> set[int]:
        found: Any = self._client.smembers(_name(post))
        return {int(member) for member in found}


def _name(post: int) -> str:
    return f"bench:likes:{post}"
