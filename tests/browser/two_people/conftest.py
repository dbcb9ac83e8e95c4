"""Two people at one site, which is of these tests alone: they kill parts of it.

Behind nginx on MariaDB, from the Procfile. The sockets of the two are on different processes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.harness import procfile
from tests.harness.browser import PHONE
from tests.harness.pairs import Pair, Processes, Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Cast
    from tests.harness.mariadb import MariaDB
    from tests.harness.sites import Site

KOREAN_PHONE = {"viewport": PHONE, "locale": "ko-KR", "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="package")
def site(folder: Path, mariadb: MariaDB) -> Iterator[Site]:
    """Each start of it is on new ground."""
    name = f"two_people_{secrets.token_hex(4)}"
    with procfile.procfile_site(folder / name, mariadb.create(name)) as site:
        yield site


@pytest.fixture
def processes(site: Site) -> Processes:
    return Processes(site)


@pytest.fixture
def pair(
    as_person: Callable[..., Page],
    go_live: Callable[[Page, str], None],
    cast: Cast,
    processes: Processes,
) -> Pair:
    people = (cast.person("ann", language="ko"), cast.person("bob"))
    pages = (as_person(people[0], **KOREAN_PHONE), as_person(people[1]))
    ann, bob = (
        Reader(person=person, page=page, go_live=go_live)
        for person, page in zip(people, pages, strict=True)
    )
    return Pair(ann=ann, bob=bob, processes=processes)
