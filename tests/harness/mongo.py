"""Private servers that speak MongoDB's wire; no real mongod is to be had where this is tested.

SecantusDB keeps its data in WiredTiger, mongod's engine, and says it is a replica set of one;
nx-27017 keeps them in SQLite. Each has an environment of its own, which `make mongo-servers` makes.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.write_concern import WriteConcern

from pigeon.processes import mongo
from tests.harness import children
from tests.harness.environment import ROOT

PROGRAMS = {
    "secantusdb": mongo.SERVER,
    "nx-27017": ROOT / ".mongo" / "nx-27017" / "bin" / "nx-27017",
}
KINDS = tuple(PROGRAMS)
GIVEN = "MONGO_URL"
SERVERS = (*KINDS, *([GIVEN] if os.environ.get(GIVEN) else ()))
"""Whatever can be tested on here."""
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
        children.pause(self.process.pid)

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
def checked_url(given: str, kind: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """What makes the URL of an empty database, on a server that is fit to hold messages.

    `kind` is one of `KINDS`, or `GIVEN` for the server of the environment's `MONGO_URL`, of which
    only databases whose names say that they are of tests are touched.
    """
    with ExitStack() as stack:
        url = given if kind == GIVEN else stack.enter_context(running(kind, folder)).url()
        client = stack.enter_context(MongoClient(url, serverSelectionTimeoutMS=5_000))
        check(client)

        def make(database: str) -> str:
            client.drop_database(database)
            return with_database(url, database)

        yield make


def with_database(url: str, database: str) -> str:
    """Another one on the same server; who asks is still known where the URL says."""
    parts = urlsplit(url)
    query = parts.query
    if parts.username and "authsource=" not in query.lower():
        query = "&".join(filter(None, (query, f"authSource={parts.path.strip('/') or 'admin'}")))
    return urlunsplit(parts._replace(path=f"/{database}", query=query))


def check(client: MongoClient[dict[str, object]]) -> None:
    """Fail on a server that does not keep to what a home of messages relies on."""
    database = client["pigeon_tests_check"]
    client.drop_database(database)
    things = database.get_collection("things", write_concern=WriteConcern(w="majority", j=True))
    things.create_index([("name", 1)], unique=True)
    for number in (1, 10, 2, 1 << 40):
        things.insert_one({"_id": number, "name": f"thing {number}", "size": 2**62})
    refusals = []
    for twice in ({"_id": 1, "name": "another"}, {"_id": 3, "name": "thing 1"}):
        with suppress(DuplicateKeyError):
            things.insert_one(twice)
            refusals.append(f"takes {twice} twice")
    if [one["_id"] for one in things.find().sort("_id")] != [1, 2, 10, 1 << 40]:
        refusals.append("does not order numbers")
    if things.count_documents({"_id": {"$gt": 1, "$lte": 10}}) != 2:
        refusals.append("does not find a range of numbers")
    things.update_many({"_id": {"$in": [1, 2]}}, {"$max": {"size": 2**62 + 1}})
    if [one["size"] - 2**62 for one in things.find({"_id": {"$lt": 11}}).sort("_id")] != [1, 1, 0]:
        refusals.append("does not know $max of large numbers")
    client.drop_database(database)
    if refusals:
        pytest.fail(f"This server of MongoDB's wire {', '.join(refusals)}.", pytrace=False)


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
    require(kind)
    return children.start(command, log=_log(kind, folder), cwd=folder)


def _command(kind: str, folder: Path, port: int) -> tuple[str, ...]:
    data = folder / kind
    if kind == "secantusdb":
        return mongo.server_command(data, port)
    program = PROGRAMS[kind]
    own = ("--log-file", f"{folder}/{kind}.own.log", "--pid-file", f"{folder}/{kind}.pid")
    return (str(program), "--host", mongo.HOST, "--port", str(port), "--data-dir", str(data), *own)


def _log(kind: str, folder: Path) -> Path:
    return folder / f"{kind}.log"


def require(kind: str) -> None:
    """Without this server the test is skipped, or fails where `CI=true`."""
    program = PROGRAMS[kind]
    if program.exists():
        return
    sentence = f"no {program.name} in this checkout: make mongo-servers"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
