"""Whether everything a request may need answers, takes what it is given, and has the schema."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache as memoized
from pathlib import Path

import structlog
from alembic.script import ScriptDirectory
from redis import Redis
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from pigeon.cache import keys
from pigeon.domain.errors import DomainError
from pigeon.extensions import cache, db, kept, settings, state
from pigeon.faults import reason_of
from pigeon.services.media import media
from pigeon.services.stories import drift
from pigeon.stores import messages_gate
from pigeon.stores.incoming import NEARLY_FULL, RESERVE_BYTES
from pigeon.stores.messages_urls import message_store_problems

log = structlog.get_logger()
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
PROBE_S = 0.5
SQL_PROBE_S = 1
KEPT_S = 1.0
FULL_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Report:
    """`missing`: pages cannot be answered as they should; `refusing`: they can, something cannot.

    One sentence each, without addresses: strangers may read them.
    """

    missing: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return not self.missing

    @property
    def problems(self) -> list[str]:
        return [*self.missing, *self.refusing]


class Probe:
    """The report of the last second: however many ask, each store is asked once, for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._report = Report()
        self._until = 0.0

    def report(self) -> Report:
        with self._lock:
            if time.monotonic() >= self._until:
                found = examine()
                if found != self._report:
                    log.warning("readiness_changed", ready=found.is_ready, problems=found.problems)
                self._report, self._until = found, time.monotonic() + KEPT_S
            return self._report


def report() -> Report:
    """What stands between a request and its answer now, at most a second old."""
    return kept("readiness", Probe).report()


def examine() -> Report:
    """Ask every store, a hung one for a second at most."""
    missing, refusing = [], [*_disk_problems()]
    for name, role, needs in (
        ("cache", cache, "pages are slower"),
        ("state", state, "likes are refused and jobs wait"),
    ):
        try:
            with role.connect(timeout_s=PROBE_S) as client:
                client.set(keys.PROBE.key(), 1, ex=keys.PROBE.ttl_s)
        except ResponseError as error:
            refusing.append(f"the {name} Redis {_refusal(error)}: {needs}")
        except (RedisError, OSError):
            missing.append(f"the {name} Redis does not answer")
    try:
        with _sql_probe().connect() as connection:
            outdated = _schema_problems(connection.execute(REVISION).scalar())
            missing += outdated
            refusing += [] if outdated else _closed_problems(connection)
            refusing += _read_only_problems(connection)
            refusing += [drift.PROBLEM] if drift.is_off(connection) else []
    except SQLAlchemyError:
        missing.append(NO_DATABASE)
    missing += message_store_problems()
    refusing += [f"{found}: pictures are refused"] if (found := media.incoming().problem) else []
    return Report(missing=tuple(missing), refusing=tuple(refusing))


NO_DATABASE = "the database does not answer, or has no schema: run `flask db upgrade`"
CLOSED = {
    messages_gate.MOVING: "messages are being moved: nobody writes any",
    messages_gate.MOVED: "messages have been moved to MongoDB, of which this process knows nothing",
}
REVISION = text("SELECT version_num FROM alembic_version")


def problems() -> list[str]:
    """One sentence for each part that does not answer, without a hurry; [] when all do."""
    return [*_redis_problems(), *_sql_problems(), *message_store_problems()]


def keeping_problems() -> list[str]:
    """Whether an upload can be kept and found; tried for real, so for an operator alone."""
    try:
        media.try_keeping()
    except ValueError as error:  # of an address that names no store
        return [str(error)]
    except (DomainError, OSError) as error:
        return [f"MEDIA_URL, INCOMING: an upload cannot be kept: {reason_of(error)}"]
    return []


def _redis_problems() -> list[str]:
    found = []
    for name, role in (("cache", cache), ("state", state)):
        try:
            role.client.ping()
        except (RedisError, OSError):
            found.append(f"the {name} Redis does not answer")
    return found


def _sql_problems() -> list[str]:
    try:
        return _schema_problems(db.session.execute(REVISION).scalar())
    except SQLAlchemyError:
        return [NO_DATABASE]
    finally:
        db.session.rollback()


