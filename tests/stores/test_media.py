"""One behaviour, two homes: a folder, and S3 over its own protocol."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session
import pytest
from moto.server import ThreadedMotoServer

from pigeon.domain.errors import NotFound
from pigeon.stores import media_folder
from pigeon.stores.media import MediaStore, StoreFault
from pigeon.stores.media_folder import FolderStore
from pigeon.stores.media_s3 import S3Store
from pigeon.stores.media_urls import media_store
from tests.harness import children

VECTORS = [
    "",
    ".",
    "..",
    "../secret",
    "..%2fsecret",
    "..\\secret",
    "/etc/passwd",
    "a" * 32,
    "a" * 32 + ".webp/../../secret",
    "a" * 32 + ".webp\0.jpg",
    "a" * 32 + ".webp\n",
    "a" * 32 + "-../x.webp",
    "A" * 32 + ".webp",
    "a" * 32 + ".svg",
    "a" * 33 + ".webp",
    "．．/" + "a" * 32 + ".webp",
    "x" * 5_000,
]


def _name(kind: str = "") -> str:
    return f"{token_hex(16)}{kind and '-'}{kind}.webp"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = f"bucket-{token_hex(4)}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    store = media_store(f"s3://{bucket}/some/prefix?endpoint={endpoint}&region=us-east-1", Path())
    assert isinstance(store, S3Store)
    return store


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    store = media_store("", tmp_path)
    assert isinstance(store, FolderStore)
    return store


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest) -> MediaStore:
    found: MediaStore = request.getfixturevalue(request.param)
    return found


# -- both ---------------------------------------------------------------------------------


def test_what_is_put_can_be_read(store: MediaStore, tmp_path: Path) -> None:
    from_bytes, from_file = _name("w320"), _name()
    (tmp_path / "file").write_bytes(b"from a file")

    store.put(from_bytes, b"from bytes", "image/webp")
    store.put(from_file, tmp_path / "file", "image/webp")

    with store.open(from_bytes) as file:
        assert file.read() == b"from bytes"
    with store.open(from_file) as file:
        assert file.read() == b"from a file"
    assert store.size(from_file) == 11
    assert store.exists(from_bytes)
    assert not store.exists(_name())


def test_putting_twice_is_putting_once(store: MediaStore) -> None:
    name = _name()
    store.put(name, b"first", "image/webp")
    store.put(name, b"again", "image/webp")

    assert [found for found, _ in store.list()] == [name]
    with store.open(name) as file:
        assert file.read() == b"again"


def test_deleting_is_idempotent(store: MediaStore) -> None:
    names = [_name() for _ in range(3)]
    for name in names[:2]:
        store.put(name, b"x", "image/webp")

    store.delete(names)
    store.delete(names)
    store.delete([])

    assert not list(store.list())


def test_listing_is_sorted_and_continues(store: MediaStore) -> None:
    names = sorted(_name() for _ in range(12))
    names += [names[-1].replace(".webp", "-w320.webp")]
    for name in names:
        store.put(name, b"x", "image/webp")

    assert [name for name, _ in store.list()] == sorted(names)
    for at, name in enumerate(sorted(names)):
        assert [found for found, _ in store.list(after=name)] == sorted(names)[at + 1 :]
    _, modified_at = next(store.list())
    assert abs((datetime.now(UTC) - modified_at).total_seconds()) < 60


def test_a_missing_name(store: MediaStore) -> None:
    for read in (store.open, store.size):
        with pytest.raises(NotFound):
            read(_name())


@pytest.mark.parametrize("name", VECTORS)
def test_what_is_no_name_is_nowhere(store: MediaStore, name: str) -> None:
    for read in (store.open, store.size):
        with pytest.raises(NotFound):
            read(name)
    assert not store.exists(name)
    with pytest.raises(ValueError, match="not a media name"):
        store.put(name, b"x", "image/webp")
    with pytest.raises(ValueError, match="not a media name"):
        store.delete([name])
    assert not list(store.list())


# -- folder -------------------------------------------------------------------------------


def test_names_fan_out_over_two_levels(folder: FolderStore) -> None:
    name = "abcd" + "0" * 28 + ".jpg"
    folder.put(name, b"x", "image/jpeg")

    assert folder.local_path(name) == folder.root / "ab" / "cd" / name
    assert folder.presign(name) is None


def test_a_failed_write_leaves_what_was_there(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name()
    folder.put(name, b"whole", "image/webp")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(media_folder.os, "fsync", full)
    for target in (name, _name()):
        with pytest.raises(OSError, match="No space left"):
            folder.put(target, b"other", "image/webp")

    assert [found for found, _ in folder.list()] == [name]
    assert folder.local_path(name).read_bytes() == b"whole"
    assert not list((folder.root / media_folder.PARTS).iterdir())


def test_nothing_is_visible_before_it_is_whole(
    folder: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name()
    seen = []

    def look(*_: object) -> None:
        seen.append((folder.exists(name), list(folder.list())))

    monkeypatch.setattr(shutil, "copyfileobj", look)
    folder.put(name, Path(__file__), "image/webp")

    assert seen == [(False, [])]


def test_parts_of_killed_writers_are_swept(folder: FolderStore) -> None:
    folder.put(_name(), b"x", "image/webp")
    old, young = (folder.root / media_folder.PARTS / f"{n}.part" for n in "ab")
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))

    assert folder.sweep(older_than_s=3_600) == 1
    assert not old.exists()
    assert young.exists()


def test_symbolic_links_are_not_followed(folder: FolderStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    name = _name()
    path = folder.root / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True)
    path.symlink_to(secret)
    elsewhere = tmp_path / "elsewhere"
    far = "ff" * 16 + ".webp"
    (elsewhere / "ff").mkdir(parents=True)
    (elsewhere / "ff" / far).write_bytes(b"secret")
    if not (folder.root / "ff").exists():
        (folder.root / "ff").symlink_to(elsewhere)

    for linked in (name, far):
        assert not folder.exists(linked)
        for read in (folder.open, folder.size, folder.local_path):
            with pytest.raises(NotFound):
                read(linked)


def test_an_empty_folder_is_not_made_by_reading(folder: FolderStore) -> None:
    assert not list(folder.list())
    assert folder.sweep(older_than_s=0) == 0
    assert not folder.root.exists()


# -- S3 -----------------------------------------------------------------------------------


def test_presigned_addresses_work_without_credentials(s3: S3Store, endpoint: str) -> None:
    name = _name()
    s3.put(name, b"picture", "image/webp")

    address = s3.presign(name, expires_s=60)

    assert address.startswith(f"{s3.origin}/{s3.bucket}/some/prefix/{name}?")
    assert s3.origin == endpoint
    assert "X-Amz-Expires=60" in address
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address
    with urllib.request.urlopen(address) as reply:
        assert reply.read() == b"picture"
        assert reply.headers["Content-Type"] == "image/webp"
    assert s3.local_path(name) is None


def test_a_success_without_effect_is_not_believed(
    s3: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "_head", lambda _: {"ContentLength": 3})

    with pytest.raises(StoreFault, match="3 of 7"):
        s3.put(_name(), b"picture", "image/webp")


def test_more_deletions_than_one_call_takes(s3: S3Store) -> None:
    name = _name()
    s3.put(name, b"x", "image/webp")

    s3.delete([*(_name() for _ in range(1_100)), name])

    assert not s3.exists(name)


def test_objects_of_others_in_the_bucket_are_not_ours(s3: S3Store) -> None:
    s3._client.put_object(Bucket=s3.bucket, Key=_name(), Body=b"x")
    s3._client.put_object(Bucket=s3.bucket, Key="some/prefix/readme.txt", Body=b"x")

    assert not list(s3.list())


@pytest.fixture
def hangs_up() -> Iterator[tuple[str, list[int]]]:
    """An endpoint that hangs up on everybody, and how often it has done so."""
    calls: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):  # closed
                while True:
                    listener.accept()[0].close()
                    calls.append(len(calls))

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", calls
        listener.shutdown(socket.SHUT_RDWR)


def test_an_unreachable_store_is_asked_twice_and_says_so(
    monkeypatch: pytest.MonkeyPatch, hangs_up: tuple[str, list[int]]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    endpoint, calls = hangs_up
    store = media_store(f"s3://bucket?endpoint={endpoint}", Path())

    for number, call in enumerate((lambda: store.size(_name()), lambda: list(store.list())), 1):
        with pytest.raises(StoreFault):
            call()
        children.wait_until(lambda n=number: len(calls) == 2 * n, what="two tries")


def test_a_missing_bucket_is_a_fault_and_not_a_missing_picture(s3: S3Store) -> None:
    s3.bucket = "another-bucket"

    with pytest.raises(StoreFault):
        s3.put(_name(), b"x", "image/webp")


def test_each_process_has_its_own_client(s3: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = s3._client
    assert s3._client is first

    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert s3._client is not first


# -- addresses ----------------------------------------------------------------------------


def test_addresses(tmp_path: Path) -> None:
    named = media_store(f"folder:{tmp_path}/pictures", Path("unused"))
    plain = media_store("s3://bucket?region=eu-north-1", Path())

    assert isinstance(named, FolderStore)
    assert named.root == tmp_path / "pictures"
    assert isinstance(plain, S3Store)
    assert (plain.bucket, plain.prefix) == ("bucket", "")
    assert plain.origin == "https://bucket.s3.eu-north-1.amazonaws.com"


def _regions() -> list[str]:
    session = boto3.session.Session()
    partitions = session.get_available_partitions()
    found = (session.get_available_regions("s3", partition_name=name) for name in partitions)
    return sorted({region for regions in found for region in regions})


@pytest.fixture
def descriptions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What botocore knows of S3 is read once; each client would take half a second."""
    shared = botocore.loaders.create_loader()
    monkeypatch.setattr(botocore.session, "create_loader", lambda _: shared)


