"""Handles to the stores, when many ask at once."""

from __future__ import annotations

from flask import Flask

from pigeon.extensions import REDIS_CONNECTIONS, state
from tests.harness.context import concurrently


def test_who_comes_when_every_connection_is_in_use_waits_for_a_turn(app: Flask) -> None:
    """redis-py refuses the hundred and first at once."""
    client = state.connect(timeout_s=5)
    calls = [lambda: client.blpop(["nothing"], timeout=0.05)] * 300
    with client:
        assert concurrently(app, calls) == [None] * 300
        assert len(client.connection_pool._connections) <= REDIS_CONNECTIONS
