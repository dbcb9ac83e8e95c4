"""Where uploads land: straight from the socket into a file, never into memory.

A file belongs to its request until it is kept; then it has a token and belongs to whoever
stores that. The name a browser gave it is not used for anything. Kept files wait in a folder
(`incoming_folder`) or in the object store (`incoming_s3`).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol

from pigeon.domain import limits
from pigeon.domain.errors import Unavailable
from pigeon.faults import DISK_ERRNOS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PART = ".part"
RESERVE_BYTES = 256 * 1024 * 1024
"""Left free on the disk: a database may live there too."""

RETRY_S = 60
NEARLY_FULL = f"less than {RESERVE_BYTES >> 20} MB are free where uploads arrive"


class IncomingFile(io.RawIOBase):
    """One upload; gone when it is closed, or forgotten by a failing parser, without `keep`.

    Takes any number of bytes and keeps one more than `limit`, so that the parser reaches the
    parts behind it and the view can name this file.
    """

    def __init__(self, folder: Path, limit: int = limits.JPEG_BYTES) -> None:
        self.path = folder / f"{token_hex(16)}{PART}"
        self.limit = limit
        self.received = 0
        self._descriptor = -1
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, data: ReadableBuffer, /) -> int:
        """Appends all that fits below the limit and claims to have written everything."""
        given = memoryview(data).cast("B")
        room = max(0, self.limit + 1 - self.received)
        self._append(given[:room])
        self.received += given.nbytes
        return given.nbytes

    def keep(self) -> str:
        """The token under which the file outlives the request, on disk for certain."""
        token = self.path.name.removesuffix(PART)
        try:
            os.fsync(self._descriptor)
            self.path = self.path.rename(self.path.with_name(token))
            sync_folder(self.path.parent)
        except OSError as error:
            self.discard()
            raise as_domain(error) from error
        return token

    def discard(self) -> None:
        """Removes the file, kept or not."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        if not self.closed and self._descriptor >= 0:
            if self.path.name.endswith(PART):
                self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
        super().close()

    def _append(self, data: memoryview) -> None:
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            self.discard()
            raise as_domain(error) from error

    # What the reading half of io.RawIOBase is made of:

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        return os.readv(self._descriptor, [buffer])

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return os.lseek(self._descriptor, offset, whence)

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True


class Incoming(Protocol):
    """Uploads that were kept; a token says where its file waits.

    Faults of a store are `OSError`s, except when keeping, which raises `Unavailable`.
    """

    is_on_this_machine: bool
    """Whether what is kept can only be read where this folder is."""

    @property
    def problem(self) -> str:
        """What keeps this process from keeping uploads, as far as it knows; "" when nothing."""

    def stream_factory(self) -> IncomingFile:
        """A file to receive an upload; `Unavailable` when the disk is (nearly) full."""

    def keep(self, files: Sequence[IncomingFile]) -> list[str]:
        """The tokens under which they outlive the request, stored for certain; all or none."""

    def workplace(self) -> AbstractContextManager[Path]:
        """A folder on this machine that is gone afterwards."""

    def original(self, token: str, workplace: Path) -> Path:
        """A kept file, to be read from this machine's disk; raises `NotFound` when it is gone."""

    def discard(self, token: str) -> None:
        """Missing ones are fine."""

    def list(self) -> Iterator[tuple[str, datetime]]:
        """(token, modified_at) of all kept files, for the collector of what nobody refers to."""

    def sweep(self, older_than_s: int) -> int:
        """Removes what requests and workers left on this machine that died; how many."""


def as_domain(error: OSError) -> Exception:
    if error.errno not in DISK_ERRNOS:
        return error
    return Unavailable(RETRY_S, f"where uploads arrive: {error.strerror}")


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
