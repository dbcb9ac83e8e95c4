"""A bucket in S3 (or what speaks its protocol): connections, and calls whose faults are ours."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pigeon.domain.errors import NotFound
from pigeon.stores.media import StoreFault

DELETED_AT_ONCE = 1_000
"""What one call of the protocol takes."""

CHUNK = 1 << 16
FETCH_S = 60.0


class S3Connection:
    """Credentials come from the environment, as boto3 finds them. One client per process."""

    def __init__(self, *, endpoint: str | None, region: str) -> None:
        self.endpoint = endpoint
        self.region = region
        self._clients: dict[int, Any] = {}
        self._making = threading.Lock()

    @property
    def client(self) -> Any:
        """Connections must not be shared with the process that this one was forked from."""
        process = os.getpid()
        if process not in self._clients:
            with self._making:
                self._clients = {process: self._clients.get(process) or self.connected()}
        return self._clients[process]

    def connected(self, signature: Any = "s3v4") -> Any:
        """All three named, because botocore's defaults differ by region and by operation.

        At Amazon the bucket is part of the host's name, which is that of the region; another
        store is spoken to under the name it was given.
        """
        style = "path" if self.endpoint else "virtual"
        config = Config(
            signature_version=signature,
            s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
            connect_timeout=3,
            read_timeout=10,
            retries={"total_max_attempts": 2, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        session = boto3.session.Session(region_name=self.region)
        return session.client("s3", endpoint_url=self.endpoint, config=config)


class S3Bucket:
    """The objects below one prefix. Which names there are is for who derives from it to say."""

    def __init__(self, connection: S3Connection, bucket: str, prefix: str) -> None:
        self.connection = connection
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""

    def _put(self, name: str, content: Path | bytes, **headers: str) -> None:
        """Believed only when the store then knows the object by its size."""
        key = self._key(name)
        with translated(), _opened(content) as body:
            length = body.seek(0, io.SEEK_END)
            body.seek(0)
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, **headers)
            stored = self._stored_bytes(key)
        if stored != length:
            raise StoreFault(f"stored {stored} of {length} bytes")

    def _stored_bytes(self, key: str) -> int:
        """What was just put is not "missing" in any sense that the caller's caller knows."""
        try:
            with translated():
                return int(self._head(key)["ContentLength"])
        except NotFound as error:
            raise StoreFault("stored nothing") from error

    def _fetch(self, name: str, path: Path) -> None:
        """The object into a file that is new: all of it, and not for ever."""
        until = time.monotonic() + FETCH_S
        with translated(), path.open("xb") as file:
            reply = self._client.get_object(Bucket=self.bucket, Key=self._key(name))
            for chunk in reply["Body"].iter_chunks(CHUNK):
                file.write(chunk)
                if time.monotonic() > until:
                    raise StoreFault(f"sends one object for more than {FETCH_S:.0f} s")
            fetched = file.tell()
        if fetched != reply["ContentLength"]:
            raise StoreFault(f"fetched {fetched} of {reply['ContentLength']} bytes")

    def _delete(self, names: Iterable[str]) -> None:
        keys = iter([{"Key": self._key(name)} for name in names])
        while batch := list(islice(keys, DELETED_AT_ONCE)):
            with translated():
                reply = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True}
                )
            if reply.get("Errors"):
                raise StoreFault(f"{len(reply['Errors'])} objects were not deleted")

    def _list(self, after: str = "") -> Iterator[tuple[str, datetime]]:
        """(name, modified_at) of everything below the prefix, ours or not, in ascending order."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix, StartAfter=self._key(after)
        )
        with translated():
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self.prefix), found["LastModified"]

    def _key(self, name: str) -> str:
        return self.prefix + name

    def _head(self, key: str) -> dict[str, Any]:
        reply: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=key)
        return reply

    @property
    def _client(self) -> Any:
        return self.connection.client


@contextmanager
def _opened(content: Path | bytes) -> Iterator[BinaryIO]:
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as body:
        yield body


def _is_missing(error: ClientError) -> bool:
    """The store says so by a code; a bare 404 is its answer to HEAD, which has no words.

    To anything else a bare 404 is that of a proxy whose store is not there at the moment.
    """
    code: str = error.response["Error"]["Code"]
    return code == "NoSuchKey" or (code == "404" and error.operation_name == "HeadObject")


@contextmanager
def translated() -> Iterator[None]:
    """Nobody else needs to know botocore's errors."""
    try:
        yield
    except ClientError as error:
        if _is_missing(error):
            raise NotFound from error
        raise StoreFault(str(error)) from error
    except BotoCoreError as error:
        raise StoreFault(str(error)) from error
