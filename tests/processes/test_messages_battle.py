"""A thousand messages while everything under them is killed, stopped and paused."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_user
from tests.harness import children, mariadb
from tests.harness.crowd import Member
from tests.harness.messages_battle import (
    REALTIME,
    WEB,
    Battle,
    MariaDBUnderFire,
    Sql,
    SqliteUnderFire,
)
from tests.harness.sites import Site, running_site

pytestmark = pytest.mark.no_second_look

FAULTS, MESSAGES = 20, 1_000
PEOPLE, WITH_TWO_DEVICES = 12, 8
SITE = {"WEB": str(WEB), "REALTIME": str(REALTIME)}


@contextmanager
def site_on(kind: str) -> Iterator[tuple[Site, Sql]]:
    """A site, and what takes its database away."""
    with tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if kind == "sqlite":
            with running_site(folder / "site", **SITE) as site:
                yield site, SqliteUnderFire(path=sqlite_of(site))
            return
        fire = MariaDBUnderFire(folder=folder, server=mariadb.start(folder, durable=True))
        url = fire.server.create("battle")
        try:
            with running_site(folder / "site", DATABASE_URL=url, **SITE) as site:
                yield site, fire
        finally:
            fire.server.stop()


def sqlite_of(site: Site) -> Path:
    url: str = site.app.extensions["settings"].database_url
    return Path(url.removeprefix("sqlite:///"))


def battle_on(site: Site, sql: Sql, *, seed: int, messages: int, faults: int) -> Battle:
    """Everybody writes to the next two of a circle; who is followed by one is no stranger."""
    with site.app.app_context():
        people = [make_user(f"pen{n}") for n in range(PEOPLE)]
        for n, person in enumerate(people):
            make_follow(person, people[(n + 1) % PEOPLE])
        members = [
            Member(id=one.id, username=one.username, token=sessions.create_token(one.id))
            for one in people
        ]
    pairs = [(members[n], members[(n + step) % PEOPLE]) for n in range(PEOPLE) for step in (1, 2)]
    battle = Battle(site=site, sql=sql, pairs=pairs, seed=seed, work=messages, kills=faults)
    for n, member in enumerate(members):
        for number in range(2 if n < WITH_TWO_DEVICES else 1):
            is_program = (n + number) % 4 == 3
            battle.add_device(member, n + number, way="http" if is_program else "socket")
    return battle


def fight(kind: str, *, messages: int, faults: int) -> Battle:
    """One that everybody survives; AssertionError otherwise."""
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    print(f"CHAOS_SEED={seed}", flush=True)
    with site_on(kind) as (site, sql):
        battle = battle_on(site, sql, seed=seed, messages=messages, faults=faults)
        try:
            battle.run()
            violated = battle.come_to_rest()
        finally:
            battle.end()
        print(*battle.history, battle.summary(), sep="\n", flush=True)
        message = [f"CHAOS_SEED={seed}", *battle.history, *violated[:40], faults_in(site)]
        assert not violated, "\n".join(message)
    return battle


def faults_in(site: Site) -> str:
    """What the site's log says of errors that nobody expected."""
    lines = site.log("site").read_text(errors="replace").splitlines()
    signs = ("Error handling request", '"level": "error"')
    found = [n for n, line in enumerate(lines) if any(sign in line for sign in signs)]
    return "\n".join(line for n in found[-5:] for line in lines[max(0, n - 2) : n + 40])[-12_000:]


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.timeout(600)
def test_a_thousand_messages_are_there_once_in_one_order_for_everybody() -> None:
    kind = "mariadb" if children.find("mariadbd") else "sqlite"
    battle = fight(kind, messages=MESSAGES, faults=FAULTS)
    assert battle.ledger.counts["acknowledged"] == MESSAGES
