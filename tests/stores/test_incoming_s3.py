"""What waits in an object store: put together, refused in time, and beside older files."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pigeon.domain.errors import PicturesWait
from pigeon.stores.incoming import IncomingFile
from pigeon.stores.incoming_folder import FolderIncoming
from pigeon.stores.incoming_s3 import S3Incoming
from pigeon.stores.media import StoreFault
from pigeon.stores.media_s3 import S3Store
from pigeon.stores.media_urls import media_store
from tests.harness import children
from tests.harness.outside import CREDENTIALS


@pytest.fixture
def folder(tmp_path: Path) -> FolderIncoming:
    return FolderIncoming(tmp_path / "incoming", reserve_bytes=0)


@pytest.fixture
def incoming(s3_store: S3Store, folder: FolderIncoming) -> S3Incoming:
    return S3Incoming(s3_store, folder)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def _received(incoming: S3Incoming, count: int) -> list[IncomingFile]:
    files = [incoming.stream_factory() for _ in range(count)]
    for file in files:
        file.write(b"picture" * 10_000)
    return files


def _at(endpoint: str, folder: FolderIncoming) -> S3Incoming:
    store = S3Store(bucket="bucket", prefix="", endpoint=endpoint, region="us-east-1")
    return S3Incoming(store, folder)


def test_files_are_put_at_the_same_time(
    incoming: S3Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = S3Incoming._put_one
    together = threading.Barrier(5, timeout=10)

    def late(self: S3Incoming, name: str, path: Path) -> None:
        together.wait()  # passes when five are under way
        real(self, name, path)

    monkeypatch.setattr(S3Incoming, "_put_one", late)
    files = _received(incoming, 5)
    assert len(set(incoming.keep(files))) == 5
    for file in files:
        file.close()


def test_the_prefix_is_its_own(incoming: S3Incoming, s3_store: S3Store) -> None:
    (file,) = _received(incoming, 1)
    (token,) = incoming.keep([file])
    file.close()

    found = s3_store._client.list_objects_v2(Bucket=s3_store.bucket)["Contents"]
    assert [one["Key"] for one in found] == [f"some/prefix/incoming/{token.removeprefix('s3:')}"]


def test_a_file_of_the_release_before_is_found_where_it_is(
    incoming: S3Incoming, folder: FolderIncoming
) -> None:
    (file,) = _received(incoming, 1)
    (token,) = folder.keep([file])
    file.close()

    with incoming.workplace() as place:
        assert incoming.original(token, place).read_bytes() == b"picture" * 10_000
    assert [found for found, _ in incoming.list()] == [token]
    incoming.discard(token)
    assert not list(incoming.list())


@pytest.mark.usefixtures("credentials")
def test_a_store_that_is_away_is_a_matter_of_waiting(folder: FolderIncoming) -> None:
    incoming = _at(f"http://127.0.0.1:{children.free_port()}", folder)
    files = _received(incoming, 3)
    with pytest.raises(PicturesWait) as refused:
        incoming.keep(files)
    assert refused.value.retry_after_s > 0
    for file in files:
        file.close()
    assert not list(folder.folder.iterdir())


@pytest.fixture
def hangs() -> Iterator[str]:
    """An endpoint that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.usefixtures("credentials")
def test_a_store_that_hangs_is_waited_for_so_long(folder: FolderIncoming, hangs: str) -> None:
    incoming = _at(hangs, folder)
    incoming.patience_s = 0.5
    files = _received(incoming, 2)
    with pytest.raises(PicturesWait) as refused:
        incoming.keep(files)
    assert "2 of 2 not stored in 0.5 s" in refused.value.reason  # the client would wait for 20
    for file in files:
        file.close()
    assert not list(folder.folder.iterdir())


def test_one_refusal_refuses_all(incoming: S3Incoming, monkeypatch: pytest.MonkeyPatch) -> None:
    real = S3Incoming._put_one
    seen: list[str] = []

    def sometimes(self: S3Incoming, name: str, path: Path) -> None:
        seen.append(name)
        if len(seen) == 2:
            raise StoreFault("SlowDown")
        real(self, name, path)

    monkeypatch.setattr(S3Incoming, "_put_one", sometimes)
    files = _received(incoming, 3)
    with pytest.raises(PicturesWait):
        incoming.keep(files)
    for file in files:
        file.close()


def test_a_success_without_effect_is_no_missing_object(
    s3_store: S3Store, incoming: S3Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing would mean to a worker that the upload is gone, and the picture would fail."""
    real = s3_store._client.head_object

    def missing(**asked: str) -> object:
        return real(**asked | {"Key": "nowhere"})

    monkeypatch.setattr(s3_store._client, "head_object", missing)
    with pytest.raises(StoreFault, match="stored nothing"):
        s3_store.put(f"{'a' * 32}.webp", b"picture", "image/webp")


def test_half_an_object_is_not_believed(
    incoming: S3Incoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = _received(incoming, 1)
    (token,) = incoming.keep([file])
    file.close()
    real = incoming._client.get_object

    def longer(**asked: str) -> dict[str, object]:
        reply: dict[str, object] = real(**asked)
        return reply | {"ContentLength": 80_000}

    monkeypatch.setattr(incoming._client, "get_object", longer)
    with incoming.workplace() as place, pytest.raises(StoreFault, match="70000 of 80000"):
        incoming.original(token, place)


def test_threads_that_begin_together_make_one_client(s3_store: S3Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(lambda _: s3_store._client, range(4)))
    assert len({id(client) for client in clients}) == 1


@pytest.mark.usefixtures("credentials")
def test_a_store_that_hung_is_left_alone_for_a_moment(
    folder: FolderIncoming, hangs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every upload would hold a web process for as long as it is waited for."""
    incoming = _at(hangs, folder)
    incoming.patience_s, incoming.quick_s = 0.2, 0.1
    (file,) = _received(incoming, 1)
    assert incoming.problem == ""
    with pytest.raises(PicturesWait):
        incoming.keep([file])
    file.close()

    with pytest.raises(PicturesWait):
        incoming.stream_factory()
    assert incoming.problem == "the object store does not take uploads"

    monkeypatch.setattr(incoming, "_asked_again_at", 0.0)
    monkeypatch.setattr(S3Incoming, "_put_one", lambda *_: None)
    (file,) = _received(incoming, 1)
    incoming.keep([file])
    file.close()
    assert incoming.problem == ""


class _Absent(BaseHTTPRequestHandler):
    """What stands in front of a store and has none behind it at the moment."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(404)
        self.send_header("Content-Length", "18")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"404 page not found")

    do_GET = do_PUT = do_HEAD = _answer  # names of the standard library

    def log_message(self, *_: object) -> None:
        """Nothing to anybody."""


@pytest.mark.usefixtures("credentials")
def test_a_proxy_without_a_store_is_waited_for(folder: FolderIncoming, tmp_path: Path) -> None:
    """An answer of 404 that is not the store's own says nothing about an upload."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Absent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        incoming = _at(f"http://127.0.0.1:{server.server_port}", folder)
        with pytest.raises(StoreFault):
            incoming.original(f"s3:{'ab' * 16}", tmp_path)
        files = _received(incoming, 1)
        with pytest.raises(PicturesWait):
            incoming.keep(files)
        assert incoming.problem
        server.shutdown()
    for file in files:
        file.close()


def test_media_are_not_kept_where_uploads_expire() -> None:
    for path in ("incoming", "incoming/photos"):
        with pytest.raises(ValueError, match="incoming"):
            media_store(f"s3://bucket/{path}", Path())
    assert media_store("s3://bucket/photos/incoming", Path())
