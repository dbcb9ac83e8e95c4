"""The Socket.IO server of a realtime process, with what the stock one leaves open closed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO

from pigeon.cache import keys
from pigeon.extensions import db, state
from pigeon.faults import Outage, is_passing
from pigeon.realtime import bus, connections, handlers, live, wire
from pigeon.services import presence, sessions, watches

log = structlog.get_logger()
AUTHENTICATE_S = 5
REVALIDATE_S = 300


def bind(app: Flask) -> SocketIO:
    """A server on this app: websocket only, exact origins, small messages, quick authentication."""
    with app.app_context():
        sockets = SocketIO(
            app,
            client_manager=bus.manager(state.url),
            async_mode="gevent",
            transports=["websocket"],
            cors_allowed_origins=handlers.allowed_origins(),
            manage_session=False,
            max_http_buffer_size=wire.MESSAGE_BYTES,
            http_compression=False,
            ping_interval=25,
            ping_timeout=20,
        )
    wire.guard(sockets)
    handlers.register(sockets)
    app.extensions["sockets"] = sockets
    return sockets


def start_background(app: Flask, spawn: Callable[..., Any]) -> None:
    """The loops of a realtime process; `spawn` starts a greenlet."""
    for loop in (_listen_for_kicks, _renew_leases, _tell_waiting, _close_silent):
        spawn(partial(_forever, app, loop))


def _forever(app: Flask, loop: Callable[[SocketIO], None]) -> None:
    outage = Outage("realtime_loop_waits", loop=loop.__name__)
    while True:
        with app.app_context():
            try:
                loop(app.extensions["sockets"])
            except Exception as error:
                if is_passing(error):
                    outage.note(error)
                else:
                    log.exception("realtime_loop_failed", loop=loop.__name__)
            finally:
                db.session.remove()
        time.sleep(1.0)


def _listen_for_kicks(sockets: SocketIO) -> None:
    """Close sockets of ended sessions; after a gap in listening every socket is checked again."""
    client: Any = state.connect(timeout_s=None)
    with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        pubsub.subscribe(keys.KICKS_CHANNEL)
        _revalidate(sockets)
        checked = time.monotonic()
        while True:
            message = pubsub.get_message(timeout=5)
            if message:
                _kick(sockets, message["data"])
            if time.monotonic() - checked > REVALIDATE_S:
                _revalidate(sockets)
                checked = time.monotonic()


def _kick(sockets: SocketIO, data: bytes) -> None:
    try:
        message = json.loads(data)
        sids = connections.of_sessions(int(message["user"]), set(message["sessions"]))
    except (ValueError, KeyError, TypeError):
        log.warning("kick_unreadable")
        return
    for sid in sids:
        sockets.server.disconnect(sid)


def _revalidate(sockets: SocketIO) -> None:
    """Close every socket whose session is over."""
    held = connections.all_sessions()
    valid = sessions.living({connection.session_id for connection in held.values()})
    for sid, connection in held.items():
        if connection.session_id not in valid:
            sockets.server.disconnect(sid)
    db.session.rollback()


def _renew_leases(_sockets: SocketIO) -> None:
    """Who is here, and which posts are on their screens."""
    while True:
        presence.renew(connections.user_ids())
        watches.renew(connections.watched_post_ids())
        time.sleep(presence.RENEW_S if connections.user_ids() else 1.0)


def _tell_waiting(_sockets: SocketIO) -> None:
    """Counts that changed again within the second after they were told."""
    while True:
        time.sleep(1.0)
        live.tell_likes(watches.take_waiting())
        db.session.rollback()


def _close_silent(sockets: SocketIO) -> None:
    """A connection that does not say who it is within 5 s is closed."""
    seen: dict[str, float] = {}
    while True:
        time.sleep(1.0)
        engine = sockets.server.eio
        known = {
            sockets.server.manager.eio_sid_from_sid(sid, "/") for sid in connections.all_sessions()
        }
        now = time.monotonic()
        seen = {sid: seen.get(sid, now) for sid in list(engine.sockets) if sid not in known}
        for sid in [sid for sid, since in seen.items() if now - since > AUTHENTICATE_S]:
            engine.disconnect(sid)
