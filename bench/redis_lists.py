"""Timelines of full length for many readers at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pigeon.cache import keys
from pigeon.stores.timelines import TRIM_AFTER
from tests.harness.redis_pair import RedisPair

AT_ONCE = 1_000
PHASES = 8


class Lists:
    """Lists as they are after long use: some were cut just now, others will be soon.

    Copies of a few lists, by the server's own serialization: pushing them would take minutes.
    """

    def __init__(self, redis: RedisPair, length: int) -> None:
        self._client = redis.cache
        self._length = length

    def make(self, reader_ids: Sequence[int], newest_id: int) -> None:
        """Every reader gets a full list that ends at `newest_id`."""
        for length, readers in self._by_length(reader_ids):
            dump = self._dump(newest_id, length)
            for part in _parts(readers):
                pipe = self._client.pipeline(transaction=False)
                for reader_id in part:
                    pipe.restore(keys.TIMELINE.key(reader_id), 0, dump, replace=True)
                pipe.execute()

    def cut(self, reader_ids: Sequence[int]) -> None:
        """Give lists the length again that they were made with."""
        for length, readers in self._by_length(reader_ids):
            for part in _parts(readers):
                pipe = self._client.pipeline(transaction=False)
                for reader_id in part:
                    pipe.ltrim(keys.TIMELINE.key(reader_id), -length, -1)
                pipe.execute()

    def drop(self, reader_ids: Sequence[int]) -> None:
        for part in _parts(reader_ids):
            self._client.unlink(*(keys.TIMELINE.key(reader_id) for reader_id in part))

    def _by_length(self, reader_ids: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        by_phase: dict[int, list[int]] = defaultdict(list)
        for reader_id in reader_ids:
            by_phase[reader_id % PHASES].append(reader_id)
        for phase, readers in by_phase.items():
            yield self._length + phase * TRIM_AFTER // PHASES, readers

    def _dump(self, newest_id: int, length: int) -> bytes:
        model = "bench:model"
        self._client.delete(model)
        for number in range(max(1, newest_id - length + 1), newest_id + 1):
            self._client.rpush(model, number)
        dump: bytes = self._client.dump(model)
        self._client.delete(model)
        return dump


def _parts(reader_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(reader_ids), AT_ONCE):
        yield reader_ids[first : first + AT_ONCE]
