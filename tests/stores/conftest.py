"""What tests of pictures share: a place for an upload, and one for what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pigeon.stores import imaging
from pigeon.stores.media_folder import FolderStore
from pigeon.stores.media_s3 import S3Store
from pigeon.stores.media_urls import media_store

PEAK = """
from pathlib import Path
from pigeon.stores import imaging_worker as worker
answer = worker.answer
def measured(task):
    found = answer(task)
    lines = Path("/proc/self/status").read_text().splitlines()
    found["rendered"]["color"] = next(line for line in lines if line.startswith("VmHWM")).split()[1]
    return found
worker.answer = measured
"""
"""Says in place of the colour how much memory the child had at its most, in KB."""


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def fork_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a worker: the runner of the tests may have threads, our children do not mind."""
    monkeypatch.setattr(imaging, "_may_fork", lambda: True)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = f"bucket-{token_hex(4)}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    store = media_store(f"s3://{bucket}/some/prefix?endpoint={endpoint}&region=us-east-1", Path())
    assert isinstance(store, S3Store)
    return store


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    store = media_store("", tmp_path)
    assert isinstance(store, FolderStore)
    return store


@pytest.fixture
def peak_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Bytes that a child had at its most; `peak_of(render, *arguments)`."""
    monkeypatch.setattr(imaging, "_may_fork", lambda: False)
    start = imaging.BARE_START.replace("main()\n", f"{PEAK}main()\n")
    monkeypatch.setattr(imaging, "BARE_START", start)

    def measure(call: Callable[..., imaging.Rendered], *arguments: object) -> int:
        return int(call(*arguments).color) * 1024

    return measure
