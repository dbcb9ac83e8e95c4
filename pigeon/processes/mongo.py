"""SecantusDB, which speaks MongoDB's wire: where `make run MONGO=on` and the tests start it.

It lives in an environment of its own (`.ci/mongo-servers`), and keeps what it is told in a folder.
It is there to try the second home of messages, and takes everybody who reaches its port.
"""

from __future__ import annotations

import socket
from pathlib import Path

HOST = "127.0.0.1"
SERVER = Path(__file__).parents[2] / ".mongo" / "secantusdb" / "bin" / "secantusd-py"
CACHE = "128M"
DURABLE = ("--sync-on-commit",)
"""More options, so that a power cut loses nothing; without them a kill loses nothing."""


def server_command(data: Path, port: int) -> tuple[str, ...]:
    """What starts it in the foreground."""
    place = ("--host", HOST, "--port", str(port), "--storage-path", str(data))
    options = ("--cache-size", CACHE, "--log-level", "WARNING")
    return (str(SERVER), *place, *options)


def folder(data: Path) -> Path:
    """Where it keeps what a site on this data folder tells it."""
    return data.absolute() / "mongodb"


def url_of(port: int) -> str:
    return f"mongodb://{HOST}:{port}/pigeon"


def kept_url(data: Path) -> str:
    """Of the server that was started on this data folder, for commands beside it; "" for none."""
    path = _place(data)
    return path.read_text().strip() if path.is_file() else ""


def keep_url(data: Path, url: str) -> None:
    """For `kept_url`; "" where this start of the site has no such server."""
    _place(data).unlink(missing_ok=True)
    if url:
        _place(data).write_text(url)


def _place(data: Path) -> Path:
    return data.absolute() / "run" / "mongo_url"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def is_answering(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        return sock.connect_ex((HOST, port)) == 0
