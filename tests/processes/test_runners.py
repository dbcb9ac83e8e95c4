"""What keeps processes alive: the same groups under honcho and under the units' command lines."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
import requests

from tests.factories import make_user
from tests.harness import children, machines, pictures, procfile, redis_pair, units
from tests.harness.sites import BIN, Site, new_site, status_of

if TYPE_CHECKING:
    from tests.harness.mariadb import MariaDB
    from tests.harness.outside import ObjectStore

pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
KINDS = tuple(kind for kind in procfile.commands() if kind != "release")
GROUPS = tuple(f"{kind}.0" if kind in machines.SERVERS else kind for kind in KINDS)
PORTS_APART = 100
"""honcho gives each line of the Procfile so many."""
WITHIN_S = 60


def post_a_picture(site: Site, web: str) -> None:
    """Takes the web process, and workers and a scheduler behind it."""
    from pigeon.services.accounts import sessions

    with site.app.app_context():
        token = sessions.create_token(make_user("ann").id)
    headers = {"Authorization": f"Bearer {token}"}
    files = {"images[]": ("a.jpg", pictures.jpeg(), "image/jpeg")}
    url = f"{web}/api/v1/posts"
    answer = requests.post(url, headers=headers, files=files, timeout=30)
    assert answer.status_code == 202, answer.text
    one = f"{url}/{answer.json()['id']}"

    def is_published() -> bool:
        state = requests.get(one, headers=headers, timeout=30).json()["state"]
        return bool(state == "published")

    children.wait_until(is_published, timeout_s=WITHIN_S, what="publishing")


def test_the_units_start_them(tmp_path: Path, mariadb: MariaDB, s3: ObjectStore) -> None:
    pair = redis_pair.start(tmp_path)
    shared = {
        "DATABASE_URL": mariadb.create("units"),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
        "MEDIA_URL": s3.media_url,
        **s3.env,
    }
    try:
        with machines.started(tmp_path, units.commands(), GROUPS, shared) as running:
            assert all(status_of(f"http://127.0.0.1:{p}/healthz") for p in running.ports.values())
            post_a_picture(running.site, running.site.url)
    finally:
        pair.stop()


def test_honcho_starts_them_and_ends_with_the_first(tmp_path: Path, mariadb: MariaDB) -> None:
    """As the operating page says: for trying out, since whatever dies takes the site along."""
    pair = redis_pair.start(tmp_path)
    port = _free_port_with_another()
    own = {
        "DATA": str(tmp_path / "data"),
        "DATABASE_URL": mariadb.create("honcho"),
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
        "GRACEFUL_S": "2",
    }
    site = new_site(tmp_path, port, own)
    try:
        procfile.run_release(site)
        site.start("honcho", [str(BIN / "honcho"), "start", "-p", str(port), *KINDS])
        realtime = f"http://127.0.0.1:{port + PORTS_APART}/readyz"
        site.wait(lambda: status_of(realtime) == 200)
        post_a_picture(site, site.url)
        _kill_the_worker_of("media", site)
        assert site.processes["honcho"].wait(WITHIN_S) != 0
        children.wait_until(lambda: status_of(f"{site.url}/healthz") is None, what="the end")
    finally:
        _end_group(site)
        site.stop()
        pair.stop()


def _free_port_with_another() -> int:
    while True:
        port = children.free_port()
        if port + PORTS_APART < 65_536 and not children.accepts(port + PORTS_APART):
            return port


def _kill_the_worker_of(queue: str, site: Site) -> None:
    for one in psutil.Process(site.processes["honcho"].pid).children(recursive=True):
        if one.cmdline()[-1:] == [f"{queue}=1"]:
            one.send_signal(signal.SIGKILL)
            return
    raise AssertionError(f"no worker of {queue}")


def _end_group(site: Site) -> None:
    """honcho starts each in a session of its own; what is left of them is ended by number."""
    honcho = site.processes.get("honcho")
    if honcho is None or honcho.poll() is not None:
        return
    for one in psutil.Process(honcho.pid).children(recursive=True):
        one.kill()
