"""`make run` as a newcomer and an operator meet it: the application itself, started and ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from tests.harness import children
from tests.harness.environment import ROOT, SAFE
from tests.harness.sites import BIN, status_of

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(600)]
PASSWORD = "seven doves over the bay"
HANG_S = 240  # by far longer than a first start takes on a busy machine


class Run:
    """One `python -m pigeon.processes`, which is what `make run` ends in."""

    def __init__(self, folder: Path, *, number: int, **env: str) -> None:
        self.port = children.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{number}.log"
        inherited = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        self.env = {
            **inherited,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "DATA": str(folder / "data"),
            "PORT": str(self.port),
            "PASSWORD_COST": SAFE["PASSWORD_COST"],
            **env,
        }
        self._began = time.monotonic()
        self.process = children.start(
            [sys.executable, "-m", "pigeon.processes"], log=self.log, env=self.env, cwd=ROOT
        )

    def wait(self, timeout_s: float) -> float:
        """Until it says that it is ready; how long that took."""
        children.wait_ready(
            self.process,
            lambda: "is ready" in self.said and status_of(f"{self.url}/readyz") == 200,
            log=self.log,
            timeout_s=timeout_s,
        )
        return time.monotonic() - self._began

    @property
    def said(self) -> str:
        return self.log.read_text()

    def everything(self) -> list[psutil.Process]:
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def flask(self, *arguments: str) -> str:
        """A command as an operator types it in another shell: DATA, and nothing else."""
        env = {name: self.env[name] for name in ("DATA", "PATH")}
        command = [BIN / "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(**env: str) -> Run:
        started.append(Run(tmp_path, number=len(started), **env))
        return started[-1]

    yield start
    for one in started:
        children.stop(one.process, timeout_s=15)


def test_first_start_shows_a_demo_and_a_later_one_keeps_everything(
    run: Callable[..., Run],
) -> None:
    first = run()
    first_s = first.wait(HANG_S)
    logins = json.loads((Path(first.env["DATA"]) / "demo.json").read_text())
    assert len(logins) >= 12
    assert f"is ready: {first.url}" in first.said
    assert logins[0]["username"] in first.said
    assert logins[0]["password"] in first.said
    token = first.flask("users", "token", logins[0]["username"]).strip()
    assert timeline(first, token)
    assert photographs_on(first) >= 9

    family = first.everything()
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(HANG_S) == 0
    assert "would not stop" not in first.said
    assert not alive(family)

    again = run()
    assert again.wait(HANG_S) < first_s  # which painted the demo
    assert timeline(again, token)


def timeline(site: Run, token: str) -> list[str]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{site.url}/api/v1/timeline", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def photographs_on(site: Run) -> int:
    """How many pictures the landing page shows to a stranger, each of them there."""
    page = requests.get(site.url, timeout=10).text
    paths = {word.split('"')[0] for word in page.split('src="')[1:] if word.startswith("/media/")}
    assert all(requests.get(site.url + path, timeout=10).status_code == 200 for path in paths)
    return len(paths)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are still there a moment later."""
    return psutil.wait_procs(processes, timeout=20)[1]


def test_the_command_line_acts_on_the_running_site(run: Callable[..., Run]) -> None:
    site = run(DEMO="off")
    site.wait(60)
    readable = [
        path
        for path in Path(site.env["DATA"]).rglob("*")
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    ]
    assert not readable, "what a site keeps is for its user alone"
    site.flask(
        *("users", "create", "ann", "--email", "a@b.test", "--password", PASSWORD, "--confirmed")
    )
    token = site.flask("users", "token", "ann")
    assert len(token.split()) == 1, "the token and nothing else"
    headers = {"Authorization": f"Bearer {token.strip()}"}
    me = requests.get(f"{site.url}/api/v1/me", headers=headers, timeout=10)
    assert me.json()["username"] == "ann"
    with requests.Session() as browser:
        csrf = browser.get(f"{site.url}/api/v1/csrf", timeout=10).json()["csrf_token"]
        answer = browser.post(
            f"{site.url}/api/v1/auth/login",
            json={"login": "a@b.test", "password": PASSWORD},
            headers={"X-CSRFToken": csrf},
            timeout=10,
        )
    assert answer.status_code == 200, answer.text

    family = site.everything()
    site.process.kill()
    site.process.wait()
    assert not alive(family), "kill -9 leaves nothing behind"
