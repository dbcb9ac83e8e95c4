"""The processes of the Procfile behind real nginx: two servers of each kind, all workers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness import children, redis_pair
from tests.harness.environment import ROOT
from tests.harness.redis_pair import RedisPair
from tests.harness.sites import START_S, Site, new_site, status_of

SERVERS = {"web": 2, "realtime": 2}


def commands(root: Path = ROOT) -> dict[str, str]:
    """Process kinds and their commands."""
    lines = (root / "Procfile").read_text().splitlines()
    return {kind: command.strip() for kind, _, command in (line.partition(":") for line in lines)}


@contextmanager
def procfile_site(folder: Path, database_url: str, **env: str) -> Iterator[Site]:
    """Migrated by the `release` line, then everything else; ready when all are."""
    children.require("nginx", package="nginx")
    folder.mkdir(parents=True)
    pair = redis_pair.start(folder)
    site = new_site(folder, children.free_port(), _production(folder, database_url, pair) | env)
    try:
        run_release(site)
        ports = {
            kind: [_start_server(site, kind, n) for n in range(SERVERS[kind])] for kind in SERVERS
        }
        workers = [kind for kind in commands() if kind not in (*SERVERS, "release")]
        for kind in workers:
            _start(site, kind, kind, PIGEON_READY_FILE=str(folder / f"{kind}.ready"))
        start_nginx(site, folder, ports)
        site.wait()
        for port in (*ports["web"], *ports["realtime"]):
            wait_for_server(port)
        for kind in workers:
            children.wait_until((folder / f"{kind}.ready").exists, timeout_s=START_S, what=kind)
        yield site
    finally:
        site.stop()
        pair.stop()


def _production(folder: Path, database_url: str, pair: RedisPair) -> dict[str, str]:
    return {
        "DATA": str(folder / "data"),
        "DATABASE_URL": database_url,
        "REDIS_CACHE_URL": pair.cache_url,
        "REDIS_STATE_URL": pair.state_url,
        "TRUSTED_PROXIES": "1",
        "ACCEL_REDIRECT": "on",
        "GRACEFUL_S": "5",
    }


def run_release(site: Site) -> None:
    command = ["sh", "-c", commands()["release"]]
    done = subprocess.run(command, env=site.env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _start_server(site: Site, kind: str, number: int) -> int:
    port = children.free_port()
    _start(site, kind, f"{kind}.{number}", PORT=str(port))
    return port


def wait_for_server(port: int) -> None:
    """Itself, since nginx asks another one for as long as this one does not answer."""
    url = f"http://127.0.0.1:{port}/healthz"
    children.wait_until(lambda: status_of(url) == 200, timeout_s=START_S, what=url)


def _start(site: Site, kind: str, name: str, **env: str) -> None:
    site.start(name, ["sh", "-c", commands()[kind]], **env)


def start_nginx(site: Site, folder: Path, ports: dict[str, list[int]]) -> None:
    nginx = children.require("nginx", package="nginx")
    run = folder / "nginx"
    run.mkdir()
    upstreams = {
        kind: " ".join(f"server 127.0.0.1:{port};" for port in found)
        for kind, found in ports.items()
    }
    names = {
        "LISTEN": site.url.removeprefix("http://"),
        "WEB": upstreams["web"],
        "REALTIME": upstreams["realtime"],
        "STATIC": str(ROOT / "pigeon" / "static"),
        "MEDIA": str(folder / "data" / "media"),
        "RUN": str(run),
        "PROXIES": "192.0.2.1",
    }
    text = (ROOT / "nginx.conf").read_text()
    for name, value in names.items():
        text = text.replace(f"@{name}@", value)
    (run / "nginx.conf").write_text(text)
    also = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    site.start(
        "nginx", [nginx, "-c", str(run / "nginx.conf"), "-e", str(run / "error.log"), "-g", also]
    )
