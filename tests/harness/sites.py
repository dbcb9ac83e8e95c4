"""The real thing, as `make run` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness import children, connections
from tests.harness.environment import ROOT, SAFE

if TYPE_CHECKING:
    from flask import Flask

BIN = Path(sys.executable).parent
START_S = 120


@dataclass(kw_only=True)
class Site:
    """A running site; its processes by name, each with a log."""

    url: str
    env: dict[str, str]
    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        """An application in this process on the site's stores: for factories and for looking."""
        from config import Settings
        from pigeon import create_app

        return create_app(settings=Settings.from_env(self.env))

    def start(self, name: str, command: list[str], *, cwd: Path = ROOT, **env: str) -> None:
        """Run one more process of this site; `name` names its log, too."""
        self.processes[name] = children.start(
            command, log=self.log(name), env=self.env | env, cwd=cwd, death_signal=signal.SIGTERM
        )

    def flask(self, *arguments: str) -> str:
        """What an operator's command prints."""
        command = [BIN / "flask", "--app", "wsgi", *arguments]
        return subprocess.run(
            command, env=self.env, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    def wait(self, is_started: Callable[[], bool] = lambda: True) -> None:
        """Until the site answers that it is ready; `is_started` asks for the rest of it."""
        name, process = next(iter(self.processes.items()))
        children.wait_ready(
            process,
            lambda: is_started() and status_of(f"{self.url}/readyz") == 200,
            log=self.log(name),
            timeout_s=START_S,
        )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def stop(self) -> None:
        """Close what this process has open to the stores; end all at once, then by force."""
        if "app" in vars(self):  # it was asked for
            connections.close(self.app)
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            children.stop(process, timeout_s=15)


def status_of(url: str) -> int | None:
    """The status of an answer; None where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return None


@contextmanager
def running_site(folder: Path, **env: str) -> Iterator[Site]:
    """What `make run` starts, without the demo, on a free port; `env` changes settings."""
    port = children.free_ports(sum(int(env.get(name, 0)) for name in ("WEB", "REALTIME")) or 1)
    folder.mkdir(parents=True, exist_ok=True)
    own = {"DATA": str(folder / "data"), "PORT": str(port), "DEMO": "off"}
    site = new_site(folder, port, own | env)
    site.start("site", [sys.executable, "-m", "pigeon.processes"])
    try:
        site.wait(lambda: "is ready" in site.log("site").read_text(errors="replace"))
        yield site
    finally:
        site.stop()


def new_site(folder: Path, port: int, own: dict[str, str]) -> Site:
    """A site that nothing runs of yet; of this process's environment it gets the least."""
    url = f"http://127.0.0.1:{port}"
    inherited = {
        name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ
    }
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    safe = SAFE | {"PUBLIC_URL": url, "HOST": "127.0.0.1", "PATH": path}
    return Site(url=url, env=inherited | safe | own, logs=folder)
