"""Whether everything a request may need answers, and the schema is the code's."""

from __future__ import annotations

from functools import cache as memoized
from pathlib import Path

import structlog
from alembic.script import ScriptDirectory
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pigeon.extensions import cache, db, settings, state

log = structlog.get_logger()
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def is_ready() -> bool:
    return not problems()


def problems() -> list[str]:
    """One sentence for each part that does not answer; [] when all do."""
    return [*_redis_problems(), *_sql_problems()]


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
        stored = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return ["the database does not answer, or has no schema: run `flask db upgrade`"]
    finally:
        db.session.rollback()
    if stored != newest_revision():
        return [
            f"the schema is {stored}, the code needs {newest_revision()}: run `flask db upgrade`"
        ]
    return []


@memoized
def newest_revision() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


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
