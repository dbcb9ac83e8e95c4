"""Whom one person does not meet, and whose things they do not want: one small entry a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, union_all

from pigeon.cache import keys, leases
from pigeon.cache.look_aside import cached
from pigeon.extensions import db
from pigeon.models import BlockModel, MuteModel

MUTED = ("posts", "stories", "chat")
"""What can be muted, each by itself."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """`blocked` holds both sides of a block; the others are whose things the person has muted."""

    blocked: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()
    stories: frozenset[int] = frozenset()
    chat: frozenset[int] = frozenset()

    def muted(self, user_id: int) -> list[str]:
        """What of a person is muted, in the order of `MUTED`."""
        return [name for name in MUTED if user_id in getattr(self, name)]


FROM_NOBODY = Apart()


@cached(keys.APART, Apart)
def apart(viewer_ids: list[int]) -> dict[int, Apart]:
    """For every person asked, also for those who keep away from nobody."""
    return _load(viewer_ids)


def load(viewer_id: int) -> Apart:
    """From SQL, as the present transaction sees it: for what is written."""
    return _load([viewer_id])[viewer_id]


def _load(viewer_ids: list[int]) -> dict[int, Apart]:
    blocked: dict[int, set[int]] = defaultdict(set)
    for viewer_id, other_id in db.session.execute(_blocks(viewer_ids)):
        blocked[viewer_id].add(other_id)
    muted: dict[str, dict[int, set[int]]] = {name: defaultdict(set) for name in MUTED}
    for row in db.session.scalars(select(MuteModel).where(MuteModel.muter_id.in_(viewer_ids))):
        for name in MUTED:
            if getattr(row, name):
                muted[name][row.muter_id].add(row.muted_id)
    return {
        viewer_id: Apart(
            blocked=frozenset(blocked[viewer_id]),
            **{name: frozenset(muted[name][viewer_id]) for name in MUTED},
        )
        for viewer_id in viewer_ids
    }


def _blocks(viewer_ids: list[int]) -> Any:
    """Pairs (viewer, other), from both sides of the blocks."""
    row = BlockModel
    return union_all(
        select(row.blocker_id, row.blocked_id).where(row.blocker_id.in_(viewer_ids)),
        select(row.blocked_id, row.blocker_id).where(row.blocked_id.in_(viewer_ids)),
    )


def evict(*user_ids: int) -> None:
    leases.evict(*map(keys.APART.key, user_ids))
