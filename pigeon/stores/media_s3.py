"""Media in an S3 bucket (or what speaks its protocol): private objects, presigned for readers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore import UNSIGNED

from pigeon.domain.errors import NotFound
from pigeon.stores.incoming import Incoming
from pigeon.stores.incoming_folder import FolderIncoming
from pigeon.stores.incoming_s3 import S3Incoming
from pigeon.stores.media import is_name, readable, writable
from pigeon.stores.s3 import S3Bucket, S3Connection, translated

IMMUTABLE = "private, max-age=31536000, immutable"


class S3Store(S3Bucket):
    """Objects `<prefix>/<name>`; uploads wait beside them, see `incoming_s3`."""

    def __init__(self, *, bucket: str, prefix: str, endpoint: str | None, region: str) -> None:
        super().__init__(S3Connection(endpoint=endpoint, region=region), bucket, prefix)

    def incoming(self, folder: FolderIncoming) -> Incoming:
        return S3Incoming(self, folder)

    @cached_property
    def origin(self) -> str:
        """Of an address made like those that readers get; unsigned, which needs no credentials."""
        signer = self.connection.connected(UNSIGNED)
        address = urlsplit(self._address(signer, "origin", expires_s=1))
        return f"{address.scheme}://{address.netloc}"

    def put(self, name: str, content: Path | bytes, content_type: str) -> None:
        self._put(writable(name), content, ContentType=content_type, CacheControl=IMMUTABLE)

    def open(self, name: str) -> BinaryIO:
        """The whole object in memory: renditions are small."""
        with translated():
            reply = self._client.get_object(Bucket=self.bucket, Key=self._key(readable(name)))
            return io.BytesIO(reply["Body"].read())

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except NotFound:
            return False
        return True

    def size(self, name: str) -> int:
        with translated():
            return int(self._head(self._key(readable(name)))["ContentLength"])

    def delete(self, names: Iterable[str]) -> None:
        self._delete(writable(name) for name in names)

    def list(self, after: str | None = None) -> Iterator[tuple[str, datetime]]:
        for name, modified_at in self._list(after or ""):
            if is_name(name):
                yield name, modified_at

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
