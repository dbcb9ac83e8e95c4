"""Inward: a socket is let in with the cookie of its session or a personal token, then asks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, partial
from typing import Any

import structlog
from flask import Flask, current_app, request
from flask_babel import force_locale
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO, join_room, leave_room
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.domain import errors
from pigeon.domain.events import Event
from pigeon.domain.ids import find_id
from pigeon.domain.sessions import SessionUser
from pigeon.extensions import settings
from pigeon.faults import reason_of
from pigeon.realtime import connections, holding, messages, presence, rooms
from pigeon.realtime.audience import audience
from pigeon.realtime.buckets import Buckets
from pigeon.realtime.connections import Connection
from pigeon.realtime.push import post_room, user_room
from pigeon.realtime.quotas import quotas
from pigeon.realtime.rooms import Changed
from pigeon.services import watches
from pigeon.services.accounts import sessions
from pigeon.unit_of_work import publish_all, publishing_later
from pigeon.web import texts
from pigeon.web.errors import error_object
from pigeon.web.guards import MEMBERS, access
from pigeon.web.parsing import Body, check_shape

log = structlog.get_logger()
SOCKETS_PER_USER = 20
ATTEMPTS_AT_ONCE = 120
ATTEMPTS = Buckets(ATTEMPTS_AT_ONCE, 2.0)
"""Of a person to connect: all their tabs, twice, then two a second."""
EVENTS_A_MINUTE = 100
"""Of a person, unless the event has a rate of its own."""
FIELDS = 20
"""Of a payload; the faults of a longer one are not named one by one."""

_unsaid: ContextVar[list[Event] | None] = ContextVar("unsaid_events", default=None)
"""Of the event that is being answered: frames leave after the acknowledgement."""

Handler = Callable[[str, Connection, dict[str, Any]], dict[str, Any]]
"""Of the socket's id, whose it is, and the payload; answers what the acknowledgement adds."""


def register(sockets: SocketIO) -> None:
    sockets.on_event("connect", connect)
    sockets.on_event("disconnect", disconnect)
    for name in EVENTS:
        sockets.on_event(name, partial(answer, name))
    sockets.on_event("*", unknown)
    sockets.on_error_default(_failed)


def connect(auth: Any = None) -> None:
    """Refused without a valid session; rooms are joined here, never named by a client."""
    ends, found = connections.ends(), _who(auth)
    if found is None:
        raise _unauthenticated()
    if settings().rate_limits and not ATTEMPTS.take(found.user_id):
        raise ConnectionRefusedError("rate_limited", {"code": "rate_limited"})
    join_room(user_room(found.user_id))
    mine = Connection(user_id=found.user_id, session_id=found.session_id, language=found.language)
    connections.add(_sid(), mine)
    if connections.ends() != ends and not sessions.living({found.session_id}):
        disconnect()  # its end was heard when there was no socket yet to close
        raise _unauthenticated()
    if _sockets_of(_sid(), found.user_id, is_visible=presence.is_visible(auth)) > SOCKETS_PER_USER:
        disconnect()
        raise ConnectionRefusedError("rate_limited", {"code": "rate_limited"})


def _unauthenticated() -> ConnectionRefusedError:
    return ConnectionRefusedError("unauthenticated", {"code": "unauthenticated"})


def _sockets_of(sid: str, user_id: int, *, is_visible: bool) -> int:
    """On all processes, where it is now known that this one is here; while Redis is away on this.

    Those of processes of the release before are counted by the leases that these know.
    """
    counted, elsewhere = 0, 0
    with contextlib.suppress(RedisError):  # the loop that keeps leases does it a little later
        counted = holding.here.come(sid, user_id, is_visible=is_visible)
        elsewhere = holding.people.keep([user_id]).get(user_id, 0)
    return max(counted, connections.people.get(user_id, 0) + elsewhere)


def disconnect(_reason: Any = None) -> None:
    gone = connections.remove(_sid())
    if gone is not None:
        holding.here.leave(_sid())
        audience.leave(_sid())
        holding.people.note([gone.user_id])
        holding.posts.note(gone.watched)


WATCHING = (300, 60)


# -- events ----------------------------------------------------------------------------------------


class OfPost(Body):
    post_id: str


