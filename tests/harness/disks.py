"""A small disk for one site: a file system in memory of its own, seen by nobody else.

It lives in a mount namespace and ends with the site. Root may make one, and so may a user where the
kernel allows user namespaces; elsewhere a limit on the size of files stands for the full disk: the
same calls fail in web processes and workers, though not in Redis.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from tests.harness import children
from tests.harness.sites import Site, new_site

MOUNT = 'mount -t tmpfs -o "size=$0" tmpfs "$1" && shift && exec "$@"'
BLOCK = 4_096
MARGIN = 1 << 20


@cache
def namespace() -> tuple[str, ...]:
    """The command that gives a process mounts of its own; () where it may not have them."""
    for options in (("-m",), ("-Urm",)):
        command = ("unshare", *options)
        trial = (*command, "sh", "-c", MOUNT, "1m", "/mnt", "true")
        with suppress(FileNotFoundError):
            if subprocess.run(trial, capture_output=True).returncode == 0:
                return command
    return ()


@dataclass(kw_only=True)
class Disk:
    """The disk that a site's data are on."""

    site: Site
    folder: Path
    is_real: bool

    @property
    def seen(self) -> Path:
        """The folder, as the site sees it."""
        pid = self.site.processes["site"].pid
        return Path(f"/proc/{pid}/root{self.folder}") if self.is_real else self.folder

    def leave(self, free_bytes: int) -> None:
        """Fill it until that much is left; 0 leaves nothing at all."""
        if not self.is_real:
            self._limit(0 if free_bytes == 0 else None)
            return
        self.make_room()
        with (self.seen / "filler").open("wb", buffering=0) as file:
            free = shutil.disk_usage(self.seen).free
            os.posix_fallocate(file.fileno(), 0, free - max(free_bytes, MARGIN))
            file.seek(0, os.SEEK_END)
            with suppress(OSError):
                while free_bytes == 0:
                    file.write(bytes(BLOCK))

    def make_room(self) -> None:
        if self.is_real:
            (self.seen / "filler").unlink(missing_ok=True)
        else:
            self._limit(None)

    def _limit(self, size_bytes: int | None) -> None:
        soft = resource.RLIM_INFINITY if size_bytes is None else size_bytes
        for process in psutil.Process(self.site.processes["site"].pid).children(recursive=True):
            if "python" in process.name() or "gunicorn" in process.name():
                process.rlimit(psutil.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))


@contextmanager
def site_on_small_disk(folder: Path, size: str, **env: str) -> Iterator[Disk]:
    """What `make run` starts, with its data on a disk of that size."""
    data, port = folder / "data", children.free_port()
    data.mkdir(parents=True)
    site = new_site(folder, port, {"DATA": str(data), "PORT": str(port), "DEMO": "off"} | env)
    command = [sys.executable, "-m", "pigeon.processes"]
    if namespace():
        command = [*namespace(), "sh", "-c", MOUNT, size, str(data), *command]
    site.start("site", command)
    try:
        site.wait(lambda: "is ready" in site.log("site").read_text(errors="replace"))
        yield Disk(site=site, folder=data, is_real=bool(namespace()))
    finally:
        site.stop()
