"""The supervisor with real Redis servers, real gunicorn and a stand-in for the application."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import redis
from websocket import WebSocket, WebSocketException, create_connection

from pigeon.processes import embedded, plan, supervisor
from pigeon.processes.plan import plan_from

REPOSITORY = Path(__file__).parents[2]
RUN = """
import os, sys
from pathlib import Path
from pigeon.processes.start import run
sys.exit(run(os.environ, root=Path(sys.argv[1])))
"""

pytestmark = pytest.mark.processes
HANG_S = 60  # by far longer than a healthy stop takes on a busy machine


@dataclass(frozen=True, kw_only=True)
class Site:
    """A started supervisor, its output so far in a file."""

    popen: subprocess.Popen[bytes]
    data: Path
    port: int
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_ready(self) -> Site:
        eventually(lambda: "is ready" in self.output or self.popen.poll() is not None, 60)
        assert self.popen.poll() is None, self.output
        return self

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.popen.pid).children(recursive=True)

    def state(self) -> redis.Redis:
        return redis.Redis.from_url(embedded.socket_urls(self.data)[1])

    def pid_of(self, word: str) -> int:
        return next(p.pid for p in self.processes() if word in " ".join(p.cmdline()))


def eventually(is_so: Callable[[], object], within_s: float = 30) -> None:
    """Poll until something is so; fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(site: Site) -> bool:
    try:
        return bool(site.state().ping())
    except redis.RedisError:
        return False


def commands(site: Site) -> str:
    return "\n".join(" ".join(process.cmdline()) for process in site.processes())


