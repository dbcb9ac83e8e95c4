"""Pictures in a bucket, over its own protocol."""

from __future__ import annotations

import os
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session
import pytest

from pigeon.stores.media import StoreFault
from pigeon.stores.media_s3 import S3Store
from pigeon.stores.media_urls import media_store
from tests.harness import children


def _name(kind: str = "") -> str:
    return f"{token_hex(16)}{kind and '-'}{kind}.webp"


def test_presigned_addresses_work_without_credentials(s3_store: S3Store, endpoint: str) -> None:
    name = _name()
    s3_store.put(name, b"picture", "image/webp")

    address = s3_store.presign(name, expires_s=60)

    assert address.startswith(f"{s3_store.origin}/{s3_store.bucket}/some/prefix/{name}?")
    assert s3_store.origin == endpoint
    assert "X-Amz-Expires=60" in address
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address
    with urllib.request.urlopen(address) as reply:
        assert reply.read() == b"picture"
        assert reply.headers["Content-Type"] == "image/webp"
    assert s3_store.local_path(name) is None


def test_a_success_without_effect_is_not_believed(
    s3_store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_store, "_head", lambda _: {"ContentLength": 3})

    with pytest.raises(StoreFault, match="3 of 7"):
        s3_store.put(_name(), b"picture", "image/webp")


def test_more_deletions_than_one_call_takes(s3_store: S3Store) -> None:
    name = _name()
    s3_store.put(name, b"x", "image/webp")

    s3_store.delete([*(_name() for _ in range(1_100)), name])

    assert not s3_store.exists(name)


def test_objects_of_others_in_the_bucket_are_not_ours(s3_store: S3Store) -> None:
    s3_store._client.put_object(Bucket=s3_store.bucket, Key=_name(), Body=b"x")
    s3_store._client.put_object(Bucket=s3_store.bucket, Key="some/prefix/readme.txt", Body=b"x")

    assert not list(s3_store.list())


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


def test_a_missing_bucket_is_a_fault_and_not_a_missing_picture(s3_store: S3Store) -> None:
    s3_store.bucket = "another-bucket"

    with pytest.raises(StoreFault):
        s3_store.put(_name(), b"x", "image/webp")


def test_each_process_has_its_own_client(
    s3_store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = s3_store._client
    assert s3_store._client is first

    monkeypatch.setattr(os, "getpid", lambda: -1)

    assert s3_store._client is not first


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
