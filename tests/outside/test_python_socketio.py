"""python-socketio 5.18.1, what its manager and its server do to order and to a Redis that hangs."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import socketio
from flask import Flask

from pigeon.extensions import state


def test_a_failed_publish_takes_the_subscription_from_the_listener(app: Flask) -> None:
    """Expected: the listener goes on, or notices. Seen: it polls an object without subscription.

    Source: socketio/redis_manager.py, `_publish` and `_redis_connect`. So the bus has two ends.
    """
    assert version("python-socketio") == "5.18.1"
    manager = socketio.RedisManager(state.url, channel="outside")
    manager._redis_connect()
    listening = manager.pubsub
    listening.subscribe("outside")
    manager.connected = False  # as `_publish` leaves it after an error
    manager._publish({"method": "nothing"})
    try:
        assert manager.pubsub is not listening
        assert not manager.pubsub.subscribed
    finally:
        for each in (listening, manager.pubsub, manager.redis):
            each.close()


def test_handlers_of_one_socket_are_started_side_by_side() -> None:
    """Expected: one after another. Seen: each in a task of its own, unless `async_handlers=False`.

    Source: socketio/server.py, `_handle_event`. So connections have lines (`realtime/turns.py`).
    """
    assert version("python-socketio") == "5.18.1"
    started: list[Any] = []
    server = socketio.Server(async_mode="threading")
    server.start_background_task = lambda call, *arguments: started.append(arguments)
    server.on("slow", lambda _sid: None)
    sid = server.manager.connect("engine", "/")
    for _ in range(2):
        server._handle_event("engine", "/", None, ["slow"])
    assert [arguments[1] for arguments in started] == [sid, sid]
