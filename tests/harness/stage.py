"""This worker's private servers, and the applications that tests get on top of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import flask_migrate
from flask import Flask

from config import Settings
from pigeon import crash_points, create_app
from pigeon.cache import write_back
from pigeon.cache.breaker import cache_breaker, state_breaker
from pigeon.extensions import db
from pigeon.realtime import connections as sockets
from pigeon.services import rates
from pigeon.services.messages import sending
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import publications
from pigeon.services.stories import cards as story_cards
from pigeon.services.stories import tray
from pigeon.services.timelines import pulls, timelines
from pigeon.services.write_backs import flusher
from pigeon.stores import messages_gate
from tests.harness import connections
from tests.harness.clients import Client
from tests.harness.environment import MODES, ROOT, SAFE
from tests.harness.mariadb import MariaDB
from tests.harness.redis_pair import RedisPair

RESETS: tuple[Callable[[], object], ...] = (
    cache_breaker.close,
    state_breaker.close,
    crash_points._passed.clear,
    write_back.reset,
    flusher.reset,
    publications.reset,
    post_cards._authors.clear,
    story_cards._authors.clear,
    tray._live.clear,
    tray._expected.clear,
    pulls._indexes.clear,
    timelines._last_version.clear,
    rates._limiter.cache_clear,
    sending._known.clear,
    sending._writers.clear,
    sockets._open.clear,
    sockets._people.clear,
    sockets._posts.clear,
)
"""Everything that this process remembers of stores, and of what was done to them."""


def forget() -> None:
    """Be as a process that has just begun."""
    for reset in RESETS:
        reset()


class Stage:
    """Makes an application once per database and settings; empties its stores between tests."""

    def __init__(
        self, *, folder: Path, worker: str, redis: RedisPair, mariadb: Callable[[], MariaDB]
    ) -> None:
        self.redis = redis
        self._folder = folder
        self._worker = worker
        self._mariadb = mariadb
        self._urls: dict[str, str] = {}
        self._apps: dict[tuple[object, ...], Flask] = {}

    def app(self, database: str, mode: str, env: dict[str, str] | None = None) -> Flask:
        """The application on `sqlite` or `mariadb`, `full` or `plain`, with empty stores."""
        key = (database, mode, *sorted((env or {}).items()))
        if key not in self._apps:
            self._apps[key] = self._made(database, MODES[mode] | (env or {}))
        self._empty(self._apps[key])
        return self._apps[key]

    def close(self) -> None:
        """Close every connection."""
        for app in self._apps.values():
            connections.close(app)

    def _made(self, database: str, env: dict[str, str]) -> Flask:
        is_new = database not in self._urls
        if is_new:
            self._urls[database] = self._new_database(database)
        own = {
            "DATA": str(self._folder / "data"),
            "DATABASE_URL": self._urls[database],
            "REDIS_CACHE_URL": self.redis.cache_url,
            "REDIS_STATE_URL": self.redis.state_url,
        }
        app = create_app(settings=Settings.from_env(SAFE | own | env))
        app.test_client_class = Client
        if is_new:
            migrate(app)
        return app

    def _new_database(self, database: str) -> str:
        if database == "sqlite":
            return f"sqlite:///{self._folder / 'test.sqlite3'}"
        return self._mariadb().create(f"pigeon_{self._worker}")

    def _empty(self, app: Flask) -> None:
        self.redis.empty()
        forget()
        for folder in (self._folder / "data").glob("*/"):
            shutil.rmtree(folder)
            folder.mkdir()
        with app.app_context(), db.engine.connect() as connection:
            connection = connection.execution_options(write=True)
            for table in reversed(db.metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(messages_gate.ADD_ROW)
            connection.commit()
            connection.execution_options(write=False)


def migrate(app: Flask) -> None:
    """Bring a database up with the real migrations."""
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
