"""The sockets this process holds, who they belong to, and which posts they show."""

from __future__ import annotations

from dataclasses import dataclass, field

from pigeon import metrics

WATCHED_PER_SOCKET = 50


@dataclass(frozen=True, kw_only=True)
class Connection:
    """`watched` are ids of posts, the one that was asked for last at the end."""

    user_id: int
    session_id: int
    language: str
    watched: dict[int, None] = field(default_factory=dict)


_open: dict[str, Connection] = {}


def add(sid: str, connection: Connection) -> None:
    _open[sid] = connection
    metrics.sockets.set(len(_open))


def remove(sid: str) -> None:
    _open.pop(sid, None)
    metrics.sockets.set(len(_open))


def find(sid: str) -> Connection | None:
    return _open.get(sid)


def watch(sid: str, post_id: int) -> list[int]:
    """Remember that a socket shows a post; the posts it must leave to stay below its limit."""
    connection = _open.get(sid)
    if connection is None:
        return []
    watched = connection.watched
    watched.pop(post_id, None)
    watched[post_id] = None
    left = list(watched)[:-WATCHED_PER_SOCKET]
    for oldest in left:
        del watched[oldest]
    return left


def unwatch(sid: str, post_id: int) -> None:
    connection = _open.get(sid)
    if connection is not None:
        connection.watched.pop(post_id, None)


def watched_post_ids() -> set[int]:
    """Every post that some socket of this process shows."""
    return {post_id for connection in _open.values() for post_id in connection.watched}


def count_of(user_id: int) -> int:
    return sum(connection.user_id == user_id for connection in _open.values())


def user_ids() -> set[int]:
    return {connection.user_id for connection in _open.values()}


def of_sessions(user_id: int, session_ids: set[int]) -> list[str]:
    """Sockets of these sessions of a person."""
    return [
        sid
        for sid, connection in _open.items()
        if connection.user_id == user_id and connection.session_id in session_ids
    ]


def all_sessions() -> dict[str, Connection]:
    return dict(_open)