@pytest.mark.parametrize("bucket", ["pigeon-media", "pictures.example.org"])
@pytest.mark.usefixtures("descriptions_once")
def test_in_every_region_the_policy_names_what_readers_are_sent_to(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And every address carries a signature of today's version, under the region's own name."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    regions = _regions()
    assert {"us-east-1", "cn-north-1", "eu-west-1"} <= set(regions)
    for region in regions:
        store = media_store(f"s3://{bucket}/prefix?region={region}", Path())

        address = urlsplit(store.presign(_name()) or "")

        assert store.origin == f"{address.scheme}://{address.netloc}", region
        assert f"s3.{region}." in address.netloc
        assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address.query, region


def test_the_origin_needs_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a page without a picture would fail where they are late or wrong."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert media_store("s3://bucket", Path()).origin == "https://bucket.s3.us-east-1.amazonaws.com"


def test_another_store_keeps_the_name_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store = media_store("s3://bucket?endpoint=http://minio.internal:9000", Path())

    assert store.origin == "http://minio.internal:9000"
    assert (store.presign(_name()) or "").startswith("http://minio.internal:9000/bucket/")


@pytest.mark.parametrize("url", ["ftp://x", "folder:", "s3:///prefix", "/var/media"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MEDIA_URL"):
        media_store(url, Path())
