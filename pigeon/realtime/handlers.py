"""Inward: a socket is let in with the cookie of its session or a personal token."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog
from flask import request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO, join_room
from redis.exceptions import RedisError

from pigeon.domain.sessions import SessionUser
from pigeon.extensions import settings
from pigeon.realtime import connections
from pigeon.realtime.push import user_room
from pigeon.services import presence, sessions

log = structlog.get_logger()
MESSAGE_BYTES = 64 * 1024
SOCKETS_PER_USER = 20


def register(sockets: SocketIO) -> None:
    sockets.on_event("connect", connect)
    sockets.on_event("disconnect", disconnect)
    sockets.on_event("*", unknown)
    sockets.on_error_default(_failed)


def connect(auth: Any = None) -> None:
    """Refused without a valid session; rooms are joined here, never named by a client."""
    found = _who(auth)
    if found is None:
        raise ConnectionRefusedError("unauthenticated", {"code": "unauthenticated"})
    if connections.count_of(found.user_id) >= SOCKETS_PER_USER:
        raise ConnectionRefusedError("rate_limited", {"code": "rate_limited"})
    sid = request.sid  # type: ignore[attr-defined]
    join_room(user_room(found.user_id))
    connections.add(sid, found.user_id, found.session_id)
    with contextlib.suppress(RedisError):  # the loop that renews leases does it a little later
        presence.renew([found.user_id])


def disconnect(_reason: Any = None) -> None:
    connections.remove(request.sid)  # type: ignore[attr-defined]


def unknown(event: str, *_payload: Any) -> dict[str, Any]:
    """No event of a client is known in this version."""
    return {"ok": False, "error": {"code": "not_found", "message": "", "fields": {}}}


def _who(auth: Any) -> SessionUser | None:
    """A token in `auth` counts before a cookie; a cookie only from our own pages."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if isinstance(token, str) and token:
        found = sessions.find(token)
        return found if found and found.kind == "token" else None
    return current_user.session if current_user.is_authenticated else None


def _failed(error: Exception) -> dict[str, Any]:
    log.exception("socket_event_failed", error=type(error).__name__)
    return {"ok": False, "error": {"code": "unavailable", "message": "", "fields": {}}}


def allowed_origins() -> list[str]:
    """Exactly our own address; in development also the spellings of the local machine."""
    url = settings().public_url
    if settings().is_production:
        return [url]
    port = url.rpartition(":")[2]
    return [url, f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
