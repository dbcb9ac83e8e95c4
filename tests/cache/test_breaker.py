"""A Redis that refuses is not away: others go on asking it; one that hangs is left alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from pigeon.cache.breaker import state_breaker
from pigeon.domain.errors import TooMany
from pigeon.extensions import state
from pigeon.services import rates
from tests.harness import children
from tests.harness.redis_pair import RedisPair

pytestmark = pytest.mark.env(RATE_LIMITS="on")


@contextmanager
def full(redis_servers: RedisPair) -> Iterator[None]:
    redis_servers.state.config_set("maxmemory", 1)
    try:
        yield
    finally:
        redis_servers.state.config_set("maxmemory", 0)


@contextmanager
def hanging(redis_servers: RedisPair) -> Iterator[None]:
    pid = redis_servers.processes["state"].pid
    children.pause(pid)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def count_to_the_limit(name: str) -> None:
    for _ in range(3):
        rates.hit(name, "ann", 3, 60)
    with pytest.raises(TooMany) as refusal:
        rates.hit(name, "ann", 3, 60)
    assert refusal.value.retry_after_s > 1
    with pytest.raises(TooMany):
        rates.check(name, "ann", 3, 60)


def test_limits_hold_while_redis_is_full(app: Flask, redis_servers: RedisPair) -> None:
    with full(redis_servers):
        count_to_the_limit("full")
        assert not state_breaker.is_open
        assert state_breaker.attempt(state.client.ping, False) is True


def test_limits_hold_while_redis_hangs_and_only_the_first_waits(
    app: Flask, redis_servers: RedisPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.cache.breaker.OPEN_S", 60.0)
    with hanging(redis_servers):
        rates.hit("hanging", "ann", 4, 60)
        assert state_breaker.is_open
        asked = []
        state_breaker.attempt(lambda: asked.append(1), None)
        assert asked == []
        count_to_the_limit("hanging")
    state_breaker.close()


def test_limits_come_back_with_redis(app: Flask, redis_servers: RedisPair) -> None:
    with full(redis_servers):
        count_to_the_limit("back")
    for _ in range(3):
        rates.hit("back", "ann", 3, 60)
    with pytest.raises(TooMany):
        rates.hit("back", "ann", 3, 60)
