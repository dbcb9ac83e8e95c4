"""The sockets this process holds, and who they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon import metrics


@dataclass(frozen=True)
class Connection:
    user_id: int
    session_id: int


_open: dict[str, Connection] = {}


def add(sid: str, user_id: int, session_id: int) -> None:
    _open[sid] = Connection(user_id, session_id)
    metrics.sockets.set(len(_open))


def remove(sid: str) -> None:
    _open.pop(sid, None)
    metrics.sockets.set(len(_open))


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
