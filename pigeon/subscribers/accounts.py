"""Events of sessions: sockets of an ended one are closed."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import users
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _close_sockets(event: events.SessionsEnded) -> list[JobSpec]:
    closing = users.close_sockets.spec(
        user_id=event.user_id, session_ids=event.session_ids, token_hashes=event.token_hashes
    )
    return [closing]


def _kick(event: events.SessionsEnded) -> None:
    push.kick(event.user_id, event.session_ids)


REACTIONS: Table = {events.SessionsEnded: Reaction(jobs=_close_sockets, send=_kick)}
