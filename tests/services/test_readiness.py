"""Ready is who can serve: the schema is there, or newer, and the stores keep the right things."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from pigeon.extensions import db
from pigeon.services import readiness
from tests.harness import revisions
from tests.harness.redis_pair import RedisPair

ADDS = "op.add_column('posts', sa.Column('seen_at', sa.DateTime(), nullable=True))"
STORED = text("SELECT version_num FROM alembic_version")


def test_it_is_ready_and_starts(new_app: Flask, tmp_path: Path) -> None:
    revisions.upgrade(folder=revisions.with_sample(tmp_path, ADDS))
    assert readiness.examine().missing == ()
    assert readiness.problems() == []
    revisions.upgrade()
    with db.engine.connect() as connection:
        assert connection.scalar(STORED) == "sample"


def test_on_an_older_schema_it_is_not(new_app: Flask) -> None:
    revisions.upgrade("0002")
    assert [one for one in readiness.examine().missing if "flask db upgrade" in one]
    revisions.upgrade()
    assert readiness.examine().missing == ()


def test_a_redis_that_keeps_the_wrong_things_is_refused(
    app: Flask, with_settings: Callable[..., None], redis_servers: RedisPair
) -> None:
    with_settings(environment="production")
    cached, kept = redis_servers.cache, redis_servers.state
    before = kept.config_get("appendonly")
    try:
        kept.config_set("appendonly", "yes")
        assert readiness.policy_problems() == []
        cached.config_set("save", "3600 1")
        kept.config_set("appendonly", "no")
        kept.config_set("maxmemory-policy", "allkeys-lru")
        found = " ".join(readiness.policy_problems())
    finally:
        cached.config_set("save", "")
        kept.config_set("appendonly", before["appendonly"])
        kept.config_set("maxmemory-policy", "noeviction")
    for sentence in ('set save ""', "set appendonly yes", "set maxmemory-policy noeviction"):
        assert sentence in found
