"""Fixtures: private servers per session, an application per test with empty stores, people, pages.

A test that takes `app` or `client` runs on SQLite; marked `both_databases`, or in tests/services
and tests/models, on MariaDB too. Marked `both_homes` it runs with messages in MongoDB besides,
on one server of its wire. Marked `both_modes` it runs as configured by default and in the
plain way (`CACHE=off FANOUT=off ASYNC=off WRITE_BACK=off`).
`@pytest.mark.env(REGISTRATION="closed")` changes settings.
"""

from __future__ import annotations

import dataclasses
import email
import email.policy
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import browser as browsers
from tests.harness import children, connections, counting, outside, redis_pair
from tests.harness import mariadb as mariadbs
from tests.harness import mongo as mongos
from tests.harness.environment import MODES
from tests.harness.mariadb import MariaDB
from tests.harness.procfile import procfile_site as run_procfile
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import Site
from tests.harness.sites import running_site as run_site

if TYPE_CHECKING:
    from flask import Flask

    from tests.harness.clients import Client
    from tests.harness.stage import Stage

pytest_plugins = ("tests.harness.second_look", "tests.harness.times")

HERE = Path(__file__).parent
ON_BOTH_DATABASES = (HERE / "services", HERE / "models")
MARIADB = pytest.param("mariadb", marks=pytest.mark.mariadb)
MONGO = pytest.param("mongo", marks=pytest.mark.mongo)
SHARED_SITES = ("site", "procfile_site")
HAS_FAILED = pytest.StashKey[bool]()


# -- pytest ----------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    definition = metafunc.definition
    on_both = bool(definition.get_closest_marker("both_databases")) or any(
        definition.path.is_relative_to(folder) for folder in ON_BOTH_DATABASES
    )
    in_homes = bool(definition.get_closest_marker("both_homes"))
    if "database" in metafunc.fixturenames and (on_both or in_homes):
        beside = [MARIADB] * on_both + [MONGO] * in_homes
        metafunc.parametrize("database", ["sqlite", *beside])
    if "mode" in metafunc.fixturenames and definition.get_closest_marker("both_modes"):
        metafunc.parametrize("mode", list(MODES))


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in this hook, too
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share a site run in the same worker, so that it is started once."""
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue  # its site is its module's own
        for name in SHARED_SITES:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))
    if getattr(config.option, "loadgroup", False):
        for item in items:
            _name_group(item)


def _name_group(item: pytest.Item) -> None:
    """xdist's scheduler knows the group by the end of the id.

    xdist 3.8 writes it where pytest 9.2 does not look (pytest-dev/pytest-xdist, issue 1386).
    """
    groups = sorted({str(mark.args[0]) for mark in item.iter_markers("xdist_group")})
    if groups:
        name = f"{item.id.rest}@{'_'.join(groups)}"
        item._id = type(item.id)(path=item.id.path, names=(name,))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One MariaDB for all xdist workers: the controller owns it, they get its socket."""
    config = node.config
    if not hasattr(config, "pigeon_mariadb"):
        config.pigeon_mariadb = _start_mariadb(config) if children.find("mariadbd") else None
    if config.pigeon_mariadb:
        node.workerinput["mariadb"] = str(config.pigeon_mariadb.path)


def _start_mariadb(config: pytest.Config) -> MariaDB:
    folder = _temporary_folder()
    config.add_cleanup(folder.cleanup)
    server = mariadbs.start(Path(folder.name))
    config.add_cleanup(server.stop)
    return server


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Short, for the paths of unix sockets."""
    return tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    item.stash[HAS_FAILED] = item.stash.get(HAS_FAILED, False) or report.failed
    return report


# -- servers ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """This worker's temporary folder."""
    with _temporary_folder() as name:
        yield Path(name)


@pytest.fixture(scope="session")
def redis_servers(folder: Path) -> Iterator[RedisPair]:
    pair = redis_pair.start(folder)
    yield pair
    pair.stop()


