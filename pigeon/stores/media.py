"""Where finished pictures live: a folder or an S3 bucket, behind one protocol.

Objects are immutable: a name is random, is written once (or again with the same content), and is
deleted. Access is not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from pigeon.domain.errors import NotFound
from pigeon.stores.incoming import Incoming
from pigeon.stores.incoming_folder import FolderIncoming

NAME = re.compile(r"[0-9a-f]{32}(-[a-z0-9]+)?\.(webp|jpg)")
CONTENT_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


class StoreFault(OSError):
    """The store did not do what it was asked, or did not answer; it may a moment later."""


class MediaStore(Protocol):
    """Reading a name that is missing, or is none, raises `NotFound`; writing one `ValueError`.

    Faults of the store are `OSError`s (a full disk, `StoreFault`).
    """

    def put(self, name: str, content: Path | bytes, content_type: str) -> None:
        """Durable when this returns; never half there; may be repeated."""

    def open(self, name: str) -> BinaryIO: ...

    def exists(self, name: str) -> bool: ...

    def size(self, name: str) -> int: ...

    def delete(self, names: Iterable[str]) -> None:
        """Missing ones are fine."""

    def list(self, after: str | None = None) -> Iterator[tuple[str, datetime]]:
        """(name, modified_at) in ascending order of names, from behind `after`."""

    def sweep(self, older_than_s: int) -> int:
        """Removes what interrupted writes left behind; returns how many."""

    def local_path(self, name: str) -> Path | None:
        """A file to send, where the store has files of its own."""

    def presign(self, name: str, expires_s: int = 60, caching: str = "") -> str | None:
        """An address that works without credentials, where the store has such.

        Who fetches it is told `caching` by the store, when it is given.
        """

    def incoming(self, folder: FolderIncoming) -> Incoming:
        """Where uploads wait that end here; `folder` is where they arrive."""

    @property
    def origin(self) -> str | None:
        """Scheme and host of the presigned addresses, for the content security policy."""


def is_name(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def readable(name: str) -> str:
    """The name, when it is one: no other string ever becomes a path or a key."""
    if not is_name(name):
        raise NotFound
    return name


def writable(name: str) -> str:
    if not is_name(name):
        raise ValueError("not a media name")
    return name
