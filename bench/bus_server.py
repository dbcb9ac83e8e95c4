"""A process with sockets and nothing else: what one says, those on the other process hear.

`BUS=ours` has the bus, the door and the turns of a realtime process, `BUS=stock` what the library
brings; both handle the events of a socket in order.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
from types import SimpleNamespace  # noqa: E402
from typing import Any  # noqa: E402

import socketio  # noqa: E402

from pigeon.realtime import bus, wire  # noqa: E402

URL = os.environ["REDIS_STATE_URL"]
IS_OURS = os.environ["BUS"] == "ours"
ROOM = "hearers"


def _manager() -> Any:
    return bus.Bus(URL) if IS_OURS else socketio.RedisManager(URL, channel="bench:stock")


server = socketio.Server(
    client_manager=_manager(),
    async_mode="gevent",
    async_handlers=False,
    transports=["websocket"],
    cors_allowed_origins="*",
)


def _healthy(_environ: Any, start: Any) -> list[bytes]:
    start("200 OK", [])
    return [b"ok"]


app = socketio.WSGIApp(server, wsgi_app=_healthy)


@server.on("connect")  # type: ignore[untyped-decorator]
def connect(sid: str, _environ: Any, auth: Any) -> None:
    if auth and auth.get("hears"):
        server.enter_room(sid, ROOM)


@server.on("say")  # type: ignore[untyped-decorator]
def say(_sid: str, data: Any) -> None:
    server.emit("said", data, room=ROOM)


if IS_OURS:
    wire.guard(
        SimpleNamespace(server=server),
        is_paced=False,
        count=lambda _sid, _name: None,
        after=lambda: None,
    )
server.manager_initialized = True
server.manager.initialize()