@pytest.fixture(scope="session")
def mariadb(request: pytest.FixtureRequest, folder: Path) -> Iterator[MariaDB]:
    found = getattr(request.config, "workerinput", {}).get("mariadb")
    if found:
        yield MariaDB(path=Path(found))
        return
    server = mariadbs.start(folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mongo_urls(folder: Path) -> Iterator[Callable[[str], str]]:
    """`mongo_urls(kind)` is that of an empty database of this worker; servers start when asked."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    given = os.environ.get("MONGO_URL", "")
    makers: dict[str, Callable[[str], str]] = {}
    with ExitStack() as stack:

        def url(kind: str) -> str:
            if kind not in makers:
                makers[kind] = stack.enter_context(mongos.checked_url(given, kind, folder))
            return makers[kind](f"pigeon_tests_{worker}")

        yield url


@pytest.fixture(scope="session")
def smtp() -> Iterator[outside.Mailbox]:
    with outside.smtp_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def s3() -> Iterator[outside.ObjectStore]:
    with outside.s3_server() as store:
        yield store


# -- the application -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def stage(
    request: pytest.FixtureRequest, folder: Path, redis_servers: RedisPair
) -> Iterator[Stage]:
    from tests.harness.stage import Stage

    stage = Stage(
        folder=folder,
        worker=os.environ.get("PYTEST_XDIST_WORKER", "main"),
        redis=redis_servers,
        mariadb=lambda: request.getfixturevalue("mariadb"),
    )
    yield stage
    stage.close()


@pytest.fixture
def database() -> str:
    """Where things are kept: `sqlite`, `mariadb`, or `mongo`: SQLite, with messages in MongoDB."""
    return "sqlite"


@pytest.fixture
def mode() -> str:
    return "full"


@pytest.fixture
def app(request: pytest.FixtureRequest, stage: Stage, database: str, mode: str) -> Iterator[Flask]:
    """The application with empty stores; its context is open during the test."""
    env = {}
    for marker in request.node.iter_markers("env"):
        env = marker.kwargs | env
    if database == "mongo":
        env |= {"MONGO_URL": request.getfixturevalue("mongo_urls")(mongos.KINDS[0])}
    app = stage.app("sqlite" if database == "mongo" else database, mode, env)
    connections.close_messages(app)  # it prepares its server anew, which is empty
    with app.app_context():
        yield app


@pytest.fixture
def plain_app(stage: Stage, database: str) -> Iterator[Flask]:
    """The application in the plain way: all in SQL, all in the request."""
    app = stage.app(database, "plain")
    with app.app_context():
        yield app


@pytest.fixture
def with_settings(app: Flask) -> Iterator[Callable[..., None]]:
    """`with_settings(public_reading=False)` until the test ends; for what is read at run time."""
    before = app.extensions["settings"]

    def change(**changes: Any) -> None:
        app.extensions["settings"] = dataclasses.replace(app.extensions["settings"], **changes)

    yield change
    app.extensions["settings"] = before


@pytest.fixture
def drain(app: Flask) -> Callable[[], int]:
    """`drain()` flushes, and does all jobs that wait, and those they bring about, in here."""
    from pigeon.jobs import runner
    from pigeon.services.write_backs import flusher
    from tests.harness.context import in_app

    def flush_and_run() -> int:
        flusher.drain(within_s=30)
        return runner.drain()

    return lambda: in_app(app, flush_and_run)


@pytest.fixture
def mails(app: Flask, drain: Callable[[], int]) -> Callable[[], list[EmailMessage]]:
    """`mails()` are those in the outbox folder, oldest first, once all jobs are done."""

    def read() -> list[EmailMessage]:
        drain()
        found = (app.extensions["settings"].data / "outbox").glob("*.eml")
        paths = sorted(found, key=os.path.getmtime)
        parsed = (
            email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in paths
        )
        return list(parsed)

    return read


@pytest.fixture
def queries() -> Callable[[], Any]:
    """`with queries() as sent:` lists the SQL statements of the block."""
    return counting.queries


@pytest.fixture
def redis_commands(redis_servers: RedisPair) -> Callable[[], Any]:
    """`with redis_commands() as counts:` counts the commands of the block, by name."""
    return lambda: counting.redis_commands((redis_servers.cache, redis_servers.state))


# -- clients ---------------------------------------------------------------------------------------


@pytest.fixture
def anonymous(app: Flask) -> Client:
    """A browser that nobody signed in with."""
    return _client(app)


@pytest.fixture
def client_for(app: Flask) -> Callable[[Any], Client]:
    """`client_for(ann)` is ann's browser."""

    def make(person: Any) -> Client:
        client = _client(app)
        client.sign_in(person.id)
        return client

    return make


@pytest.fixture
def token_client(app: Flask) -> Callable[[Any], Client]:
    """`token_client(ann)` is a program with a personal access token of ann's."""

    def make(person: Any) -> Client:
        client = _client(app)
        client.use_token(person.id)
        return client

    return make


def _client(app: Flask) -> Client:
    client: Any = app.test_client()
    return client


# -- processes and browsers ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[Site]:
    """A site as `make run` starts it, one for the session."""
    with run_site(folder / "site") as site:
        yield site


@pytest.fixture
def running_site() -> Iterator[Callable[..., Site]]:
    """`running_site(REGISTRATION="closed")` is a site of this test alone."""
    with ExitStack() as stack:

        def start(**env: str) -> Site:
            place = Path(stack.enter_context(_temporary_folder()))
            return stack.enter_context(run_site(place, **env))

        yield start


@pytest.fixture(scope="session")
def procfile_site(folder: Path, mariadb: MariaDB) -> Iterator[Site]:
    """The Procfile's processes behind nginx on MariaDB, one for the session."""
    with run_procfile(
        folder / "procfile",
        mariadb.create(f"procfile_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"),
    ) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Not for the session: while Playwright is there, no other test could use asyncio."""
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def visits(request: pytest.FixtureRequest, browser: Any) -> Iterator[browsers.Visits]:
    """Pages of this test; when it fails, pictures of them are kept."""
    visits = browsers.Visits(browser)
    yield visits
    failed = request.node.stash.get(HAS_FAILED, False)
    shots = Path(tempfile.mkdtemp(prefix="pigeon-shots-")) if failed else None
    for path in visits.close(shots):
        request.node.add_report_section("teardown", "screenshots", str(path))
    assert failed or not visits.faults, visits.faults


@pytest.fixture
def page_for(visits: browsers.Visits) -> Callable[..., Any]:
    """`page_for(site, ann)` is a page in a browser of ann's own; options are Playwright's."""

    def open_page(site: Site, person: Any = None, **options: Any) -> Any:
        page = visits.open(site.url, **options)
        if person is not None:
            browsers.sign_in(page, person.username, person.password)
        return page

    return open_page
