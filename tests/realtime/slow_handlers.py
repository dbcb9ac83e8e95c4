"""A realtime process with one more event: `test.wait` is answered when the file it names is there.

`test.room` waits as well and then enters a room, as a handler that asked a slow store would.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from flask_socketio import join_room

from pigeon.realtime import handlers
from pigeon.web.guards import MEMBERS, access
from wsgi import app

__all__ = ["app"]


@access(MEMBERS)
def wait(_sid: str, _mine: Any, payload: dict[str, Any]) -> dict[str, Any]:
    Path(f"{payload['file']}.begun").touch()
    while not Path(payload["file"]).exists():
        time.sleep(0.01)
    return {}


@access(MEMBERS)
def enter(sid: str, mine: Any, payload: dict[str, Any]) -> dict[str, Any]:
    wait(sid, mine, payload)
    join_room("test:room")
    Path(f"{payload['file']}.done").touch()
    return {}


@access(MEMBERS)
def count(_sid: str, _mine: Any, _payload: dict[str, Any]) -> dict[str, Any]:
    """How many sockets are in the room of `enter`, and how many there are."""
    rooms = app.extensions["sockets"].server.manager.rooms.get("/", {})
    return {"inside": len(rooms.get("test:room", ())), "sockets": len(rooms[None])}


for name, handler in {"test.wait": wait, "test.room": enter, "test.count": count}.items():
    handlers.EVENTS[name] = handler
    app.extensions["sockets"].on_event(name, partial(handlers.answer, name))
