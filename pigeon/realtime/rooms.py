"""Who is in the room of a post was asked when they joined; when a relation changes, ask again.

`push.recheck_rooms` says on the bus which people or posts changed. Each process then asks the
policy for its own sockets, once for a person and a post, and evicts who may not see it any more.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pigeon.realtime import connections, holding
from pigeon.realtime.push import post_room
from pigeon.services import watches

NAMESPACE = "/"
PAIRS_AT_ONCE = 500

Pair = tuple[int, int]
"""A viewer and a post."""


@dataclass(kw_only=True)
class Changed:
    """People and posts whose rooms must be asked again; or all rooms, after a gap."""

    user_ids: set[int] = field(default_factory=set)
    post_ids: set[int] = field(default_factory=set)
    is_everything: bool = False

    def add(self, more: Changed) -> None:
        self.user_ids |= more.user_ids
        self.post_ids |= more.post_ids
        self.is_everything = self.is_everything or more.is_everything

    def concerns(self, viewer_id: int, post_id: int, author_id: int) -> bool:
        """A person is concerned as who watches, and as whose post is watched."""
        return (
            self.is_everything
            or post_id in self.post_ids
            or viewer_id in self.user_ids
            or author_id in self.user_ids
        )


class Rechecks:
    """What changed and was not asked again yet; `turn` grows with each change."""

    def __init__(self) -> None:
        self.turn = 0
        self._changed = Changed()
        self._is_waiting = threading.Event()

    def add(self, changed: Changed) -> None:
        self.turn += 1
        self._changed.add(changed)
        self._is_waiting.set()

    def check(self, server: Any) -> None:
        """Wait for a change, then evict who may not see what they watch; again if that fails."""
        self._is_waiting.wait()
        self._is_waiting.clear()
        changed, self._changed = self._changed, Changed()
        try:
            evict(server, changed)
        except Exception:
            self.add(changed)
            raise


rechecks = Rechecks()


def read(message: dict[str, Any]) -> Changed:
    """A change as the bus brings it; ValueError or TypeError for anything else."""
    return Changed(
        user_ids=set(map(int, message.get("user_ids", ()))),
        post_ids=set(map(int, message.get("post_ids", ()))),
    )


def evict(server: Any, changed: Changed) -> None:
    """Evict each socket whose viewer may not see a post that it watches any more."""
    sockets: dict[Pair, list[str]] = defaultdict(list)
    for sid, viewer_id, post_id, author_id in connections.watching():
        if changed.concerns(viewer_id, post_id, author_id):
            sockets[viewer_id, post_id].append(sid)
    pairs = sorted(sockets, key=lambda pair: pair[1])
    for first in range(0, len(pairs), PAIRS_AT_ONCE):
        batch = pairs[first : first + PAIRS_AT_ONCE]
        seen = watches.watchable_among(batch)
        for pair in batch:
            if pair not in seen:
                _leave(server, sockets[pair], pair[1])


def _leave(server: Any, sids: Iterable[str], post_id: int) -> None:
    for sid in sids:
        connections.unwatch(sid, post_id)
        server.leave_room(sid, post_room(post_id), namespace=NAMESPACE)
    holding.posts.note([post_id])
