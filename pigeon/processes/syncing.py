"""Brings what the state Redis has written to the disk, once a second.

Redis itself only writes, before it answers (`appendfsync no`), so a kill loses nothing. Its own
`everysec` holds writes back while a slow sync runs, and a kill then loses what was acknowledged;
with `always` every command of every queued job waits for the disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pigeon.processes.supervisor import say

EVERY_S = 1.0
END_WITHIN_S = 1.0

Extent = tuple[int, int]
"""Which file, and how long: it is only appended to."""


@contextmanager
def kept_synced(folder: Path, *, every_s: float = EVERY_S) -> Iterator[None]:
    """While entered, the append-only files below `folder` are synced as often as that."""
    is_over = threading.Event()
    thread = threading.Thread(
        target=_keep_synced, args=(folder, every_s, is_over), name="redis-sync", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(END_WITHIN_S)  # Redis syncs when it ends; a disk that hangs must not hold us


def _keep_synced(folder: Path, every_s: float, is_over: threading.Event) -> None:
    synced: dict[Path, Extent] = {}
    is_failing = False
    while not is_over.wait(every_s):
        try:
            synced = sync_grown(folder, synced)
            is_failing = False
        except OSError as error:
            if not is_failing:
                say(f"The data of Redis in {folder} cannot be synced: {error}.")
            is_failing = True


def sync_grown(folder: Path, synced: dict[Path, Extent]) -> dict[Path, Extent]:
    """Sync the files that are not as `synced` says; how far each is synced now.

    A rewrite replaces files, so they are looked up each time. OSError when the disk refuses.
    """
    reached = {}
    for path in folder.rglob("appendonly*"):
        with suppress(FileNotFoundError):  # a rewrite has just removed it
            if path.is_file():
                reached[path] = _synced(path, synced.get(path))
    return reached


def _synced(path: Path, before: Extent | None) -> Extent:
    file = os.open(path, os.O_RDONLY)
    try:
        found = os.fstat(file)
        extent = (found.st_ino, found.st_size)
        if extent != before:
            os.fsync(file)
        return extent
    finally:
        os.close(file)
