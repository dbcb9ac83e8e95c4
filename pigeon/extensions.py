"""Unbound handles: bound by `create_app`, which opens no connection."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import redis
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from sqlalchemy import MetaData
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from pigeon import engines

if TYPE_CHECKING:
    from config import Settings

T = TypeVar("T")
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


PATIENCE_S = {"web": 5, "realtime": 5}
TURN_S = {"realtime": 20}
"""So long a socket waits for its turn at SQL: as long as clients wait for theirs."""
REDIS_CONNECTIONS = 50
"""Of a process to a role; who comes when all are in use waits, redis-py would refuse at once."""
REDIS_TURN_S = 5.0


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Session(FlaskSession):
    """Ends quietly when the server went away after the last query.

    It is closed after the answer is made, and outside of what turns errors into refusals: raising
    would take back an answer that stands, or end a loop that was to go on.
    """

    def close(self) -> None:
        try:
            super().close()
        except DBAPIError:  # there was nothing to store, only to roll back
            self.invalidate()


db = SQLAlchemy(model_class=Base, session_options={"class_": Session})
migrate = Migrate(directory="migrations", render_as_batch=True)
login_manager = LoginManager()
babel = Babel()
oauth = OAuth()
mail = Mail()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class RedisRole:
    """One of the two Redis roles; its client is made on first use, anew after a fork.

    A call waits `timeout_s` at most, so that a hanging Redis costs a page a moment, not its life.
    """

    def __init__(self, name: str, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._clients: dict[tuple[int, str], redis.Redis] = {}

    @property
    def url(self) -> str:
        return str(getattr(settings(), f"redis_{self._name}_url"))

    @property
    def client(self) -> redis.Redis:
        key = (os.getpid(), self.url)
        if key not in self._clients:
            self._clients[key] = self.connect(timeout_s=self._timeout_s)
        return self._clients[key]

    def connect(self, *, timeout_s: float | None) -> redis.Redis:
        """A client of its own; `timeout_s=None` for loops that block on purpose."""
        pool = redis.BlockingConnectionPool.from_url(
            self.url,
            max_connections=REDIS_CONNECTIONS,
            timeout=REDIS_TURN_S,
            socket_timeout=timeout_s,
            socket_connect_timeout=min(timeout_s or 0.5, 0.5),
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
            health_check_interval=0,
        )
        return redis.Redis.from_pool(pool)


cache = RedisRole("cache", timeout_s=0.25)
state = RedisRole("state", timeout_s=1.0)


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def kept(name: str, make: Callable[[], T]) -> T:
    """What the running application keeps under this name; made when it is first asked for."""
    found: T | None = current_app.extensions.get(name)
    return current_app.extensions.setdefault(name, make()) if found is None else found


def render(template: str, **values: object) -> str:
    """A template by itself: it knows no reader and nothing else that pages know of a request."""
    return current_app.jinja_env.get_template(template).render(**values)


def sql_options(app_settings: Settings, role: str) -> dict[str, Any]:
    """Engine options per kind of database: see docs/architecture.md, "SQL".

    Who waits for a page waits seconds for SQL; a job or a command may wait longer.
    """
    patience_s = PATIENCE_S.get(role, 30)
    if app_settings.database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": _sqlite_patience_s(role)}}
    return {
        "isolation_level": "READ COMMITTED",
        "pool_pre_ping": True,
        "pool_recycle": 280,
        "pool_size": 5,
        "max_overflow": 10,
        "pool_timeout": TURN_S.get(role, 5),
        "connect_args": {
            "connect_timeout": 3,
            "read_timeout": patience_s,
            "write_timeout": patience_s,
            # Before we hang up, or the server would go on waiting with the locks it has.
            "init_command": f"SET SESSION innodb_lock_wait_timeout={patience_s - 1}",
        },
    }


def _sqlite_patience_s(role: str) -> int:
    return min(PATIENCE_S.get(role, 30), 15)


def bind_sql(app: Flask, app_settings: Settings) -> None:
    """Attach the recipe of its kind to the engine; creating an engine opens no connection."""
    with app.app_context():
        _bind(db.engine, app_settings, app.extensions["role"])


def bare_engine() -> Engine:
    """For statements that are whole transactions: between them its connections hold nothing."""
    return kept("bare_engine", _new_bare_engine)


def leave_connections() -> None:
    """In a forked child: what the parent may have opened to SQL stays the parent's."""
    for engine in {db.engine, bare_engine()}:
        engine.dispose(close=False)


def _new_bare_engine() -> Engine:
    role, options = current_app.extensions["role"], current_app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    found = engines.bare(db.engine, options)
    if found is not db.engine:
        _bind(found, settings(), role)
    return found


def _bind(engine: Engine, app_settings: Settings, role: str) -> None:
    if engine.dialect.name == "sqlite":
        engines.bind_sqlite(
            engine,
            flush=app_settings.sql_flush,
            patience_s=_sqlite_patience_s(role),
            waits_aside=role == "realtime",
        )
    elif role in PATIENCE_S:
        engines.rest_after_failures(engine)
    else:
        engines.spare_trips(engine)
