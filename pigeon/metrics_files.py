"""How processes share their metrics through files that may fail: a full disk costs figures only.

prometheus_client maps its files into memory, and the kernel kills who touches a mapped page that
finds no room on the disk. Here the figures live in memory and are copied to the file; a copy that
fails is made up for later (docs/decisions/0040-metrics-are-written-not-mapped.md).
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import values
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

log = structlog.get_logger()
FIRST_BYTES = 1 << 16
HEADER = struct.Struct("ii")
AGAIN_S = 1.0


class Copied(bytearray):
    """Bytes of which every change goes to a file, too; the file lags while it cannot be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(FIRST_BYTES)
        self._path = path
        self._descriptor = -1
        self._lags, self._has_failed = True, False
        self._again_at = 0.0

    def __setitem__(self, where: Any, data: Any) -> None:
        super().__setitem__(where, data)
        if not self._lags:
            self._try(lambda: _write(self._descriptor, bytes(data), where.start))
        elif time.monotonic() >= self._again_at:
            self._try(lambda: self._catch_up(where.stop))

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._lags, self._again_at = True, float("inf")

    def _try(self, write: Any) -> None:
        try:
            write()
        except OSError as error:
            if not self._has_failed:
                log.warning("metrics_unwritten", error=error.strerror)
            self._lags = self._has_failed = True
            self._again_at = time.monotonic() + AGAIN_S

    def _catch_up(self, changed_to: int) -> None:
        """Entries first, then how far they go; a file appears under its name once it is whole.

        `changed_to`: a new entry lies behind what the header counts until the next change.
        """
        (used, _) = HEADER.unpack_from(self)
        part = self._path.with_name(f"{self._path.name}.new")
        is_new = self._descriptor < 0
        if is_new:
            self._descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _write(self._descriptor, bytes(self[HEADER.size : max(used, changed_to)]), HEADER.size)
            _write(self._descriptor, bytes(self[: HEADER.size]), 0)
            if is_new:
                part.rename(self._path)
        except OSError:
            if is_new:
                os.close(self._descriptor)
                self._descriptor = -1
                with contextlib.suppress(OSError):
                    part.unlink()
            raise
        self._lags = self._has_failed = False


class CopiedDict(MmapedDict):
    """The library's own format, in memory that is copied instead of mapped."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        self._f: Any = None
        self._fname = filename
        self._m: Any = Copied(Path(filename))
        self._positions: dict[str, int] = {}
        self._used = HEADER.size
        self._load_earlier(Path(filename))
        self._capacity = len(self._m)
        self._m[0 : HEADER.size] = HEADER.pack(self._used, 0)

    def _load_earlier(self, path: Path) -> None:
        """What a process that had the same number before has counted is counted on."""
        try:
            earlier = path.read_bytes()
            (used, _) = HEADER.unpack_from(earlier)
            bytearray.__setitem__(self._m, slice(0, used), earlier[:used])
            self._used = max(used, HEADER.size)
            entries = self._read_all_values()  # type: ignore[no-untyped-call]
            self._positions = {key: at for key, _, _, at in entries}
        except (OSError, struct.error, RuntimeError, ValueError):
            self._used, self._positions = HEADER.size, {}

    def _init_value(self, key: str) -> None:
        """Room first, so that the library has no reason to map anything."""
        needed = self._used + len(key.encode()) + 64
        if needed > self._capacity:
            self._m.extend(bytes(max(needed, 2 * self._capacity) - self._capacity))
            self._capacity = len(self._m)
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self._m.close()


class FilesCollector(Collector):
    """Everybody's figures, from the files of a folder whatever its name and their state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        paths = [str(path) for path in self._folder.glob("*.db")]
        merged: Iterable[Metric] = MultiProcessCollector.merge(paths)  # type: ignore[no-untyped-call]
        return merged


def _write(descriptor: int, data: bytes, at: int) -> None:
    """All of it or an OSError: a disk that fills up takes a part first."""
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written


def use() -> None:
    """Before the first metric is made."""
    values.MmapedDict = CopiedDict  # type: ignore[attr-defined]
