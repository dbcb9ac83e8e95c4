"""Two releases on the same stores, as in the middle of an upgrade: each with processes of its own.

A release is a folder with its code. Its processes run in there, by the lines of its own Procfile,
and share the database, both Redis, media and secrets with those of the other one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.harness import children, procfile, redis_pair
from tests.harness.environment import ROOT
from tests.harness.sites import START_S, Site, new_site, status_of

STOP_S = 20
JOBS = ("worker", "scheduler")


@dataclass(frozen=True, kw_only=True)
class Release:
    """`before` or `here`, and where its code is."""

    name: str
    folder: Path
    site: Site

    def run(self, *command: str) -> str:
        """To its end; what it printed."""
        done = subprocess.run(
            command, env=self.site.env, cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{self.name}: {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def script(self, source: str) -> Any:
        """What a script prints as JSON, run with the code and the factories of this release."""
        return json.loads(self.run(sys.executable, "-c", source).splitlines()[-1])

    def migrate(self) -> None:
        self.run("sh", "-c", self._line("release"))

    def start_servers(self, *kinds: str) -> dict[str, str]:
        """A process of each kind, `web` or `realtime`; their addresses once all answer."""
        ports = {kind: children.free_port() for kind in kinds}
        urls = {kind: f"http://127.0.0.1:{port}" for kind, port in ports.items()}
        for kind, port in ports.items():
            self._start(kind, ["sh", "-c", self._line(kind)], PORT=str(port), GRACEFUL_S="5")
        for kind, url in urls.items():
            self._wait(kind, partial(_is_healthy, url))
        return urls

    def start_jobs(self) -> None:
        """The scheduler, and workers on all queues."""
        for kind in JOBS:
            self._ready_file(kind).unlink(missing_ok=True)
            command = [sys.executable, "-m", f"pigeon.jobs.{kind}"]
            self._start(kind, command, PIGEON_READY_FILE=str(self._ready_file(kind)))
        for kind in JOBS:
            self._wait(kind, self._ready_file(kind).exists)

    def stop_jobs(self) -> None:
        """As a platform does it: they are asked, and end what they are at."""
        processes = {kind: self.site.processes.pop(self._name(kind)) for kind in JOBS}
        for process in processes.values():
            process.terminate()
        # Asked once: a second signal kills a process that has put its handlers away to end.
        statuses = {kind: one.wait(STOP_S) for kind, one in processes.items()}
        assert set(statuses.values()) == {0}, f"{self.name}: {statuses}"

    def _line(self, kind: str) -> str:
        return procfile.commands(self.folder)[kind]

    def _name(self, kind: str) -> str:
        return f"{kind}-{self.name}"

    def _ready_file(self, kind: str) -> Path:
        return self.site.logs / f"{self._name(kind)}.ready"

    def _start(self, kind: str, command: list[str], **env: str) -> None:
        self.site.start(self._name(kind), command, cwd=self.folder, **env)

    def _wait(self, kind: str, is_ready: Callable[[], bool]) -> None:
        name = self._name(kind)
        process, log = self.site.processes[name], self.site.log(name)
        children.wait_ready(process, is_ready, log=log, timeout_s=START_S)


def _is_healthy(url: str) -> bool:
    return status_of(f"{url}/healthz") == 200


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a web or a realtime process of a release answers."""

    release: str
    url: str


@dataclass
class Rotation:
    """Which web processes get requests, one after another; who is taken out finishes its own."""

    _waiting: deque[Server] = field(default_factory=deque)
    _busy: Counter[Server] = field(default_factory=Counter)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def set(self, *webs: Server) -> None:
        """From now on these; returns when no other is answering any more."""
        with self._changed:
            gone = set(self._waiting) - set(webs)
            self._waiting = deque(webs)
            self._changed.wait_for(lambda: not any(self._busy[web] for web in gone))

    @contextmanager
    def next(self) -> Iterator[Server]:
        """The one whose turn it is, for one request."""
        with self._changed:
            web = self._waiting[0]
            self._waiting.rotate(-1)
            self._busy[web] += 1
        try:
            yield web
        finally:
            with self._changed:
                self._busy[web] -= 1
                self._changed.notify_all()


@dataclass(kw_only=True)
class Upgrade:
    """From one release to the other, slowly: with every mixture of old and new, and once back."""

    before: Release
    here: Release
    webs: Rotation = field(default_factory=Rotation)
    web: dict[str, Server] = field(default_factory=dict)
    realtime: list[Server] = field(default_factory=list)

    @property
    def turns(self) -> tuple[Callable[[], None], ...]:
        """In this order; between two of them people go on."""
        return (
            self.migrate_first,
            self.serve_with_both,
            self.serve_with_the_new_work_with_the_old,
            self.serve_and_work_with_both,
            self.serve_with_the_old_work_with_the_new,
            self.serve_and_work_with_the_new,
        )

    def start(self) -> None:
        """All of the release before."""
        self._serve(self.before)
        self.before.start_jobs()
        self.webs.set(self.web["before"])

    def migrate_first(self) -> None:
        self.here.migrate()

    def serve_with_both(self) -> None:
        self._serve(self.here)
        self.webs.set(*self.web.values())

    def serve_with_the_new_work_with_the_old(self) -> None:
        self.webs.set(self.web["here"])

    def serve_and_work_with_both(self) -> None:
        self.here.start_jobs()
        self.webs.set(*self.web.values())

    def serve_with_the_old_work_with_the_new(self) -> None:
        self.before.stop_jobs()
        self.webs.set(self.web["before"])

    def serve_and_work_with_the_new(self) -> None:
        """From now on its pages are the site: there the checks ask."""
        self.webs.set(self.web["here"])
        self.here.site.url = self.web["here"].url

    def _serve(self, release: Release) -> None:
        urls = release.start_servers("web", "realtime")
        self.web[release.name] = Server(release=release.name, url=urls["web"])
        self.realtime.append(Server(release=release.name, url=urls["realtime"]))


@contextmanager
def upgrading(folder: Path, database_url: str, before: Path) -> Iterator[Upgrade]:
    """On stores that the release in the folder `before` has made and nobody uses yet."""
    pair = redis_pair.start(folder)
    own = {
        "DATA": str(folder / "data"),
        "DATABASE_URL": database_url,
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
    }
    site = new_site(folder, children.free_port(), own)
    upgrade = Upgrade(
        before=Release(name="before", folder=before, site=site),
        here=Release(name="here", folder=ROOT, site=site),
    )
    try:
        upgrade.before.migrate()
        yield upgrade
    finally:
        site.stop()
        pair.stop()
