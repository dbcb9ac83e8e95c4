"""What others notice of one address and one member who try to stop the site."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bench import rounds
from bench.attackers import HOSTILE, Raid
from bench.ground import Ground
from bench.live import empty_database
from bench.results import Goal, Group, Row, Table, figure, ratio
from pigeon.services.accounts import sessions
from tests.factories import make_comment, make_post, make_user
from tests.harness import children, connections
from tests.harness.environment import ROOT
from tests.harness.procfile import procfile_site
from tests.harness.sites import Site, running_site

ALONE, BEHIND = "`make run` alone", "the Procfile's processes behind nginx"
COMMENTS = 20
EVERY_S = 0.02
SETTLED = 20
"""Answers before a raid begins: what the one before it left to do is done."""
ELSEWHERE = ("127.0.0.2", 0)
MILLI = 1_000


def measure(ground: Ground, kinds: tuple[str, ...] = tuple(HOSTILE)) -> Group:
    """`/healthz` from another address, while they do harm, and while they do as much without."""
    group = Group(name="hostile", title="One address and one member who mean harm")
    for door in _doors(ground):
        with _open(ground, door) as site:
            hostile, honest, counts = _compare(ground, _cast(site, ground.plan.hostile_s, kinds))
        group.rows.append(
            Row(
                metric=f"/healthz p99 while they attack / while they behave, {door}",
                value=ratio([rounds.percentile(hostile, 0.99)], [rounds.percentile(honest, 0.99)]),
                goal=Goal(at_most=1.5),
            )
        )
        group.tables.append(_table(door, {"attack": hostile, "behave": honest}))
        told = ", ".join(f"{kind}: {count:,}" for kind, count in counts.items())
        group.notes.append(f"{door}, in {ground.plan.hostile_s:g} s each way: {told}.")
    if not children.find("nginx"):
        group.notes.append("Not measured here: nginx is not installed.")
    return group


def _doors(ground: Ground) -> tuple[str, ...]:
    doors = (ALONE, BEHIND) if children.find("nginx") else (ALONE,)
    return doors[: ground.plan.hostile_doors]


def _open(ground: Ground, door: str) -> AbstractContextManager[Site]:
    limits = {"RATE_LIMITS": "on", "LOG_LEVEL": "ERROR"}
    if door == ALONE:
        return running_site(ground.folder / "alone", **limits)
    database = empty_database(ground, "hostile")
    return procfile_site(ground.folder / "behind", database, **limits)


def _cast(site: Site, seconds: float, kinds: tuple[str, ...]) -> Raid:
    with site.app.app_context():
        member = make_user("mallory")
        knotted, plain = make_post(member), make_post(member)
        for _ in range(COMMENTS):
            make_comment(knotted, member, text=f"http://x.test/{'(' * 2_000}")
            make_comment(plain, member, text=f"http://x.test/{'word ' * 400}")
        token = sessions.create_token(member.id)
    connections.close(site.app)
    return Raid(
        url=site.url,
        token=token,
        knotted=knotted.id,
        plain=plain.id,
        seconds=seconds,
        kinds=kinds,
    )


def _compare(ground: Ground, raid: Raid) -> tuple[list[float], list[float], dict[str, int]]:
    """The harm first, since the honest way does as much."""
    path = ground.folder / "raid.json"
    hostile, counts = _beside(raid, path)
    honest, _ = _beside(replace(raid, counts=counts), path)
    return hostile, honest, counts


def _beside(raid: Raid, path: Path) -> tuple[list[float], dict[str, int]]:
    """Seconds of each answer of /healthz while the raid lasts, and what was done in it."""
    raid.write(path)
    command = [sys.executable, "-m", "bench.attackers", str(path)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    times: list[float] = []
    probe = _Probe(raid.url)
    for _ in range(SETTLED):
        probe.ask()
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as running:
        while running.poll() is None:
            times.append(probe.ask())
            time.sleep(EVERY_S)
        assert running.stdout is not None
        counts: dict[str, int] = json.loads(running.stdout.read())
    probe.close()
    return times, counts


class _Probe:
    """A reader from another address, who keeps the connection where it is kept."""

    def __init__(self, url: str) -> None:
        self._netloc = urlsplit(url).netloc
        self._connection = self._connect()

    def ask(self) -> float:
        """Seconds until the answer; an error of the connection is an error of the benchmark."""
        began = time.perf_counter()
        self._connection.request("GET", "/healthz")
        answer = self._connection.getresponse()
        assert (answer.status, answer.read().strip()) == (200, b"ok")
        took_s = time.perf_counter() - began
        if answer.will_close:
            self._connection = self._connect()
        return took_s

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._netloc, timeout=120, source_address=ELSEWHERE)


def _table(door: str, found: dict[str, list[float]]) -> Table:
    shares = (0.5, 0.95, 0.99, 1.0)
    rows = [
        (
            f"they {way}",
            str(len(times)),
            *(figure(rounds.percentile(times, share) * MILLI) for share in shares),
        )
        for way, times in found.items()
    ]
    head = ("/healthz while", "answers", "p50, ms", "p95, ms", "p99, ms", "most, ms")
    return Table(title=door[0].upper() + door[1:], head=head, rows=rows)