Start = Callable[..., Site]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    root = tmp_path / "root"
    shutil.copytree(Path(__file__).parent / "stand_in", root)
    shutil.copytree(REPOSITORY / "pigeon" / "processes", root / "pigeon" / "processes")
    shutil.copy(REPOSITORY / "gunicorn.conf.py", root)
    sites: list[Site] = []

    def start_site(**env: str) -> Site:
        log = tmp_path / f"log-{len(sites)}"
        port = int(env.pop("PORT", 0)) or free_port()
        settings = {"DATA": str(tmp_path / "data"), "PORT": str(port), "DEMO": "off", **env}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("REDIS", "SECRET"))}
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-c", RUN, str(root)],
                cwd=REPOSITORY,
                env={**kept, **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        sites.append(Site(popen=popen, data=Path(settings["DATA"]), port=port, log=log))
        return sites[-1]

    yield start_site
    for site in sites:
        site.popen.kill()
        site.popen.wait()


def test_kill_9_of_the_supervisor_leaves_no_process_behind(start: Start) -> None:
    site = start().wait_ready()
    processes = site.processes()
    assert len(processes) >= 6  # two Redis, gunicorn and its worker, worker, scheduler

    site.popen.kill()
    site.popen.wait()

    _, alive = psutil.wait_procs(processes, timeout=20)
    assert alive == []


def test_what_state_redis_acknowledged_survives_kill_9_of_everything(start: Start) -> None:
    site = start().wait_ready()
    site.state().set("liked", "yes")
    processes = site.processes()
    site.popen.kill()
    psutil.wait_procs(processes, timeout=20)

    again = start().wait_ready()

    assert again.state().get("liked") == b"yes"


def test_a_killed_redis_comes_back_with_its_data(start: Start) -> None:
    site = start().wait_ready()
    site.state().set("liked", "yes")
    old = site.pid_of("state.sock")

    os.kill(old, signal.SIGKILL)

    eventually(lambda: answers(site))
    assert site.state().get("liked") == b"yes"
    assert site.pid_of("state.sock") != old


def test_a_redis_that_dies_while_others_start_is_started_again(
    start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    site = start(LATE=str(gate))
    eventually(lambda: "Starting" in site.output)
    old = site.pid_of("state.sock")

    os.kill(old, signal.SIGKILL)

    eventually(lambda: "redis-state was ended by SIGKILL; again in 0.2 s" in site.output)
    eventually(lambda: answers(site))
    assert site.pid_of("state.sock") != old
    gate.touch()
    site.wait_ready()


@pytest.mark.parametrize("kind", ["-m gunicorn", "jobs.worker", "jobs.scheduler"])
def test_a_killed_process_is_started_again(start: Start, kind: str) -> None:
    site = start().wait_ready()
    old = site.pid_of(kind)
    ready_files = sorted((site.data / "run").glob("*.ready"))
    assert [path.name for path in ready_files] == ["scheduler.ready", "worker.ready"]

    os.kill(old, signal.SIGKILL)

    eventually(lambda: "SIGKILL; again in 0.2 s" in site.output)
    eventually(lambda: kind in commands(site) and site.pid_of(kind) != old)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(start: Start, number: int) -> None:
    site = start(STUBBORN="on").wait_ready()
    site.state().set("liked", "yes")
    processes = site.processes()

    site.popen.send_signal(number)
    assert site.popen.wait(timeout=HANG_S) == 0

    _, alive = psutil.wait_procs(processes, timeout=0)
    assert alive == []
    assert "worker would not stop and is killed" in site.output
    assert start().wait_ready().state().get("liked") == b"yes"


def test_a_stop_is_planned_to_take_less_than_ten_seconds() -> None:
    """Whoever runs us kills after that; who is still there by then is killed before."""
    assert plan.GRACEFUL_S < supervisor.STOP_WITHIN_S
    assert supervisor.STOP_WITHIN_S + supervisor.REDIS_WITHIN_S < 10


def test_open_sockets_do_not_delay_a_stop(start: Start) -> None:
    """Not by what gunicorn would give requests; both stops are made in the same run."""
    without_s = _stopped_in(start().wait_ready(), lambda: None)
    site = start().wait_ready()
    client = create_connection(
        f"ws://127.0.0.1:{site.port}/socket.io/?EIO=4&transport=websocket", timeout=HANG_S
    )
    assert str(client.recv()).startswith("0{")

    assert _stopped_in(site, lambda: _read_to_end(client)) < without_s + plan.GRACEFUL_S / 2


def _stopped_in(site: Site, meanwhile: Callable[[], None]) -> float:
    began = time.monotonic()
    site.popen.terminate()
    meanwhile()
    site.popen.wait(timeout=HANG_S)
    return time.monotonic() - began


def _read_to_end(client: WebSocket) -> None:
    try:
        while client.recv():
            pass
    except (WebSocketException, OSError):
        pass
    finally:
        client.shutdown()


def test_a_second_start_on_the_same_data_says_so_and_ends(start: Start) -> None:
    site = start().wait_ready()
    second = start()

    assert second.popen.wait(timeout=10) == 1
    expected = f"A site already runs on {site.data} (process {site.popen.pid})."
    assert second.output.strip() == expected
    assert answers(site)


def test_a_taken_port_is_named_before_anything_starts(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        site = start(PORT=str(taken.getsockname()[1]))
        assert site.popen.wait(timeout=10) == 1

    assert f"Port {site.port} is taken." in site.output


VERSIONS = {
    "Redis server v=6.2.14 sha=40305114:0 malloc=libc bits=64 build=dff95a8e7a99d269": 6,
    "Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64 build=1536df31c0395150": 9,
}


@pytest.mark.parametrize(("told", "major"), VERSIONS.items())
def test_data_of_a_newer_redis_are_no_empty_start_of_an_older_one(
    tmp_path: Path, told: str, major: int
) -> None:
    binary = tmp_path / "server"
    binary.write_text(f"#!/bin/sh\necho '{told}'\n")
    binary.chmod(0o700)
    assert embedded.server_major(binary) == major
    embedded.refuse_newer_data(tmp_path, binary=binary)

    (embedded.append_only_folder(tmp_path) / "appendonlydir").mkdir(parents=True)

    if major >= 7:
        embedded.refuse_newer_data(tmp_path, binary=binary)
        return
    with pytest.raises(SystemExit, match="written by a newer Redis"):
        embedded.refuse_newer_data(tmp_path, binary=binary)


def test_a_start_on_data_of_a_newer_redis_is_refused_in_one_line(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "data" / "redis" / "state" / "appendonlydir").mkdir(parents=True)
    site = start()
    if embedded.server_major(embedded.server_binary()) >= 7:
        site.wait_ready()
        return

    assert site.popen.wait(timeout=20) == 1
    (line,) = site.output.splitlines()
    assert "REDIS_STATE_URL" in line and "Python" in line
    assert not (tmp_path / "data" / "redis" / "state" / "appendonly.aof").exists()
    elsewhere = start(REDIS_STATE_URL="redis://127.0.0.1:1/0")
    elsewhere.wait_ready()


def test_a_folder_that_cannot_be_written_is_one_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    site = start(DATA=str(tmp_path / "file" / "data"))

    assert site.popen.wait(timeout=20) == 1
    assert site.output.strip() == f"{tmp_path}/file/data cannot be written: Not a directory."


def test_a_failed_migration_ends_the_start_with_its_words(start: Start) -> None:
    site = start(UPGRADE="fails")

    assert site.popen.wait(timeout=20) == 1
    assert "the schema is from the future" in site.output
    assert "The site did not start: migrate ended with status 1." in site.output


def test_the_first_start_keeps_a_secret_and_fills_the_demo_once(start: Start) -> None:
    first = start(DEMO="on").wait_ready()
    secret = (first.data / "secret_key").read_text()
    assert "coo-coo-coo" in first.output
    first.popen.terminate()
    first.popen.wait(timeout=10)

    second = start(DEMO="on").wait_ready()

    assert "coo-coo-coo" in second.output
    assert (second.data / "demo-runs").read_text() == "x"
    assert (second.data / "secret_key").read_text() == secret
    assert len(secret.strip()) == 64
    assert stat.S_IMODE((second.data / "secret_key").stat().st_mode) == 0o600


def test_what_a_site_keeps_is_readable_for_its_user_alone(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    site = start(DEMO="on").wait_ready()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    eventually(lambda: len(list(site.data.rglob("*"))) > 10)
    for path in site.data.rglob("*"):
        mode = path.lstat().st_mode
        assert not mode & 0o077 or stat.S_ISLNK(mode), path


def test_a_new_data_folder_is_private_and_a_group_that_was_let_in_stays(
    start: Start, tmp_path: Path
) -> None:
    fresh = start(DATA=str(tmp_path / "fresh" / "data")).wait_ready()
    assert stat.S_IMODE(fresh.data.stat().st_mode) == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o710)
    start(DATA=str(shared)).wait_ready()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o710


def test_a_development_site_that_others_reach_is_warned_of(start: Start, tmp_path: Path) -> None:
    site = start(HOST="0.0.0.0").wait_ready()
    assert "WARNING: with HOST=0.0.0.0 everybody who reaches this machine" in site.output
    assert site.output.count("WARNING") == 1
    quiet = start(HOST="0.0.0.0", ENVIRONMENT="production", DATA=str(tmp_path / "b")).wait_ready()
    assert "WARNING" not in quiet.output
    alone = start(DATA=str(tmp_path / "c")).wait_ready()
    assert "WARNING" not in alone.output


def test_production_gets_neither_a_demo_nor_a_secret(start: Start) -> None:
    site = start(ENVIRONMENT="production", DEMO="on").wait_ready()

    assert not (site.data / "demo.json").exists()
    assert not (site.data / "secret_key").exists()


def test_each_redis_has_the_policy_of_its_role(start: Start) -> None:
    site = start().wait_ready()
    cache, state = (redis.Redis.from_url(url) for url in embedded.socket_urls(site.data))

    expected = ((cache, "allkeys-lru", "no", "everysec"), (state, "noeviction", "yes", "no"))
    for client, policy, aof, sync in expected:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": policy}
        assert client.config_get("appendonly") == {"appendonly": aof}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendfsync") == {"appendfsync": sync}
        assert client.config_get("port") == {"port": "0"}
    assert cache.config_get("maxmemory") == {"maxmemory": str(256 * 1024 * 1024)}


def test_pages_and_sockets_apart_take_consecutive_ports(tmp_path: Path) -> None:
    plan = plan_from({"DATA": str(tmp_path), "PORT": "9000", "WEB": "2", "REALTIME": "1"})

    names = [process.name for process in plan.servers]
    assert names == ["web:9000", "web:9001", "realtime:9002", "worker", "scheduler"]
    assert plan.needs_nginx
    assert {p.env["PORT"] for p in plan.servers[:3]} == {"9000", "9001", "9002"}


def test_one_gevent_server_is_the_default(tmp_path: Path) -> None:
    plan = plan_from({"DATA": str(tmp_path), "WORKER_MEDIA": "4", "WORKER_MAIL": "0"})

    assert [process.name for process in plan.servers] == ["realtime:8000", "worker", "scheduler"]
    slots = plan.servers[1].command[3:]
    assert slots == ("fanout=1", "fanout-bulk=1", "notify=1", "media=4", "default=1")
    assert plan.address == "http://127.0.0.1:8000"


def test_a_given_redis_is_not_embedded(tmp_path: Path) -> None:
    env = {"DATA": str(tmp_path), "REDIS_STATE_URL": "redis://state.example:6379/0"}
    plan = plan_from(env)

    assert [process.name for process in plan.redis] == ["redis-cache"]
    assert plan.env["REDIS_STATE_URL"] == "redis://state.example:6379/0"
    assert plan.env["REDIS_CACHE_URL"] == embedded.socket_urls(tmp_path)[0]
    assert plan_from({"DATA": str(tmp_path), "REDIS_URL": "redis://r.example"}).redis == ()


@pytest.mark.parametrize("name", ["PORT", "WEB", "WORKER_FANOUT_BULK"])
def test_a_count_that_is_no_number_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit, match=f"{name} must be a whole number, not 'many'"):
        plan_from({"DATA": str(tmp_path), name: "many"})


def test_a_long_data_path_gets_short_sockets_that_every_process_finds() -> None:
    data = Path("/srv") / ("pigeon" * 20)
    cache, state = embedded.socket_urls(data)

    assert cache != state
    assert (cache, state) == embedded.socket_urls(data)
    for role in embedded.ROLES:
        path = embedded.socket_path(role, data)
        assert len(os.fsencode(path)) < embedded.SOCKET_PATH_BYTES
        assert path.parent.parent == Path("/tmp")


def test_socket_urls_are_absolute_and_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    assert embedded.socket_urls(Path("var")) == embedded.socket_urls(tmp_path / "var")
    cache, _ = embedded.socket_urls(Path("/srv/a b?"))
    assert cache == "unix:///srv/a%20b%3F/redis/cache.sock?db=0"
