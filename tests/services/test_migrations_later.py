"""A release that goes on, or is put back, on the schema of the one after it."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import text

from pigeon.extensions import db
from pigeon.services import readiness
from tests.harness import revisions

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
