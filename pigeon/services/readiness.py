"""Whether everything a request may need answers, and the schema is the code's."""

from __future__ import annotations

from functools import cache as memoized
from pathlib import Path

import structlog
from alembic.script import ScriptDirectory
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
    """Whether the state Redis may forget what it must keep; only a running one can tell."""
    try:
        found = state.client.config_get("maxmemory-policy", "appendonly")
    except (RedisError, OSError):
        return []
    problems = []
    if found.get("maxmemory-policy", "noeviction") != "noeviction":
        problems.append("REDIS_STATE_URL evicts: set maxmemory-policy noeviction")
    if settings().is_production and found.get("appendonly") == "no":
        problems.append("REDIS_STATE_URL keeps no AOF: set appendonly yes")
    return problems
