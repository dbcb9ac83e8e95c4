"""What every other test takes for granted."""

from __future__ import annotations

import ast
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.extensions import cache, db, settings, state
from pigeon.models import FollowModel, PostModel, UserModel
from tests.factories import make_follow, make_post, make_user
from tests.harness import children
from tests.harness.context import concurrently
from tests.harness.environment import ROOT
from tests.harness.sites import new_site
from tests.harness.stage import forget

KEPT = {
    "pigeon.jobs.registry.JOBS",  # filled when modules are imported
    "pigeon.cache.resp._pools",  # connections, by address
    "pigeon.realtime.push._emitters",  # connections, by process and address
}
LEAVES_A_SERVER = """
import os, pathlib, sys
from tests.harness import redis_pair
pair = redis_pair.start(pathlib.Path(sys.argv[1]))
print(*(process.pid for process in pair.processes.values()), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_empty_stores(app: Flask, turn: int) -> None:
    assert db.session.scalar(select(func.count()).select_from(UserModel)) == 0
    assert not cache.client.dbsize() and not state.client.dbsize()
    assert not [path for path in settings().data.rglob("*") if path.is_file()]
    make_post(images=1)
    cache.client.set("left", "over")


def test_what_a_process_remembers_is_forgotten_between_tests() -> None:
    """What begins empty in a module, and fills, is in the table of `stage` or in `KEPT`."""
    found = dict(_begun_empty())
    assert found.keys() >= KEPT
    remembered = {name: value for name, value in found.items() if name not in KEPT}
    for value in remembered.values():
        value.update(["mark"] if isinstance(value, set) else {"mark": 1})
    forget()
    assert {name for name, value in remembered.items() if value} == set()


def _begun_empty() -> Iterator[tuple[str, Any]]:
    """Name and value of every container of the application that its module makes empty."""
    for path in sorted((ROOT / "pigeon").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and _makes_nothing(node.value):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                variable = ast.unparse(target)
                yield f"{name}.{variable}", getattr(import_module(name), variable)


def _makes_nothing(value: ast.expr | None) -> bool:
    makers = ("set", "dict", "Counter", "OrderedDict", "defaultdict", "deque")
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in makers and not value.args
    return isinstance(value, ast.Dict | ast.List) and not (
        value.keys if isinstance(value, ast.Dict) else value.elts
    )


@pytest.mark.both_databases
@pytest.mark.both_modes
def test_a_follow_over_http_is_seen_by_the_test(
    app: Flask, client_for: Callable[..., Any], drain: Callable[[], int], mode: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    status, body = client_for(ann).api("PUT", "/users/ben/follow")
    assert (status, body["viewer"]["follow"]) == (200, "following")
    assert db.session.scalar(select(FollowModel.follower_id)) == ann.id
    assert settings().fanout is (mode == "full")
    drain()
    assert client_for(ben).api("GET", "/users/ben")[1]["follower_count"] == 1


def test_requests_of_different_people_do_not_mix(
    app: Flask, client_for: Callable[..., Any], token_client: Callable[..., Any], anonymous: Any
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    assert client_for(ann).api("GET", "/me")[1]["username"] == "ann"
    assert token_client(ben).api("GET", "/me")[1]["username"] == "ben"
    assert anonymous.api("GET", "/me")[0] == 401


@pytest.mark.both_databases
def test_a_made_post_is_in_the_readers_timeline(
    app: Flask, client_for: Callable[..., Any], drain: Callable[[], int]
) -> None:
    ann, ben = make_user(), make_user()
    make_follow(ann, ben)
    post = make_post(ben, caption="over the roofs", images=2, alt="roofs")
    drain()
    (item,) = client_for(ann).api("GET", "/timeline")[1]["items"]
    assert item["id"] == str(post.id)
    assert client_for(ann).get(item["images"][0]["thumb_url"]).status_code == 200


@pytest.mark.env(PUBLIC_READING="off")
def test_settings_of_a_test_are_its_own(app: Flask, anonymous: Any) -> None:
    make_user("ann")
    assert anonymous.api("GET", "/users/ann")[0] == 401


def test_what_goes_to_the_stores_is_counted(
    app: Flask, queries: Callable[[], Any], redis_commands: Callable[[], Any]
) -> None:
    for client in (cache.client, state.client):
        client.connection_pool.disconnect()  # how a new one introduces itself is not counted
    with queries() as sent, redis_commands() as commands:
        db.session.scalar(select(func.count()).select_from(PostModel))
        cache.client.get("nothing")
        state.client.pipeline().set("a", 1).get("a").execute()
    assert len(sent) == 1
    assert commands == {"get": 2, "set": 1, "multi": 1, "exec": 1}


@pytest.mark.both_databases
def test_calls_really_run_at_the_same_time(app: Flask) -> None:
    names = ["same"] * 4
    results = concurrently(app, [lambda name=name: make_user(name) for name in names])
    assert sum(not isinstance(result, Exception) for result in results) == 1


def test_servers_end_with_a_worker_that_is_killed(folder: Path) -> None:
    place = folder / "killed"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_A_SERVER, str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2, done.stderr
    children.wait_until(lambda: not any(_runs(pid) for pid in pids), what="the end of both")


def test_a_site_that_was_stopped_leaves_no_connection_open(app: Flask, tmp_path: Path) -> None:
    """From Python 3.13 on, one that nobody closed is an error in another test."""
    found = settings()
    urls = {"REDIS_CACHE_URL": found.redis_cache_url, "REDIS_STATE_URL": found.redis_state_url}
    own = {"DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'its.sqlite3'}"}
    site = new_site(tmp_path, children.free_port(), own | urls)
    with site.app.app_context(), db.engine.connect() as used:
        connection = used.connection.dbapi_connection
    site.stop()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.both_databases
def test_emptying_the_stores_is_a_statement_a_table(
    app: Flask, stage: Any, database: str, queries: Callable[[], Any]
) -> None:
    make_post(make_user(), images=2)
    with queries() as sent:
        assert stage.app(database, "full") is app
    puts_back_the_row_of_migrations = 1
    assert len(sent) == len(db.metadata.tables) + puts_back_the_row_of_migrations


@pytest.mark.browser
@pytest.mark.processes
def test_a_site_and_a_browser(site: Any, page_for: Callable[..., Any]) -> None:
    with site.app.app_context():
        ann = make_user(f"ann{os.getpid()}")
    page = page_for(site, ann)
    assert page.locator(f"text={ann.username}").count()


@pytest.mark.processes
def test_the_procfile_behind_nginx(procfile_site: Any) -> None:
    from tests.harness.sites import status_of

    assert status_of(f"{procfile_site.url}/") == 200
    assert status_of(f"{procfile_site.url}/metrics") == 404
