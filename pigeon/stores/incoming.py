"""Where uploads land: straight from the socket into a file, never into memory.

A file belongs to its request until it is kept; then it has a token and belongs to whoever
stores that. The name a browser gave it is not used for anything.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from pigeon.domain import limits
from pigeon.domain.errors import NotFound, Unavailable
from pigeon.faults import DISK_ERRNOS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

TOKEN = re.compile(r"[0-9a-f]{32}")
PART = ".part"
WORK = ".work"
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
            _sync_folder(self.path.parent)
        except OSError as error:
            self.discard()
            raise _as_domain(error) from error
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
            raise _as_domain(error) from error

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


class Incoming:
    """The folder of uploads, on a disk that web and media workers share."""

    def __init__(self, folder: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.folder = folder
        self.reserve_bytes = reserve_bytes

    def stream_factory(
        self,
        total_content_length: int | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IncomingFile:
        """For Werkzeug's form parser; raises `Unavailable` when the disk is (nearly) full."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < self.reserve_bytes:
                raise Unavailable(RETRY_S, NEARLY_FULL)
            return IncomingFile(self.folder)
        except OSError as error:
            raise _as_domain(error) from error

    def path(self, token: str) -> Path:
        """The kept file; raises `NotFound` when it is gone."""
        path = self._path(token)
        if not path.is_file():
            raise NotFound
        return path

    def discard(self, token: str) -> None:
        """Missing ones are fine."""
        self._path(token).unlink(missing_ok=True)

    def list(self) -> Iterator[tuple[str, datetime]]:
        """(token, modified_at) of all kept files, for the collector of what nobody refers to."""
        for path in self.folder.glob("*"):
            if TOKEN.fullmatch(path.name) and (modified := _modified(path)):
                yield path.name, datetime.fromtimestamp(modified, UTC)

    def sweep(self, older_than_s: int) -> int:
        """Removes what requests and workers left that died: unkept files, folders of work."""
        oldest = time.time() - older_than_s
        found = [*self.folder.glob(f"*{PART}"), *self.folder.glob(f"*{WORK}")]
        stale = [path for path in found if 0 < _modified(path) < oldest]
        for path in stale:
            if path.suffix == WORK:
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(stale)

    def _path(self, token: str) -> Path:
        if not TOKEN.fullmatch(token):
            raise NotFound
        return self.folder / token


def _modified(path: Path) -> float:
    """0 when the file is gone by now."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _as_domain(error: OSError) -> Exception:
    if error.errno not in DISK_ERRNOS:
        return error
    return Unavailable(RETRY_S, f"where uploads arrive: {error.strerror}")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
