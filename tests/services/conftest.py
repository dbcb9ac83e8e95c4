"""A database with nothing in it, for what migrations make of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from pigeon import create_app
from pigeon.cache import keys
from pigeon.domain.clock import utc_now
from pigeon.extensions import cache, db, settings
from pigeon.models import FollowModel, UserModel
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_user
from tests.factories.people import set_audience
from tests.harness import connections


@pytest.fixture
def new_app(
    app: Flask, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """On a database with nothing in it."""
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    if database == "mariadb":
        # One server serves every worker, and each has a folder of this name.
        name = f"new_{tmp_path.parent.name}_{tmp_path.name}".replace("-", "_")
        url = request.getfixturevalue("mariadb").create(name)
    new = create_app(settings=dataclasses.replace(settings(), database_url=url))
    with new.app_context():
        yield new
    connections.close(new)


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


@pytest.fixture
def readers(app: Flask, ben: Person) -> list[int]:
    """Twenty people who follow ben and have a timeline."""
    with unit_of_work():
        for number in range(20):
            db.session.add(
                UserModel(
                    username=f"r{number}",
                    email=f"r{number}@example.org",
                    email_key=f"r{number}@example.org",
                    created_at=utc_now(),
                )
            )
        db.session.flush()
        query = select(UserModel.id).where(UserModel.id != ben.id).order_by(UserModel.id)
        ids = list(db.session.scalars(query))
        rows = [{"follower_id": i, "followee_id": ben.id, "created_at": utc_now()} for i in ids]
        db.session.execute(insert(FollowModel), rows)
        set_audience(ben, 20)
    for reader_id in ids:
        cache.client.rpush(keys.TIMELINE.key(reader_id), 0)
    return ids
