"""A site in parts: servers of its own that a test stops, and processes that it starts singly."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.harness import children, mariadb, redis_pair
from tests.harness.mariadb import MariaDB
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import START_S, Site, new_site, status_of
from tests.harness.stage import migrate

DATABASE = "parts"
WORKER = "pigeon.processes.gunicorn_sync.Worker"
WEB = ("gunicorn", "-c", "gunicorn.conf.py", "-k", WORKER, "wsgi:app")


@dataclass(kw_only=True)
class Parts:
    """`site.processes` are what runs; its stores outlive all of them."""

    site: Site
    folder: Path
    redis: RedisPair
    sql: MariaDB

    def web(self, name: str, **env: str) -> str:
        """Start a web process and wait for it; its address."""
        port = children.free_port()
        url = f"http://127.0.0.1:{port}"
        self.site.start(name, list(WEB), PIGEON_ROLE="web", PORT=str(port), **env)
        self._wait(name, lambda: status_of(f"{url}/readyz") == 200)
        return url

    def scheduler(self, name: str, **env: str) -> None:
        self._start_module(name, "pigeon.jobs.scheduler", **env)

    def worker(self, name: str, *queues: str, **env: str) -> None:
        self._start_module(name, "pigeon.jobs.worker", *queues, **env)

    def _start_module(self, name: str, module: str, *arguments: str, **env: str) -> None:
        ready = self.folder / f"{name}.ready"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", module, *arguments]
        self.site.start(name, command, PIGEON_READY_FILE=str(ready), **env)
        self._wait(name, ready.exists)

    def _wait(self, name: str, is_ready: object) -> None:
        process, log = self.site.processes[name], self.site.log(name)
        children.wait_ready(process, is_ready, log=log, timeout_s=START_S)  # type: ignore[arg-type]

    def wait_killed(self, name: str) -> None:
        """Until this process has been killed at its crash point."""
        process = self.site.processes.pop(name)
        assert process.wait(30) == -signal.SIGKILL, self.site.log(name).read_text()[-2_000:]

    def stop(self, *names: str) -> None:
        """End processes at once: what they held is another test's no more."""
        for name in names:
            process = self.site.processes.pop(name, None)
            if process is not None:
                process.kill()
                process.wait()

    def kill_redis(self) -> None:
        self.redis.processes["state"].kill()
        self.redis.processes["state"].wait()

    def start_redis(self) -> None:
        """Again, with what it had written."""
        self.redis.processes["state"] = redis_pair.start_one("state", self.folder)

    def kill_sql(self) -> None:
        assert self.sql.process is not None
        self.sql.process.kill()
        self.sql.process.wait()

    def start_sql(self) -> None:
        self.sql = mariadb.start(self.folder, durable=True)

    def freeze_sql(self) -> None:
        """It holds its connections and answers nobody."""
        assert self.sql.process is not None
        children.pause(self.sql.process.pid)

    def thaw_sql(self) -> None:
        assert self.sql.process is not None
        os.kill(self.sql.process.pid, signal.SIGCONT)


@contextmanager
def started_parts(folder: Path, **env: str) -> Iterator[Parts]:
    """Redis and a MariaDB that survives a kill, migrated; no process of the application yet."""
    sql = mariadb.start(folder, durable=True)
    pair = redis_pair.start(folder)
    own = {
        "DATA": str(folder / "data"),
        "DATABASE_URL": sql.create(DATABASE),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
    }
    site = new_site(folder, children.free_port(), own | env)
    parts = Parts(site=site, folder=folder, redis=pair, sql=sql)
    try:
        migrate(site.app)
        yield parts
    finally:
        site.stop()
        pair.stop()
        parts.sql.stop()
