"""What does not start: a site whose secret key anybody could know, or that nobody decided about."""

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


def started(command: str, data: Path, **env: str) -> tuple[int, str]:
    """How a command ended that must not go on, and what it said."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "DATA": str(data), "PORT": str(children.free_port())}
    done = subprocess.run(
        ["sh", "-c", command],
        env=own | env,
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
