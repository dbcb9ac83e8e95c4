"""The Socket.IO server of a realtime process, with what the stock one leaves open closed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from pigeon.extensions import db, settings, state
from pigeon.faults import Outage, is_passing
from pigeon.realtime import (
    bus,
    connections,
    frames,
    gate,
    handlers,
    holding,
    live,
    rooms,
    wire,
)
from pigeon.realtime.audience import audience
from pigeon.realtime.quotas import quotas
from pigeon.realtime.rooms import Changed
from pigeon.services import watches
from pigeon.services.accounts import sessions
from pigeon.stores import presence

log = structlog.get_logger()
AUTHENTICATE_S = 5
REVALIDATE_S = 300
SWEEP_S = 1.0
_must_check = threading.Event()


def bind(app: Flask) -> SocketIO:
    """A server on this app: websocket only, exact origins, small messages, quick authentication."""
    with app.app_context():
        origins, is_limited = handlers.allowed_origins(), settings().rate_limits
        sockets = SocketIO(
            app,
            client_manager=bus.Bus(state.url),
            async_mode="gevent",
            async_handlers=False,  # `wire` gives every connection a greenlet
            transports=["websocket"],
            cors_allowed_origins=origins,
            manage_session=False,
            max_http_buffer_size=frames.MESSAGE_BYTES,
            http_compression=False,
            ping_interval=25,
            ping_timeout=20,
        )
        _believe_proxies(app, settings().trusted_proxies)
    count = partial(handlers.count, app) if is_limited else handlers.count_nothing
    after = partial(handlers.say_what_followed, app)
    wire.guard(sockets, is_paced=is_limited, count=count, after=after)
    handlers.register(sockets)
    app.extensions["sockets"] = sockets
    app.extensions["sockets_gate"] = gate.Gate(
        sockets.server, origins=origins, is_limited=is_limited
    )
    return sockets


def _believe_proxies(app: Flask, hops: int) -> None:
    """The server stands outside of what does it for pages."""
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def start_background(app: Flask, spawn: Callable[..., Any]) -> None:
    """The loops of a realtime process; `spawn` starts a greenlet."""
    server = app.extensions["sockets"].server
    server.manager.on_kick = partial(spawn, _kick, server)
    server.manager.on_gap = _look_again
    server.manager.on_recheck = partial(_recheck, server)
    server.manager.on_presence = _note_presence
    server.manager.sockets_of = connections.of_people
    # The library would begin to listen at the first connection, and miss what came before.
    server.manager_initialized = True
    server.manager.initialize()
    # Whoever this process replaces may have died between an acknowledgement and its frames.
    spawn(server.manager.say_resync)
    for loop in _LOOPS:
        spawn(partial(_forever, app, loop))


def _forever(app: Flask, loop: Callable[[Any], None]) -> None:
    outage = Outage("realtime_loop_waits", loop=loop.__name__)
    while True:
        with app.app_context():
            try:
                loop(app.extensions["sockets"].server)
            except Exception as error:
                if is_passing(error):
                    outage.note(error)
                else:
                    log.exception("realtime_loop_failed", loop=loop.__name__)
            finally:
                db.session.remove()
        time.sleep(1.0)


def _check_sessions(server: Any) -> None:
    """Check every socket after a gap, and now and then: a message that ends one may be lost."""
    while True:
        if not _must_check.wait(REVALIDATE_S):
            _recheck_everything()
        _revalidate(server)


def _kick(server: Any, data: bytes) -> None:
    """Close the sockets of ended sessions."""
    connections.note_end()
    try:
        message = json.loads(data)
        sids = connections.of_sessions(int(message["user"]), set(message["sessions"]))
    except (ValueError, KeyError, TypeError):
        log.warning("kick_unreadable")
        return
    for sid in sids:
        server.disconnect(sid, ignore_queue=True)


def _revalidate(server: Any) -> None:
    """Close every socket whose session is over."""
    _must_check.clear()
    try:
        held = connections.all_sessions()
        valid = sessions.living({connection.session_id for connection in held.values()})
    except Exception:
        _must_check.set()  # not known yet
        raise
    for sid, connection in held.items():
        if connection.session_id not in valid:
            server.disconnect(sid, ignore_queue=True)
    db.session.rollback()


def _look_again() -> None:
    """Something that other processes said may have been missed."""
    _must_check.set()
    holding.renew_soon()
    _recheck_everything()


def _recheck_everything() -> None:
    rooms.rechecks.add(Changed(is_everything=True))
    audience.doubt_all()


def _recheck(server: Any, message: dict[str, Any]) -> None:
    try:
        rooms.rechecks.add(rooms.read(message))
        audience.doubt(server, message)
    except (ValueError, TypeError):
        log.warning("recheck_unreadable")


def _note_presence(message: dict[str, Any]) -> None:
    try:
        audience.note(map(int, message["user_ids"]))
    except (KeyError, ValueError, TypeError):
        log.warning("presence_unreadable")


def _check_rooms(server: Any) -> None:
    while True:
        rooms.rechecks.check(server)
        db.session.rollback()


def _keep_leases(_server: Any) -> None:
    while True:
        holding.keep_for_a_while()


def _tell_presence(server: Any) -> None:
    while True:
        audience.tell(server)
        db.session.rollback()


def _settle_doubts(server: Any) -> None:
    while True:
        audience.settle(server)
        db.session.rollback()


def _sweep_presence(_server: Any) -> None:
    """One of all realtime processes at a time: where there is none, nobody hears of it either."""
    while True:
        time.sleep(SWEEP_S)
        if presence.take_turn(SWEEP_S * 0.9):
            presence.sweep()


def _push_waiting(_server: Any) -> None:
    """Push counts that changed again within the second after they were pushed."""
    while True:
        time.sleep(1.0)
        live.push_likes(watches.take_waiting())
        db.session.rollback()


def _close_silent(server: Any) -> None:
    """A connection that does not say who it is within 5 s is closed."""
    seen: dict[str, float] = {}
    while True:
        time.sleep(1.0)
        engine = server.eio
        known = {server.manager.eio_sid_from_sid(sid, "/") for sid in connections.all_sessions()}
        now = time.monotonic()
        seen = {sid: seen.get(sid, now) for sid in list(engine.sockets) if sid not in known}
        for sid in [sid for sid, since in seen.items() if now - since > AUTHENTICATE_S]:
            wire.cut(server, sid)


def _send_quotas(_server: Any) -> None:
    while True:
        quotas.send()


_LOOPS = (
    _check_sessions,
    _check_rooms,
    _keep_leases,
    _tell_presence,
    _settle_doubts,
    _sweep_presence,
    _push_waiting,
    _close_silent,
    _send_quotas,
)