@access(MEMBERS, rate=WATCHING)
def watch(sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Join the room of a post; the socket leaves the oldest one above its limit."""
    post_id, turn = _post_id(payload), rooms.rechecks.turn
    post = watches.get_watchable(post_id, mine.user_id)
    left = connections.watch(sid, post_id, post.author_id)
    for oldest in left:
        leave_room(post_room(oldest))
    holding.posts.note(left)
    join_room(post_room(post_id))
    if rooms.rechecks.turn != turn:  # something changed between the answer and the room
        rooms.evict(_server(), Changed(post_ids={post_id}))
    if post_id not in mine.watched:
        raise errors.NotFound
    with contextlib.suppress(RedisError):  # the loop that keeps leases does it a little later
        holding.posts.keep([post_id])
    found = watches.counts_of(post_id)
    return {"like_count": found.like_count, "comment_count": found.comment_count}


@access(MEMBERS, rate=WATCHING)
def unwatch(sid: str, _mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Leave the room of a post; one that is not watched, or not there, is left too."""
    post_id = _post_id(payload)
    connections.unwatch(sid, post_id)
    leave_room(post_room(post_id))
    holding.posts.note([post_id])
    return {}


EVENTS: dict[str, Handler] = {
    "post.watch": watch,
    "post.unwatch": unwatch,
    **messages.EVENTS,
    **presence.EVENTS,
}


def _post_id(payload: dict[str, Any]) -> int:
    found = find_id(check_shape(payload, OfPost).post_id)
    if found is None:
        raise errors.NotFound
    return found


# -- acknowledgements ------------------------------------------------------------------------------


def answer(name: str, *payload: Any) -> dict[str, Any]:
    """Let in, ask the handler, acknowledge; refusals are those of HTTP."""
    mine = connections.find(_sid())
    try:
        if mine is None:
            raise errors.Unauthenticated
        handler = EVENTS[name]
        _guard(handler)
        with publishing_later() as events:
            _unsaid.set(events)
            return {"ok": True} | handler(_sid(), mine, _object(payload))
    except errors.DomainError as error:
        return _refuse(error, mine)
    except (OperationalError, PoolTimeout, RedisError) as error:
        log.warning("socket_event_unanswered", name=name, reason=reason_of(error))
        return _refuse(errors.Unavailable(), mine)


def say_what_followed(app: Flask) -> None:
    """Publish what the event that was just acknowledged has brought about."""
    events = _unsaid.get()
    if events:
        _unsaid.set(None)
        with app.app_context():
            publish_all(events)


def unknown(_event: str, *_payload: Any) -> dict[str, Any]:
    return _refuse(errors.NotFound(), connections.find(_sid()))


def count(app: Flask, sid: str, name: str) -> dict[str, Any] | None:
    """Count one more event of a person; the refusal, when it is one too many."""
    mine = connections.find(sid)
    if mine is None:
        return None
    rate = getattr(EVENTS.get(name), "rate", None)
    try:
        quotas.hit(name if rate else "all", mine.user_id, rate[0] if rate else EVENTS_A_MINUTE)
    except errors.TooMany as error:
        refusal = _rate_limited(app, mine.language)
        timed = refusal["error"] | {"retry_after": error.retry_after_s}
        return refusal | {"error": timed}
    return None


def count_nothing(_sid: str, _name: str) -> None:
    """For a site without limits."""


@cache
def _rate_limited(app: Flask, language: str) -> dict[str, Any]:
    """The refusal, made once: who sends too much must not cost a translation each time."""
    with app.app_context(), force_locale(language):
        return {"ok": False, "error": error_object(errors.TooMany.code, {})}


def _guard(handler: Handler) -> None:
    """Default deny: a handler that says nothing is refused, and fails the build."""
    if getattr(handler, "access", None) != MEMBERS:
        raise errors.Forbidden


def _object(payload: tuple[Any, ...]) -> dict[str, Any]:
    """The one object of an event; {} for anything else, so that what is needed is named."""
    found = payload[0] if len(payload) == 1 else None
    return found if isinstance(found, dict) and len(found) <= FIELDS else {}


def _refuse(error: errors.DomainError, mine: Connection | None) -> dict[str, Any]:
    with force_locale(mine.language if mine else "en"):
        refusal = error_object(error.code, getattr(error, "fields", {}), error.sentence)
    if isinstance(error, errors.Waiting):
        refusal["retry_after"] = error.retry_after_s
    return {"ok": False, "error": refusal}


def _failed(error: Exception) -> dict[str, Any]:
    log.exception("socket_event_failed", error=type(error).__name__)
    return _refuse(errors.Unavailable(), connections.find(_sid()))


# -- who -------------------------------------------------------------------------------------------


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _server() -> Any:
    return current_app.extensions["sockets"].server


def _who(auth: Any) -> SessionUser | None:
    """A token in `auth` counts before a cookie; a cookie only from our own pages."""
    token = auth.get("token") if isinstance(auth, dict) else None
    if isinstance(token, str) and token and not texts.is_excessive("token", token):
        found = sessions.find(token)
        return found if found and found.kind == "token" else None
    return current_user.session if current_user.is_authenticated else None


def allowed_origins() -> list[str]:
    """Exactly our own address; in development also the spellings of the local machine."""
    url = settings().public_url
    if settings().is_production:
        return [url]
    port = url.rpartition(":")[2]
    return [url, f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
