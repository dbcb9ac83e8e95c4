"""What is started with which settings; a plan alone starts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings
from pigeon.processes import embedded, mongo, plan, supervisor
from pigeon.processes.plan import plan_from


def test_a_stop_is_planned_to_take_less_than_ten_seconds() -> None:
    """Whoever runs us kills after that; who is still there by then is killed before."""
    assert plan.GRACEFUL_S < supervisor.STOP_WITHIN_S
    assert supervisor.STOP_WITHIN_S + supervisor.STORES_WITHIN_S < 10


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


def test_a_server_of_messages_is_started_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "SERVER", tmp_path / "server")
    asked = {"DATA": str(tmp_path), "MONGO": "on"}
    with pytest.raises(SystemExit, match="which make run MONGO=on installs"):
        plan_from(asked)
    mongo.SERVER.touch()
    plan = plan_from(asked)
    (server,) = plan.mongo
    port = server.command[server.command.index("--port") + 1]
    assert plan.env["MONGO_URL"] == f"mongodb://127.0.0.1:{port}/pigeon"
    assert str(tmp_path / "mongodb") in server.command
    for off in ({"DATA": str(tmp_path)}, asked | {"MONGO": "off"}):
        assert plan_from(off).mongo == () and "MONGO_URL" not in plan_from(off).env


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"MONGO": "yes"}, "MONGO must be on or off, not 'yes'"),
        ({"MONGO": "on", "MONGO_URL": "mongodb://a"}, "leave MONGO_URL out"),
        ({"MONGO": "on", "ENVIRONMENT": "production"}, "set MONGO_URL to your MongoDB"),
    ],
)
def test_a_server_of_messages_is_for_trying(
    tmp_path: Path, env: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        plan_from({"DATA": str(tmp_path)} | env)


def test_commands_beside_a_site_find_its_server_of_messages(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    env = {"DATA": str(tmp_path)}
    mongo.keep_url(tmp_path, "mongodb://127.0.0.1:4711/pigeon")
    assert Settings.from_env(env).mongo_url == "mongodb://127.0.0.1:4711/pigeon"
    assert Settings.from_env(env | {"MONGO_URL": "mongodb://a"}).mongo_url == "mongodb://a"
    mongo.keep_url(tmp_path, "")
    assert Settings.from_env(env).mongo_url == ""
