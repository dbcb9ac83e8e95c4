"""Uploads wait in a folder, on a disk that web processes and media workers share.

Here files arrive in any case; with an object store they wait there instead (`incoming_s3`).
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pigeon.domain.errors import NotFound, Unavailable
from pigeon.stores.incoming import (
    NEARLY_FULL,
    PART,
    RESERVE_BYTES,
    RETRY_S,
    IncomingFile,
    as_domain,
)

TOKEN = re.compile(r"[0-9a-f]{32}")
WORK = ".work"
LEFT_AFTER_S = 3_600
"""No request and no picture takes that long: what is older was left by a process that died."""
SWEPT_EVERY_S = 600.0


class FolderIncoming:
    """One folder. Who uses it also sweeps it: nobody else may see this disk."""

    is_on_this_machine = True
    problem = ""

    def __init__(self, folder: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.folder = folder
        self.reserve_bytes = reserve_bytes
        self._swept_at = 0.0

    def stream_factory(
        self,
        total_content_length: int | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IncomingFile:
        """For Werkzeug's form parser; raises `Unavailable` when the disk is (nearly) full."""
        try:
            self._prepare()
            if shutil.disk_usage(self.folder).free < self.reserve_bytes:
                raise Unavailable(RETRY_S, NEARLY_FULL)
            return IncomingFile(self.folder)
        except OSError as error:
            raise as_domain(error) from error

    def keep(self, files: Sequence[IncomingFile]) -> list[str]:
        return [file.keep() for file in files]

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        self._prepare()
        with tempfile.TemporaryDirectory(suffix=WORK, dir=self.folder) as name:
            yield Path(name)

    def original(self, token: str, workplace: Path) -> Path:
        return self.path(token)

    def path(self, token: str) -> Path:
        """The kept file itself; raises `NotFound` when it is gone."""
        path = self._path(token)
        if not path.is_file():
            raise NotFound
        return path

    def discard(self, token: str) -> None:
        self._path(token).unlink(missing_ok=True)

    def list(self) -> Iterator[tuple[str, datetime]]:
        for path in self.folder.glob("*"):
            if TOKEN.fullmatch(path.name) and (modified := _modified(path)):
                yield path.name, datetime.fromtimestamp(modified, UTC)

    def sweep(self, older_than_s: int) -> int:
        """Unkept files and folders of work."""
        oldest = time.time() - older_than_s
        found = [*self.folder.glob(f"*{PART}"), *self.folder.glob(f"*{WORK}")]
        stale = [path for path in found if 0 < _modified(path) < oldest]
        for path in stale:
            if path.suffix == WORK:
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(stale)

    def _prepare(self) -> None:
        """The folder is there, and now and then nothing old is in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._swept_at or time.monotonic() - self._swept_at > SWEPT_EVERY_S:
            self._swept_at = time.monotonic()
            self.sweep(LEFT_AFTER_S)

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
