"""The same two people, at a site that keeps messages in MongoDB, or in what speaks its wire."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.two_people.conftest import pair, processes
from tests.harness import mongo, procfile

if TYPE_CHECKING:
    from tests.harness.mariadb import MariaDB
    from tests.harness.sites import Site

__all__ = ["pair", "processes"]


@pytest.fixture(scope="package")
def site(folder: Path, mariadb: MariaDB) -> Iterator[Site]:
    name = f"on_mongo_{secrets.token_hex(4)}"
    place = folder / f"{name}_server"
    place.mkdir()
    with mongo.running("secantusdb", place) as server:
        url = mariadb.create(name)
        with procfile.procfile_site(folder / name, url, MONGO_URL=server.url(name)) as site:
            yield site
