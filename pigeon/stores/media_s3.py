"""Media in an S3 bucket (or what speaks its protocol): private objects, presigned for readers."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pigeon.domain.errors import NotFound
from pigeon.stores.media import StoreFault, is_name, readable, writable

DELETED_AT_ONCE = 1_000
"""What one call of the protocol takes."""

IMMUTABLE = "private, max-age=31536000, immutable"


class S3Store:
    """Credentials come from the environment, as boto3 finds them. One client per process."""

    def __init__(self, *, bucket: str, prefix: str, endpoint: str | None, region: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.endpoint = endpoint
        self.region = region
        self._clients: dict[int, Any] = {}

    @cached_property
    def origin(self) -> str:
        """Of an address made like those that readers get; unsigned, which needs no credentials."""
        address = urlsplit(self._address(self._connected(UNSIGNED), "origin", expires_s=1))
        return f"{address.scheme}://{address.netloc}"

    def put(self, name: str, content: Path | bytes, content_type: str) -> None:
        """Believed only when the store then knows the object by its size."""
        key = self._key(writable(name))
        with _translated(), _opened(content) as body:
            length = body.seek(0, io.SEEK_END)
            body.seek(0)
            self._client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                CacheControl=IMMUTABLE,
            )
            stored = self._head(key)["ContentLength"]
        if stored != length:
            raise StoreFault(f"stored {stored} of {length} bytes")

    def open(self, name: str) -> BinaryIO:
        """The whole object in memory: renditions are small."""
        with _translated():
            reply = self._client.get_object(Bucket=self.bucket, Key=self._key(readable(name)))
            return io.BytesIO(reply["Body"].read())

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except NotFound:
            return False
        return True

    def size(self, name: str) -> int:
        with _translated():
            return int(self._head(self._key(readable(name)))["ContentLength"])

    def delete(self, names: Iterable[str]) -> None:
        keys = iter([{"Key": self._key(writable(name))} for name in names])
        while batch := list(islice(keys, DELETED_AT_ONCE)):
            with _translated():
                reply = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True}
                )
            if reply.get("Errors"):
                raise StoreFault(f"{len(reply['Errors'])} objects were not deleted")

    def list(self, after: str | None = None) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix, StartAfter=self._key(after or "")
        )
        with _translated():
            for page in pages:
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(self.prefix)
                    if is_name(name):
                        yield name, found["LastModified"]

    def sweep(self, older_than_s: int) -> int:
        """Nothing to do: an object is put in one call, and is there or not."""
        return 0

    def local_path(self, name: str) -> None:
        return None

    def presign(self, name: str, expires_s: int = 60, caching: str = "") -> str:
        """Signed here, without a call; does not look whether the object is there."""
        return self._address(self._client, readable(name), expires_s=expires_s, caching=caching)

    def _address(self, signer: Any, name: str, *, expires_s: int, caching: str = "") -> str:
        told = {"ResponseCacheControl": caching} if caching else {}
        address: str = signer.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": self._key(name), **told},
            ExpiresIn=expires_s,
        )
        return address

    def _key(self, name: str) -> str:
        return self.prefix + name

    def _head(self, key: str) -> dict[str, Any]:
        reply: dict[str, Any] = self._client.head_object(Bucket=self.bucket, Key=key)
        return reply

    @property
    def _client(self) -> Any:
        """Connections must not be shared with the process that this one was forked from."""
        process = os.getpid()
        if process not in self._clients:
            self._clients = {process: self._connected()}
        return self._clients[process]

    def _connected(self, signature: Any = "s3v4") -> Any:
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


@contextmanager
def _opened(content: Path | bytes) -> Iterator[BinaryIO]:
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as body:
        yield body


@contextmanager
def _translated() -> Iterator[None]:
    """Nobody else needs to know botocore's errors."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise NotFound from error
        raise StoreFault(str(error)) from error
    except BotoCoreError as error:
        raise StoreFault(str(error)) from error
