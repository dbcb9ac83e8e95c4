"""The migrations make what the models describe, one after another, forwards and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from pigeon import create_app
from pigeon.extensions import db, settings
from tests.harness import connections
from tests.harness.environment import ROOT

FOLDER = str(ROOT / "migrations")


@pytest.fixture
def new_app(
    app: Flask, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """On a database with nothing in it."""
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    if database == "mariadb":
        url = request.getfixturevalue("mariadb").create(f"new_{tmp_path.name.replace('-', '_')}")
    new = create_app(settings=dataclasses.replace(settings(), database_url=url))
    with new.app_context():
        yield new
    connections.close(new)


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, db.metadata))
        connection.rollback()
        return found


def test_they_lead_to_the_models_and_back(new_app: Flask) -> None:
    flask_migrate.upgrade(directory=FOLDER)
    assert differences() == []
    flask_migrate.downgrade(directory=FOLDER, revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade(directory=FOLDER)
    assert differences() == []
