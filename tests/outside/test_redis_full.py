"""Redis 6.2.14 and Valkey 9.1.2 over `maxmemory` with `noeviction`.

Expected: every write is refused. Seen: also a write that would change nothing (`SET … NX` on a key
that is there), and `EVAL` only at its first command that may need room: once a script has made a
write that needs none, even without effect, it is let through to its end.
Source: scriptVerifyOOM in script.c (Redis 7), luaRedisGenericCommand in scripting.c (6.2).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from tests.harness.redis_pair import RedisPair

WRITES = "return redis.call('SET', KEYS[1], 'x', 'NX')"


@pytest.fixture
def full(redis_servers: RedisPair) -> Iterator[redis.Redis]:
    redis_servers.empty()
    redis_servers.state.set("there", "1")
    redis_servers.state.config_set("maxmemory", 1)
    yield redis_servers.state
    redis_servers.state.config_set("maxmemory", 0)


def test_a_write_without_effect_is_refused(full: redis.Redis) -> None:
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        full.set("there", "2", nx=True)


def test_a_script_is_refused_at_its_first_write(full: redis.Redis) -> None:
    with pytest.raises(redis.exceptions.ResponseError, match=r"OOM|used memory"):
        full.eval(WRITES, 1, "new")


def test_a_script_that_began_with_a_write_without_need_goes_on(full: redis.Redis) -> None:
    assert full.eval("redis.call('PERSIST', KEYS[1]) " + WRITES, 1, "new") == b"OK"
    assert full.get("new") == b"x"
