"""The folder that holds everything a running site keeps: one user at a time, prepared once."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pigeon.processes import embedded, mongo
from pigeon.processes.plan import Plan

LOCK = "lock"
DEMO_PENDING = "demo.pending"


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Make the folder if need be and hold it; raises SystemExit while somebody else does."""
    with refusals_told(data):
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(descriptor, 20, 0).decode().strip()
        raise SystemExit(f"A site already runs on {data} (process {pid}).") from None
    try:
        with suppress(OSError):  # on a full disk: the lock holds, it only does not say whose it is
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def refusals_told(data: Path) -> Iterator[None]:
    """One line for a disk that is full or read-only, or a folder that is somebody else's."""
    try:
        yield
    except OSError as error:
        raise SystemExit(f"{data} cannot be written: {error.strerror}.") from None


def prepare(plan: Plan) -> None:
    """Make what a start needs; in development that is a kept secret key and perhaps a demo."""
    with refusals_told(plan.data):
        _prepare(plan)


def _prepare(plan: Plan) -> None:
    is_new = {entry.name for entry in plan.data.iterdir()} == {LOCK}
    (plan.data / "run").mkdir(exist_ok=True)
    _begin_metrics(plan.data / "run" / "metrics")
    embedded.make_folders(plan.data)
    mongo.keep_url(plan.data, plan.env["MONGO_URL"] if plan.mongo else "")
    if not plan.is_development:
        return
    if is_new and plan.env.get("DEMO") != "off":
        (plan.data / DEMO_PENDING).touch()
    if not (plan.env.get("SECRET_KEY") or plan.env.get("SECRET_KEY_FILE")):
        _keep_secret(plan.data / "secret_key")


def _begin_metrics(folder: Path) -> None:
    """Processes share their counters through files here; those of an earlier start are void."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _keep_secret(path: Path) -> None:
    if path.exists():
        return
    unfinished = path.with_name("secret_key.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(secrets.token_hex(32) + "\n")
    unfinished.rename(path)  # whole or not at all, whenever we are killed


def is_demo_pending(data: Path) -> bool:
    """Whether the demo was promised and not finished: an interrupted one is repeated."""
    return (data / DEMO_PENDING).exists()


def finish_demo(data: Path) -> None:
    (data / DEMO_PENDING).unlink()


def demo_logins(data: Path) -> list[tuple[str, str]]:
    """Usernames and passwords of the demo; empty where there is none."""
    path = data / "demo.json"
    if not path.is_file():
        return []
    return [(login["username"], login["password"]) for login in json.loads(path.read_text())]
