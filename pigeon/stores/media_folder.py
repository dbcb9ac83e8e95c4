"""Media in a folder: `<root>/ab/cd/abcd….webp`, written aside, synced, then renamed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from pigeon.domain.errors import NotFound
from pigeon.stores.incoming import Incoming
from pigeon.stores.incoming_folder import FolderIncoming
from pigeon.stores.media import is_name, readable, writable

PARTS = ".parts"


class FolderStore:
    """The root is made on the first write. Symbolic links below it are not followed."""

    origin: str | None = None

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def incoming(self, folder: FolderIncoming) -> Incoming:
        return folder

    def put(self, name: str, content: Path | bytes, content_type: str) -> None:
        target = self._path(writable(name))
        part = self.root / PARTS / f"{token_hex(16)}.part"
        part.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(part, content)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(target.parent)

    def open(self, name: str) -> BinaryIO:
        path = self.local_path(name)
        try:
            return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except FileNotFoundError as error:
            raise NotFound from error

    def exists(self, name: str) -> bool:
        return is_name(name) and _is_own_file(self._path(name))

    def size(self, name: str) -> int:
        return self.local_path(name).stat().st_size

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self._path(writable(name)).unlink(missing_ok=True)

    def list(self, after: str | None = None) -> Iterator[tuple[str, datetime]]:
        for first in _folders(self.root, (after or "")[:2]):
            for second in _folders(first, (after or "")[2:4] if _leads(after, first) else ""):
                yield from _files(second, after or "")

    def sweep(self, older_than_s: int) -> int:
        newest = time.time() - older_than_s
        stale = [part for part in (self.root / PARTS).glob("*.part") if _modified(part) < newest]
        for part in stale:
            part.unlink(missing_ok=True)
        return len(stale)

    def local_path(self, name: str) -> Path:
        path = self._path(readable(name))
        if not _is_own_file(path):
            raise NotFound
        return path

    def presign(self, name: str, expires_s: int = 60, caching: str = "") -> None:
        return None

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name[2:4] / name


def _write(part: Path, content: Path | bytes) -> None:
    with part.open("xb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            with content.open("rb") as source:
                shutil.copyfileobj(source, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """The rename itself survives a power cut only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_own_file(path: Path) -> bool:
    """A regular file, reached through two real folders of the root."""
    is_linked = any(part.is_symlink() for part in (path, path.parent, path.parent.parent))
    return not is_linked and path.is_file()


def _leads(after: str | None, first: Path) -> bool:
    return after is not None and after.startswith(first.name)


def _folders(parent: Path, from_name: str) -> list[Path]:
    if not parent.is_dir():
        return []
    with os.scandir(parent) as entries:
        found = [Path(e.path) for e in entries if len(e.name) == 2 and _is_real_folder(e)]
    return sorted(folder for folder in found if folder.name >= from_name)


def _is_real_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _files(folder: Path, after: str) -> Iterator[tuple[str, datetime]]:
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if is_name(e.name) and e.name > after)
    for name in names:
        try:
            modified = (folder / name).lstat().st_mtime
        except FileNotFoundError:  # deleted while we walk
            continue
        yield name, datetime.fromtimestamp(modified, UTC)


def _modified(part: Path) -> float:
    try:
        return part.stat().st_mtime
    except FileNotFoundError:  # renamed while we look
        return time.time()
