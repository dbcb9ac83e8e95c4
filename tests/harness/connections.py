"""Closes what this process has open to an application's stores, before they end.

From Python 3.13 on a SQLite connection that nobody closed is a warning when it is collected, and
so an error in whichever test runs just then.
"""

from __future__ import annotations

from flask import Flask

from pigeon.cache import resp
from pigeon.extensions import bare_engine, cache, db, state


def close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
        bare_engine().dispose()
        urls = {cache.url, state.url}
    close_messages(app)
    for role in (cache, state):
        for key in [key for key in role._clients if key[1] in urls]:
            role._clients.pop(key).close()
    for key in [key for key in resp._pools if key[0] in urls]:
        for connection in resp._pools.pop(key)._free:
            connection.close()


def close_messages(app: Flask) -> None:
    """Where they have a home with connections of its own; it opens them again when it is asked."""
    if close := getattr(app.extensions.get("messages"), "close", None):
        close()
