"""What does not start, or not silently: without a key, undecided, or open to others by accident."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.harness import children
from tests.harness.environment import ROOT
from tests.harness.procfile import commands
from tests.harness.sites import BIN

pytestmark = [pytest.mark.processes]
END_S = 60
KINDS = ("release", "web", "realtime", "worker-mail", "scheduler")  # the workers differ in a name
SAFE_PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 64,
    "PUBLIC_URL": "https://pigeon.test",
    "MAIL_URL": "smtp://127.0.0.1:9",
    "REDIS_CACHE_URL": "redis://127.0.0.1:9/0",
    "REDIS_STATE_URL": "redis://127.0.0.1:9/1",
}


def environment(data: Path) -> dict[str, str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "DATA": str(data), "PORT": str(children.free_port())}


def started(command: str, data: Path, **env: str) -> tuple[int, str]:
    """How a command ended that must not go on, and what it said."""
    done = subprocess.run(
        ["sh", "-c", command],
        env=environment(data) | env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=END_S,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_secret_key_no_process_starts(kind: str, tmp_path: Path) -> None:
    status, said = started(commands()[kind], tmp_path / "data")
    assert status != 0
    assert [line for line in said.splitlines() if line.startswith("SECRET_KEY is not set")]
    assert "Traceback" not in said


@pytest.mark.parametrize("content", ["", "\n"])
def test_a_kept_key_that_is_empty_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    status, said = started("flask --app wsgi config show", tmp_path)
    assert status != 0 and "SECRET_KEY is not set" in said


def test_a_kept_key_is_enough_for_a_command(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("0" * 64 + "\n")
    status, said = started("flask --app wsgi db upgrade", tmp_path)
    assert status == 0, said


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    status, said = started("flask --app wsgi config show", tmp_path, SECRET_KEY_FILE=missing)
    assert status != 0 and said == f"SECRET_KEY_FILE cannot be read: {missing}\n"


@pytest.mark.parametrize("kind", ["web", "worker-mail", "release"])
def test_production_does_not_start_before_somebody_decided_who_may_sign_up(
    kind: str, tmp_path: Path
) -> None:
    status, said = started(commands()[kind], tmp_path / "data", **SAFE_PRODUCTION)
    assert status != 0
    (line,) = [line for line in said.splitlines() if "REGISTRATION" in line]
    assert line == "  - REGISTRATION is not set: choose open, invite or closed"


def test_config_check_says_what_is_undecided(tmp_path: Path) -> None:
    status, said = started("flask --app wsgi config check", tmp_path, **SAFE_PRODUCTION)
    assert status == 1 and "REGISTRATION is not set" in said


@pytest.mark.parametrize("environment", ["development", "production"])
def test_approval_is_still_to_come(environment: str, tmp_path: Path) -> None:
    env = SAFE_PRODUCTION | {"ENVIRONMENT": environment, "REGISTRATION": "approval"}
    status, said = started("flask --app wsgi config check", tmp_path, **env)
    assert status != 0
    assert said == "REGISTRATION=approval is still to come: choose open, invite or closed\n"


@pytest.mark.parametrize(
    ("host", "environment_name", "is_warned"),
    [
        ("0.0.0.0", "development", True),
        ("127.0.0.1", "development", False),
        ("0.0.0.0", "production", False),
    ],
)
def test_a_development_server_that_others_reach_is_warned_of(
    host: str, environment_name: str, is_warned: bool, tmp_path: Path
) -> None:
    env = environment(tmp_path) | SAFE_PRODUCTION | {"REGISTRATION": "closed"}
    env |= {"HOST": host, "ENVIRONMENT": environment_name, "GUNICORN_LOG_LEVEL": "info"}
    log = tmp_path / "log"
    server = children.start(["sh", "-c", commands()["web"]], log=log, env=env, cwd=ROOT)
    try:
        children.wait_until(lambda: "Booting worker" in log.read_text(), timeout_s=END_S)
        assert (f"WARNING: a development site listens on {host}" in log.read_text()) is is_warned
    finally:
        children.stop(server, timeout_s=15)
