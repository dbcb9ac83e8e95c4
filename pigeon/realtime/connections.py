"""The sockets this process holds: whose they are, and which posts they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pigeon import metrics

WATCHED_PER_SOCKET = 50


@dataclass(frozen=True, kw_only=True)
class Connection:
    """`watched` are posts with their authors, the one that was asked for last at the end."""

    user_id: int
    session_id: int
    language: str
    watched: dict[int, int] = field(default_factory=dict)


_open: dict[str, Connection] = {}
_people: Counter[int] = Counter()
_posts: Counter[int] = Counter()
_ends = 0
people: Mapping[int, int] = _people
"""How many sockets of each person this process holds."""
posts: Mapping[int, int] = _posts
"""How many sockets of this process show each post."""


def add(sid: str, connection: Connection) -> None:
    _open[sid] = connection
    _people[connection.user_id] += 1
    metrics.sockets.set(len(_open))


def remove(sid: str) -> Connection | None:
    """The connection that is gone, with what it showed."""
    connection = _open.pop(sid, None)
    metrics.sockets.set(len(_open))
    if connection is None:
        return None
    _drop(_people, connection.user_id)
    for post_id in connection.watched:
        _drop(_posts, post_id)
    return connection


def find(sid: str) -> Connection | None:
    return _open.get(sid)


def watch(sid: str, post_id: int, author_id: int) -> list[int]:
    """Remember that a socket shows a post; the posts it must leave to stay below its limit."""
    connection = _open.get(sid)
    if connection is None:
        return []
    watched = connection.watched
    if watched.pop(post_id, None) is None:
        _posts[post_id] += 1
    watched[post_id] = author_id
    left = list(watched)[:-WATCHED_PER_SOCKET]
    for oldest in left:
        unwatch(sid, oldest)
    return left


def unwatch(sid: str, post_id: int) -> None:
    connection = _open.get(sid)
    if connection is not None and connection.watched.pop(post_id, None) is not None:
        _drop(_posts, post_id)


def of_sessions(user_id: int, session_ids: set[int]) -> list[str]:
    """Sockets of these sessions of a person."""
    return [
        sid
        for sid, connection in _open.items()
        if connection.user_id == user_id and connection.session_id in session_ids
    ]


def of_people(user_ids: Iterable[int]) -> list[str]:
    """Sockets of these people."""
    wanted = set(user_ids)
    return [sid for sid, connection in list(_open.items()) if connection.user_id in wanted]


def note_end() -> None:
    """Sessions ended: whoever is just connecting looks once more whether theirs is among them."""
    global _ends
    _ends += 1


def ends() -> int:
    """How often sessions ended since the process began."""
    return _ends


def all_sessions() -> dict[str, Connection]:
    return dict(_open)


def watching() -> Iterator[tuple[str, int, int, int]]:
    """Every socket with a post that it shows: (socket, viewer, post, author)."""
    for sid, connection in list(_open.items()):
        for post_id, author_id in list(connection.watched.items()):
            yield sid, connection.user_id, post_id, author_id


def _drop(counter: Counter[int], key: int) -> None:
    """One less; what is not held any more is not counted at 0 either."""
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
