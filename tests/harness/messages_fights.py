"""The battle for messages, put up on a home, fought to its end, and judged."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_user
from tests.harness import mariadb, mongo
from tests.harness.crowd import Member
from tests.harness.messages_battle import REALTIME, WEB, Battle
from tests.harness.messages_losses import lose_a_process
from tests.harness.messages_strikes import Home, MariaDBUnderFire, MongoUnderFire, SqliteUnderFire
from tests.harness.planting import SHORT_LEASE, SHORT_LEASE_S, planted
from tests.harness.sites import Site, running_site

SITE = {"WEB": str(WEB), "REALTIME": str(REALTIME)}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a battle is; the first of the people have two devices each."""

    messages: int
    faults: int
    people: int = 12
    with_two_devices: int = 8
    lease_s: int = SHORT_LEASE_S

    def env(self, *faults: str) -> dict[str, str]:
        """Of the site that it is fought on."""
        return planted(*faults, *([SHORT_LEASE] if self.lease_s == SHORT_LEASE_S else []))


SMALL = Size(messages=1_000, faults=20)
LARGE = Size(messages=10_000, faults=200, people=30, with_two_devices=20, lease_s=45)


@contextmanager
def site_on(home: str, **env: str) -> Iterator[tuple[Site, Home]]:
    """A site, and what takes the home of its messages away."""
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True)
        yield stack.enter_context(HOMES[home](Path(stack.enter_context(folder)), SITE | env))


@contextmanager
def _on_sqlite(folder: Path, env: dict[str, str]) -> Iterator[tuple[Site, Home]]:
    with running_site(folder / "site", **env) as site:
        yield site, SqliteUnderFire(path=sqlite_of(site))


@contextmanager
def _on_mariadb(folder: Path, env: dict[str, str]) -> Iterator[tuple[Site, Home]]:
    fire = MariaDBUnderFire(folder=folder, server=mariadb.start(folder, durable=True))
    try:
        url = fire.server.create("battle")
        with running_site(folder / "site", DATABASE_URL=url, **env) as site:
            yield site, fire
    finally:
        fire.server.stop()


@contextmanager
def _on_mongo(folder: Path, env: dict[str, str]) -> Iterator[tuple[Site, Home]]:
    with (
        mongo.running("secantusdb", folder) as server,
        running_site(folder / "site", MONGO_URL=server.url(), **env) as site,
    ):
        yield site, MongoUnderFire(server=server, beside=SqliteUnderFire(path=sqlite_of(site)))


HOMES = {"sqlite": _on_sqlite, "mariadb": _on_mariadb, "mongo": _on_mongo}


def sqlite_of(site: Site) -> Path:
    url: str = site.app.extensions["settings"].database_url
    return Path(url.removeprefix("sqlite:///"))


def battle_on(site: Site, home: Home, size: Size, *, seed: int) -> Battle:
    """Everybody writes to the next two of a circle, of whom they know the first."""
    count = size.people
    with site.app.app_context():
        people = [make_user(f"pen{n}") for n in range(count)]
        for n, person in enumerate(people):
            make_follow(person, people[(n + 1) % count])
            make_follow(people[(n + 1) % count], person)
        members = [
            Member(id=one.id, username=one.username, token=sessions.create_token(one.id))
            for one in people
        ]
    near, far = (
        [(members[n], members[(n + step) % count]) for n in range(count)] for step in (1, 2)
    )
    battle = Battle(
        site=site,
        home=home,
        pairs=[*near, *far],
        friends=near,
        lease_s=size.lease_s,
        seed=seed,
        work=size.messages,
        kills=size.faults,
    )
    for n, member in enumerate(members):
        for number in range(2 if n < size.with_two_devices else 1):
            is_program = (n + number) % 4 == 3
            battle.add_device(member, n + number, way="http" if is_program else "socket")
    return battle


def fight(home: str, size: Size) -> Battle:
    """One that everybody survives; AssertionError otherwise."""
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    print(f"CHAOS_SEED={seed}", flush=True)
    with site_on(home, **size.env()) as (site, under_fire):
        battle = battle_on(site, under_fire, size, seed=seed)
        try:
            battle.run()
            lose_a_process(battle)
            violated = battle.come_to_rest()
        finally:
            battle.end()
        print(*battle.history, battle.summary(), sep="\n", flush=True)
        message = [f"CHAOS_SEED={seed}", *battle.history, *violated[:40], faults_in(site)]
        assert not violated, "\n".join(message)
    return battle


def hunt(home: str, fault: str, size: Size, *, seed: int) -> Battle:
    """One with a fault in the product, ended when it was found; `violations` are how it shows."""
    with site_on(home, **size.env(fault)) as (site, under_fire):
        battle = battle_on(site, under_fire, size, seed=seed)
        battle.is_hunting = True
        try:
            battle.run()
            if not battle.violations:
                lose_a_process(battle)
                battle.violations = battle.come_to_rest()
        finally:
            battle.end()
        print(*battle.history, *battle.violations[:20], battle.summary(), sep="\n", flush=True)
    return battle


def faults_in(site: Site) -> str:
    """What the site's log says of errors that nobody expected."""
    lines = site.log("site").read_text(errors="replace").splitlines()
    signs = ("Error handling request", '"level": "error"')
    found = [n for n, line in enumerate(lines) if any(sign in line for sign in signs)]
    return "\n".join(line for n in found[-5:] for line in lines[max(0, n - 2) : n + 40])[-12_000:]
