"""Timelines of full length for many readers at once."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.cache import keys
from tests.harness.redis_pair import RedisPair

AT_ONCE = 1_000


class Lists:
    """Copies of one list, made by the server's own serialization."""

    def __init__(self, redis: RedisPair) -> None:
        self._client = redis.cache

    def make(self, reader_ids: Sequence[int], newest_id: int, length: int) -> None:
        """Every reader gets a list of `length` ids that end at `newest_id`."""
        model = "bench:model"
        self._client.delete(model)
        for number in range(max(1, newest_id - length + 1), newest_id + 1):
            self._client.rpush(model, number)
        dump = self._client.dump(model)
        self._client.delete(model)
        for first in range(0, len(reader_ids), AT_ONCE):
            pipe = self._client.pipeline(transaction=False)
            for reader_id in reader_ids[first : first + AT_ONCE]:
                pipe.restore(keys.TIMELINE.key(reader_id), 0, dump, replace=True)
            pipe.execute()

    def trim(self, reader_ids: Sequence[int], length: int) -> None:
        for first in range(0, len(reader_ids), AT_ONCE):
            pipe = self._client.pipeline(transaction=False)
            for reader_id in reader_ids[first : first + AT_ONCE]:
                pipe.ltrim(keys.TIMELINE.key(reader_id), -length, -1)
            pipe.execute()

    def drop(self, reader_ids: Sequence[int]) -> None:
        for first in range(0, len(reader_ids), AT_ONCE):
            part = reader_ids[first : first + AT_ONCE]
            self._client.unlink(*(keys.TIMELINE.key(reader_id) for reader_id in part))
