"""A database with nothing in it, for what migrations make of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from pigeon import create_app
from pigeon.extensions import settings
from tests.harness import connections


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
