"""SecantusDB, which speaks MongoDB's wire: where `make run MONGO=on` and the tests start it.

It lives in an environment of its own (`.ci/mongo-servers`), and keeps what it is told in a folder.
It is there to try the second home of messages, and takes everybody who reaches its port.
"""

from __future__ import annotations

import socket
from pathlib import Path

HOST = "127.0.0.1"
SERVER = Path(".mongo") / "secantusdb" / "bin" / "secantusd-py"
CACHE = "128M"
DURABLE = ("--sync-on-commit",)
"""More options, so that a power cut loses nothing; without them a kill loses nothing."""


def server_command(data: Path, port: int, *, root: Path) -> tuple[str, ...]:
    """What starts it in the foreground; `root` is the folder in which `make` installed it."""
    place = ("--host", HOST, "--port", str(port), "--storage-path", str(data))
    options = ("--cache-size", CACHE, "--log-level", "WARNING")
    return (str(root / SERVER), *place, *options)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def is_answering(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        return sock.connect_ex((HOST, port)) == 0
