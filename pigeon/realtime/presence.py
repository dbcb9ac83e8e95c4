"""What a client may say about presence: its own, and whose it wants to hear of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app

from pigeon.cache.codec import adapter
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.names import canonical_username
from pigeon.domain.presence import Presence
from pigeon.realtime import holding
from pigeon.realtime.audience import audience
from pigeon.realtime.connections import Connection
from pigeon.services import presence
from pigeon.services.users import users
from pigeon.web.guards import MEMBERS, access
from pigeon.web.parsing import Body, check_shape, check_texts

ACTIVE = (300, 60)
WATCHED = 100
"""People whose presence a socket hears of."""


class SetEvent(Body):
    status: str


class ActiveEvent(Body):
    visible: bool


class WatchEvent(Body):
    usernames: list[str]


def is_visible(auth: Any) -> bool:
    """Of a page that connects; one that comes back in a hidden tab says so in `auth`."""
    return not (isinstance(auth, dict) and auth.get("visible") is False)


@access(MEMBERS)
def choose(_sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    event = check_shape(payload, SetEvent)
    presence.choose(event.status, by=mine.user_id)
    return {"status": event.status}


@access(MEMBERS, rate=ACTIVE)
def act(sid: str, _mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Only noted here: it is written a moment later, with what others say."""
    holding.here.act(sid, is_visible=check_shape(payload, ActiveEvent).visible)
    return {}


@access(MEMBERS)
def watch(sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Hear of these people from now on, and of no others; what they are shown as now."""
    check_texts(payload)
    names = check_shape(payload, WatchEvent).usernames
    if len(names) > WATCHED:
        raise Invalid({"usernames": FieldError("too_many", WATCHED)})
    canonical = [canonical_username(name) for name in names]
    ids = users.ids_by_name.many(canonical)
    server = current_app.extensions["socketio"].server
    found = audience.watch(server, sid, mine.user_id, {ids[one]: one for one in ids})
    shown = (
        found.get(ids.get(key, 0)) or Presence(username=name)
        for name, key in zip(names, canonical, strict=True)
    )
    return {"items": [adapter(Presence).dump_python(one, mode="json") for one in shown]}


EVENTS: dict[str, Callable[[str, Connection, dict[str, Any]], dict[str, Any]]] = {
    "presence.set": choose,
    "presence.active": act,
    "presence.watch": watch,
}
