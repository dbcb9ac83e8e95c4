"""The Redis servers that come with a site: their data, their policies, their sockets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import redis

from pigeon.processes import embedded
from tests.harness.stand_in import HANG_S, Start

pytestmark = pytest.mark.processes
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

    assert site.popen.wait(timeout=HANG_S) == 1
    (line,) = site.output.splitlines()
    assert "REDIS_STATE_URL" in line and "Python" in line
    assert not (tmp_path / "data" / "redis" / "state" / "appendonly.aof").exists()
    elsewhere = start(REDIS_STATE_URL="redis://127.0.0.1:1/0")
    elsewhere.wait_ready()


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
