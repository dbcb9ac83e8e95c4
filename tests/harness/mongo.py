"""Private servers that speak MongoDB's wire; no real mongod is to be had where this is tested.

SecantusDB keeps its data in WiredTiger, mongod's engine, and says it is a replica set of one;
nx-27017 keeps them in SQLite. Each has an environment of its own, which `make mongo-servers` makes.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pigeon.processes import mongo
from tests.harness import children
from tests.harness.environment import ROOT

KINDS = ("secantusdb", "nx-27017")
START_S = 30.0


@dataclass(kw_only=True)
class MongoServer:
    """A server on a port of its own; killed or stopped, it starts again on what it had stored."""

    kind: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str = "pigeon") -> str:
        return f"mongodb://{mongo.HOST}:{self.port}/{database}"

    def drop(self, database: str) -> None:
        with self.client() as client:
            client.drop_database(database)

    def client(self) -> MongoClient[dict[str, object]]:
        """A plain one, to look behind the application; to be closed."""
        return MongoClient(self.url(), serverSelectionTimeoutMS=2_000, socketTimeoutMS=10_000)

    def answers(self) -> bool:
        patience = {"serverSelectionTimeoutMS": 300, "socketTimeoutMS": 300}
        client: MongoClient[dict[str, object]]
        with MongoClient(self.url(), connectTimeoutMS=300, **patience) as client:
            try:
                return bool(client.admin.command("ping"))
            except PyMongoError:
                return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        children.stop(self.process)

    def pause(self) -> None:
        """It hears nothing until `resume`; who is connected stays so."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """After `kill` or `stop`: on the same port and data."""
        self.process = _run(self.kind, self.folder, self.port)
        self.wait()

    def wait(self) -> None:
        log = _log(self.kind, self.folder)
        children.wait_ready(self.process, self.answers, log=log, timeout_s=START_S)


def start(kind: str, folder: Path) -> MongoServer:
    """Start one of `KINDS`, in half a second; its data are below `folder`."""
    port = children.free_port()
    server = MongoServer(kind=kind, folder=folder, port=port, process=_run(kind, folder, port))
    server.wait()
    return server


@contextmanager
def running(kind: str, folder: Path) -> Iterator[MongoServer]:
    server = start(kind, folder)
    try:
        yield server
    finally:
        server.resume()
        server.stop()


def _run(kind: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = _command(kind, folder, port)
    _require(Path(command[0]))
    return children.start(command, log=_log(kind, folder), cwd=folder)


def _command(kind: str, folder: Path, port: int) -> tuple[str, ...]:
    data = folder / kind
    if kind == "secantusdb":
        return mongo.server_command(data, port, root=ROOT)
    program = ROOT / ".mongo" / kind / "bin" / kind
    own = ("--log-file", f"{folder}/{kind}.own.log", "--pid-file", f"{folder}/{kind}.pid")
    return (str(program), "--host", mongo.HOST, "--port", str(port), "--data-dir", str(data), *own)


def _log(kind: str, folder: Path) -> Path:
    return folder / f"{kind}.log"


def _require(program: Path) -> None:
    """Without it the test is skipped, or fails where `CI=true`."""
    if program.exists():
        return
    sentence = f"no {program.name} in this checkout: make mongo-servers"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
