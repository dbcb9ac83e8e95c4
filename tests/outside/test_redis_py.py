"""redis-py 8.1.0: its pool holds 100 connections, and refuses who comes when all are in use.

Expected: a pool that waits, or has no bound, as before 8. Seen: `MaxConnectionsError` at once, of
300 greenlets 27. Source: redis/connection.py, `ConnectionPool.make_connection`. So every client
of ours is made with a pool that waits (`extensions.RedisRole.connect`).
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import redis
from flask import Flask

from pigeon.extensions import state


def test_the_plain_pool_refuses_the_hundred_and_first(app: Flask) -> None:
    assert redis.__version__ == "8.1.0"
    with redis.Redis.from_url(state.url) as client, ExitStack() as stack:
        pool = client.connection_pool
        for _ in range(100):
            stack.callback(pool.release, pool.get_connection())
        with pytest.raises(redis.exceptions.MaxConnectionsError):
            pool.get_connection()
