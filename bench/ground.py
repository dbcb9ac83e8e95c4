"""The private servers, applications and processes that everything is measured on."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from flask import Flask

from bench import data, empty_page, people, redis_lists
from bench.plan import Plan
from config import Settings
from pigeon import create_app
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.processes import embedded
from pigeon.processes.syncing import kept_synced
from pigeon.services.accounts import sessions
from tests.harness import children, connections, mariadb, redis_pair
from tests.harness.environment import SAFE
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import Site, new_site, status_of
from tests.harness.stage import migrate

REDIS_MEMORY = "3gb"
MARIADB = (
    "SET GLOBAL innodb_buffer_pool_size=2147483648;"
    "SET GLOBAL innodb_log_file_size=536870912;"
    "SET GLOBAL innodb_flush_log_at_trx_commit={flush};"
)


class Ground:
    """A filled database, both Redis roles, and applications by settings."""

    def __init__(self, plan: Plan, folder: Path, redis: RedisPair, database_url: str) -> None:
        self.plan = plan
        self.folder = folder
        self.redis = redis
        self.database_url = database_url
        self.data: data.Data
        self._apps: dict[tuple[tuple[str, str], ...], Flask] = {}

    @property
    def is_sqlite(self) -> bool:
        return self.plan.database == "sqlite"

    def env(self, **changes: str) -> dict[str, str]:
        own = {
            "DATA": str(self.folder / "data"),
            "DATABASE_URL": self.database_url,
            "REDIS_CACHE_URL": self.redis.cache_url,
            "REDIS_STATE_URL": self.redis.state_url,
            "CELEBRITY_FOLLOWERS": str(self.plan.threshold),
            "LOG_LEVEL": "WARNING",
        }
        return SAFE | own | changes

    def app(self, **changes: str) -> Flask:
        """An application in this process; one per settings."""
        key = tuple(sorted(changes.items()))
        if key not in self._apps:
            self._apps[key] = create_app(settings=Settings.from_env(self.env(**changes)))
        return self._apps[key]

    @cached_property
    def lists(self) -> redis_lists.Lists:
        return redis_lists.Lists(self.redis, self.app().extensions["settings"].timeline_length)

    @cached_property
    def big_author(self) -> int:
        """Added, with everybody who follows them, when first asked for."""
        with self.app().app_context():
            return data.add_big_author(db.engine, self.plan, self.folder)

    @cached_property
    def rung_authors(self) -> dict[int, int]:
        """As `big_author`: by how many people hear of their posts."""
        with self.app().app_context():
            return data.add_rung_authors(db.engine, self.plan, self.folder)

    @cached_property
    def empty_app(self) -> Flask:
        """An application that has the empty page, too."""
        return empty_page.add_to(self.app(SITE_NAME="Empty"))

    def close(self) -> None:
        """Close every connection of this process."""
        for app in self._apps.values():
            connections.close(app)

    @contextmanager
    def processes(self) -> Iterator[Processes]:
        running = Processes(self)
        try:
            yield running
        finally:
            running.stop()

    def cookie_of(self, user_id: int) -> str:
        """A browser's cookie after its first page: signed in, with its token against forgery."""
        app = self.app()
        with app.app_context():
            token = sessions.start(user_id, caller=Caller())
        return people.sign_cookie(app, token)

    def token_of(self, user_id: int) -> str:
        """A personal access token."""
        with self.app().app_context():
            return sessions.create_token(user_id)


class Processes:
    """Processes of the Procfile, for one measurement."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sites: list[Site] = []
        self._awaited: list[tuple[Site, Path]] = []

    def web(self, module: str = "wsgi:app", **env: str) -> str:
        """One gunicorn sync worker, as the Procfile starts it; its address."""
        port = children.free_port()
        site = self._site(port, env | {"PIGEON_ROLE": "web"})
        worker = "pigeon.processes.gunicorn_sync.Worker"
        command = ["gunicorn", "-c", "gunicorn.conf.py", "-k", worker, module]
        site.start("web", command, PORT=str(port))
        children.wait_ready(
            site.processes["web"],
            lambda: status_of(f"{site.url}/healthz") == 200,
            log=site.log("web"),
            timeout_s=60,
        )
        return site.url

    def worker(self, *slots: str, **env: str) -> int:
        """`worker("media=4")`: a pool of workers; the parent's process id. See `wait`."""
        ready = self._ground.folder / f"{secrets.token_hex(4)}.ready"
        site = self._site(0, env | {"PIGEON_READY_FILE": str(ready)})
        site.start("worker", ["python", "-m", "pigeon.jobs.worker", *slots])
        self._awaited.append((site, ready))
        return site.processes["worker"].pid

    def wait(self) -> None:
        """Until every pool serves its queues."""
        for site, ready in self._awaited:
            process, log = site.processes["worker"], site.log("worker")
            children.wait_ready(process, ready.exists, log=log, timeout_s=60)
        self._awaited.clear()

    def run(self, name: str, command: list[str], **env: str) -> int:
        """Any other command of this site."""
        site = self._site(0, env)
        site.start(name, command)
        return site.processes[name].pid

    def pids(self) -> list[int]:
        """Of everything that was started, without its children."""
        return [process.pid for site in self._sites for process in site.processes.values()]

    def stop(self) -> None:
        """At once: nothing here is worth a farewell, and children die with their parents."""
        running = [process for site in self._sites for process in site.processes.values()]
        for process in running:
            process.kill()
        for process in running:
            process.wait()
        self._sites.clear()

    def _site(self, port: int, env: dict[str, str]) -> Site:
        logs = self._ground.folder / "logs" / secrets.token_hex(4)
        logs.mkdir(parents=True)
        site = new_site(logs, port, self._ground.env() | env)
        site.env["PUBLIC_URL"] = SAFE["PUBLIC_URL"]
        self._sites.append(site)
        return site


@contextmanager
def ground(plan: Plan) -> Iterator[Ground]:
    """Everything started, migrated and filled; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pigeon-bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        redis = redis_pair.start(folder)
        stack.callback(redis.stop)
        stack.enter_context(kept_synced(embedded.append_only_folder(folder)))
        redis.cache.config_set("maxmemory", REDIS_MEMORY)
        server = mariadb.start(folder, durable=True) if plan.database == "mariadb" else None
        if server:
            stack.callback(server.stop)
            server.execute(MARIADB.format(flush=0))
        url = server.create("bench") if server else f"sqlite:///{folder / 'bench.sqlite3'}"
        found = Ground(plan, folder, redis, url)
        stack.callback(found.close)
        migrate(found.app())
        with found.app().app_context():
            found.data = data.fill(db.engine, plan, folder)
        if server:
            server.execute(MARIADB.format(flush=1))
        yield found
