"""Who has live stories: one sorted set for everybody, author by the end of their last story.

It is a first guess: a reader asks it which of their people to look at, and the entries of those say
the truth. Too much in it costs a look, so nothing is ever taken out; what is missing is added by
whoever shows a story, and by the next filling.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pigeon.cache import keys, leases, resp
from pigeon.cache.breaker import cache_breaker
from pigeon.cache.scripts import Part, Script
from pigeon.cache.trips import Read, one
from pigeon.domain.clock import EPOCH, ms_of
from pigeon.extensions import cache, db
from pigeon.models import FollowModel, StoryModel
from pigeon.services import access
from pigeon.services.follows import followees

NOBODY = b"0"
"""A member of this set and of everybody's followees: it says that both are loaded."""

_ADD = Script("""
redis.call('DEL', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2]) end
return 1
""")
"""The lease goes first: a filling that did not see this story is void."""

_FILL = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
for first = 3, #ARGV, 1000 do
  redis.call('ZADD', KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")


def read_followed(reader_id: int, *, may_load: bool = True) -> Read[list[int]]:
    """Followees of the reader who may have live stories: one command, to be put into a trip."""
    names = [keys.FOLLOWING.key(reader_id), keys.STORY_AUTHORS.key()]
    command = resp.encode([b"ZINTER", b"2", *(name.encode() for name in names)])
    return Read(
        [command],
        lambda replies: _complete(reader_id, may_load, replies),
        lambda: in_sql(reader_id),
    )


def _complete(reader_id: int, may_load: bool, replies: Sequence[Any]) -> list[int]:
    (members,) = replies
    if members and NOBODY in members:
        return [int(member) for member in members if member != NOBODY]
    if members is None or not may_load:
        return in_sql(reader_id)
    cache_breaker.attempt(lambda: followees.load(reader_id), None)
    cache_breaker.attempt(_fill, None)
    return one(read_followed(reader_id, may_load=False))


def in_sql(reader_id: int) -> list[int]:
    """Followees who have live stories, as rows say."""
    query = (
        select(StoryModel.author_id)
        .join(FollowModel, FollowModel.followee_id == StoryModel.author_id)
        .where(FollowModel.follower_id == reader_id, access.stories.is_live())
        .distinct()
    )
    return list(db.session.scalars(query))


def _fill() -> None:
    key = keys.STORY_AUTHORS.key()
    token = leases.take(key)
    if token is None:
        return
    db.session.rollback()  # a fresh snapshot, taken after the lease
    rows = db.session.execute(
        select(StoryModel.author_id, func.max(StoryModel.expires_at))
        .where(access.stories.is_live())
        .group_by(StoryModel.author_id)
    ).all()
    parts: list[Part] = [token, leases.jittered(keys.STORY_AUTHORS.ttl_s), 0, NOBODY]
    for author_id, ends in rows:
        parts += [ms_of(ends or EPOCH), author_id]
    _FILL.call(resp.pool(cache.url), [key, keys.lease(key)], parts)


def add(author_id: int, ends: datetime) -> None:
    """Somebody shows a story until then."""
    key = keys.STORY_AUTHORS.key()
    parts: list[Part] = [ms_of(ends), author_id]
    names = [key, keys.lease(key)]
    cache_breaker.attempt(lambda: _ADD.call(resp.pool(cache.url), names, parts), None)
