"""The migrations make what the models describe, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import MetaData

from pigeon.extensions import db
from tests.harness import revisions
from tests.harness.schemas import may_be_left_out


def differences(models: MetaData | None = None) -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, models or db.metadata))
        connection.rollback()
    if db.engine.dialect.name == "sqlite":
        return [one for one in _single(found) if not _is_kept(one)]
    return found


def _single(found: list[Any]) -> Iterator[Any]:
    """What is changed of one column comes as a list."""
    for one in found:
        yield from one if isinstance(one, list) else [one]


def _is_kept(difference: tuple[Any, ...]) -> bool:
    """On SQLite lengths mean nothing, and a column nobody reads stays, if it can be left out."""
    if difference[0] == "modify_type":
        return type(difference[5])._type_affinity is type(difference[6])._type_affinity
    return difference[0] == "remove_column" and may_be_left_out(difference[3])


def test_they_lead_to_the_models(new_app: Flask) -> None:
    revisions.upgrade()
    assert differences() == []


def test_there_is_no_way_back(new_app: Flask) -> None:
    revisions.upgrade()
    with pytest.raises(SystemExit):
        flask_migrate.downgrade(directory=str(revisions.FOLDER), revision="base")
    assert differences() == []
