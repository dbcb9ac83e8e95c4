"""What a message costs at least: a bare Flask-SocketIO relay that commits one row for each.

It asks no policy, keeps no conversation and counts nothing. Two of these processes share the
library's own Redis manager; with `BUS=none` they know nothing of each other, as without a bus.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import queue  # noqa: E402
import sqlite3  # noqa: E402
import time  # noqa: E402
from itertools import count  # noqa: E402
from typing import Any  # noqa: E402

import pymysql  # noqa: E402
import socketio  # noqa: E402
from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO, join_room  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

TABLE = "bench_messages"
COLUMNS = "sender_id, client_msg_id, sent_us, text"
URL = make_url(os.environ["DATABASE_URL"])
IS_SQLITE = URL.get_backend_name() == "sqlite"
INSERT = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (%s, %s, %s, %s)"


def _manager() -> Any:
    if os.environ["BUS"] == "none":
        return None
    return socketio.RedisManager(os.environ["REDIS_STATE_URL"], channel="bench:relay")


app = Flask(__name__)
sockets = SocketIO(
    app,
    async_mode="gevent",
    async_handlers=False,
    client_manager=_manager(),
    cors_allowed_origins="*",
)
_free: "queue.LifoQueue[Any]" = queue.LifoQueue()
_people: dict[str, int] = {}
_numbers = count(1)


def _connect() -> Any:
    if not IS_SQLITE:
        query = {key: str(value) for key, value in URL.query.items()}
        return pymysql.connect(user=URL.username, database=URL.database, **query)
    connection = sqlite3.connect(str(URL.database), timeout=5)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _store(row: tuple[Any, ...]) -> None:
    """By the drivers of the application, as they are used by themselves: INSERT and COMMIT."""
    try:
        connection = _free.get_nowait()
    except queue.Empty:
        connection = _connect()
    cursor = connection.cursor()
    cursor.execute(INSERT.replace("%s", "?") if IS_SQLITE else INSERT, row)
    connection.commit()
    _free.put(connection)


@app.get("/healthz")
def healthy() -> str:
    return "ok"


@sockets.on("connect")  # type: ignore[untyped-decorator]
def connect(auth: Any = None) -> None:
    _people[request.sid] = int(auth["token"])  # type: ignore[attr-defined]
    join_room(f"user:{auth['token']}")


@sockets.on("chat.send")  # type: ignore[untyped-decorator]
def send(said: dict[str, Any]) -> dict[str, Any]:
    """Stored, told to every device of both, acknowledged."""
    sender = _people[request.sid]  # type: ignore[attr-defined]
    now_us = time.time_ns() // 1_000
    _store((sender, said["client_msg_id"], now_us, said["text"]))
    message = said | {"id": str(next(_numbers)), "sender": str(sender), "sent_at": now_us}
    sockets.emit("chat.message", message, to=[f"user:{said['to']}", f"user:{sender}"])
    return {"ok": True, "message": message}
