"""Outward: events to people's sockets, from any process. A hint: what it says is stored already."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from typing import Any

import structlog
from flask import current_app
from redis.exceptions import RedisError

from pigeon.cache import keys
from pigeon.extensions import settings, state
from pigeon.realtime.bus import Bus

log = structlog.get_logger()
_emitters: dict[tuple[int, str], Bus] = {}


def user_room(user_id: int) -> str:
    return f"user:{user_id}"


def to_user(event: str, payload: dict[str, Any], user_id: int) -> None:
    to_users(event, payload, [user_id])


def to_users(event: str, payload: dict[str, Any], user_ids: Iterable[int]) -> None:
    """Send to every device of these people, on whichever process each is connected."""
    rooms = [user_room(user_id) for user_id in user_ids]
    if rooms:
        emitter().emit(event, payload, room=rooms, namespace="/")


def post_room(post_id: int) -> str:
    return f"post:{post_id}"


def to_post(
    event: str, payload: dict[str, Any], post_id: int, *, without: Collection[int] = ()
) -> None:
    """Send to every socket that watches the post, on whichever process it is.

    Sockets of the people in `without` are passed over: they must not meet whom it shows.
    """
    if not without:
        emitter().emit(event, payload, room=post_room(post_id), namespace="/")
    else:
        bus().say_without(event, payload, post_room(post_id), without)


def recheck_rooms(
    *,
    user_ids: Collection[int] = (),
    post_ids: Collection[int] = (),
    pair: Collection[int] | None = None,
) -> None:
    """Have every process ask again who may watch these posts, and posts of or with these people.

    Their presence, too: of these people with anybody, or where only the two of a `pair` stand to
    each other otherwise than before, of those two. To be called after the commit.
    """
    bus().say_recheck(user_ids, post_ids, pair)


def presence_room(user_id: int) -> str:
    return f"presence:{user_id}"


def presence_changed(user_ids: Iterable[int]) -> None:
    """Have every process look again what these people are shown as; it tells who watches them."""
    bus().say_presence(user_ids)


def close_post(post_id: int) -> None:
    """Nobody watches the post any more, on any process: it is gone.

    Processes of the release before know no `recheck_rooms`; this goes with the release after this.
    """
    emitter().close_room(post_room(post_id), namespace="/")


def emitter() -> Any:
    """The process's own server where it holds sockets, a write-only end of the bus elsewhere."""
    return current_app.extensions.get("sockets") or bus()


def bus() -> Bus:
    """This process's end of the bus."""
    sockets = current_app.extensions.get("sockets")
    if sockets is not None:
        manager: Bus = sockets.server.manager
        return manager
    key = (os.getpid(), settings().redis_state_url)
    if key not in _emitters:
        _emitters[key] = Bus(key[1], write_only=True)
    return _emitters[key]


def kick(user_id: int, session_ids: list[int]) -> None:
    """Close the sockets of ended sessions, on every process; raises when the bus is down."""
    message = json.dumps({"user": user_id, "sessions": session_ids})
    try:
        state.client.publish(keys.KICKS_CHANNEL, message)
    except RedisError:
        log.warning("kick_unsent", user_id=user_id)
        raise