def _schema_problems(stored: str | None) -> list[str]:
    """One that is unknown here is of the next release, which only adds to it: we work on."""
    known = revisions()
    if stored == known[0] or (stored and stored not in known):
        return []
    return [f"the schema is {stored}, the code needs {known[0]}: run `flask db upgrade`"]


def _refusal(error: ResponseError) -> str:
    if isinstance(error, OutOfMemoryError):
        return "is full"
    if isinstance(error, ReadOnlyError):
        return "is read-only"
    return "cannot write to its disk" if "MISCONF" in str(error) else "refuses to write"


def _sql_probe() -> Engine:
    """Connections of its own, with little patience: the pool's may all hang."""
    return kept("sql_probe", _make_sql_probe)


def _make_sql_probe() -> Engine:
    url = db.engine.url
    timeouts = ("connect_timeout", "read_timeout", "write_timeout")
    is_file = url.get_backend_name() == "sqlite"
    options = {"timeout": SQL_PROBE_S} if is_file else dict.fromkeys(timeouts, SQL_PROBE_S)
    return create_engine(url, poolclass=NullPool, connect_args=options)


def _disk_problems() -> Iterator[str]:
    """Less room than uploads leave to a database on the same disk, or none at all."""
    if (_free_bytes(settings().incoming) or 0) < RESERVE_BYTES:
        yield f"{NEARLY_FULL}: uploads are refused"
    for name, path in _places():
        free = _free_bytes(path)
        if free is None:
            yield f"{name} is on a read-only disk, or gone: what is written there is refused"
        elif free < FULL_BYTES:
            yield f"the disk of {name} is full: what is written there is refused"


def _places() -> Iterator[tuple[str, Path]]:
    yield "the data folder", settings().data
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        yield "the database", Path(url.database).parent
    if root := getattr(media.store(), "root", None):
        yield "the media folder", root if root.exists() else settings().data


def _free_bytes(path: Path) -> int | None:
    """None where nothing can be written at all."""
    try:
        found = os.statvfs(path)
    except OSError:
        return None
    return None if found.f_flag & os.ST_RDONLY else found.f_bavail * found.f_frsize


def _read_only_problems(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        path = Path(str(connection.engine.url.database))
        return [] if os.access(path, os.W_OK) else ["the database file may not be written"]
    value = connection.execute(text("SELECT @@global.read_only")).scalar()
    return [] if value in (0, "0", "OFF") else ["the database is read-only: changes are refused"]


def _closed_problems(connection: Connection) -> list[str]:
    """Of messages in SQL, as long as this process keeps them there."""
    if settings().mongo_url:
        return []
    found = connection.execute(messages_gate.STATE).scalar()
    return [CLOSED[found]] if found in CLOSED else []


@memoized
def revisions() -> list[str]:
    """All that this release knows, the newest first."""
    return [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def policy_problems() -> list[str]:
    """Whether Redis forgets what it must keep, or keeps what it must forget.

    Only a running one can tell, and some providers' do not.
    """
    return [*_state_problems(), *_cache_problems()]


def _cache_problems() -> list[str]:
    """After a crash a dump would bring back entries that were evicted since."""
    found = _config_of(cache.client, "save", "appendonly")
    if settings().is_production and (found.get("save") or found.get("appendonly") == "yes"):
        return ['REDIS_CACHE_URL comes back with old entries: set save "" and appendonly no']
    return []


def _state_problems() -> list[str]:
    found = _config_of(state.client, "maxmemory-policy", "appendonly")
    problems = []
    if found.get("maxmemory-policy", "noeviction") != "noeviction":
        problems.append("REDIS_STATE_URL evicts: set maxmemory-policy noeviction")
    if settings().is_production and found.get("appendonly") == "no":
        problems.append("REDIS_STATE_URL keeps no AOF: set appendonly yes")
    return problems


def _config_of(client: Redis, *names: str) -> dict[str | None, str | None]:
    """{} where it cannot be asked; name by name, for Redis before 7 answers one at a time."""
    try:
        return {name: value for one in names for name, value in client.config_get(one).items()}
    except (RedisError, OSError):
        return {}
