"""Whom one person does not meet, and whose things they do not want: one small entry a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, union_all

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


def wanting_posts_of(author_id: int, readers: Sequence[int]) -> list[int]:
    """Those who neither muted the author's posts nor stand behind a block with them."""
    return _wanting("posts", author_id, readers)


def wanting_stories_of(author_id: int, readers: Sequence[int]) -> list[int]:
    """The same for the author's stories."""
    return _wanting("stories", author_id, readers)


def _wanting(what: str, author_id: int, readers: Sequence[int]) -> list[int]:
    found = apart.many(readers)
    return [
        reader
        for reader in readers
        if reader not in found
        or author_id not in getattr(found[reader], what) | found[reader].blocked
    ]


def load(viewer_id: int) -> Apart:
    """From SQL, as the present transaction sees it: for what is written."""
    return _load([viewer_id])[viewer_id]


def _load(viewer_ids: list[int]) -> dict[int, Apart]:
    found: dict[int, dict[str, set[int]]] = {
        viewer_id: {name: set() for name in ("blocked", *MUTED)} for viewer_id in viewer_ids
    }
    for row in db.session.execute(_pairs(viewer_ids)):
        for name, others in found[row.viewer_id].items():
            if getattr(row, name):
                others.add(row.other_id)
    return {
        viewer_id: Apart(**{name: frozenset(others) for name, others in sets.items()})
        for viewer_id, sets in found.items()
    }


def _pairs(viewer_ids: list[int]) -> Any:
    """In one statement: both sides of blocks, and mutes, with what each keeps apart."""
    block, mute = BlockModel, MuteModel
    named = ("viewer_id", "other_id", "blocked", *MUTED)

    def pairs(viewer: Any, other: Any, *kept: Any) -> Any:
        columns = (viewer, other, *kept)
        labelled = [column.label(name) for name, column in zip(named, columns, strict=True)]
        return select(*labelled).where(viewer.in_(viewer_ids))

    yes, no = literal(True), literal(False)
    return union_all(
        pairs(block.blocker_id, block.blocked_id, yes, no, no, no),
        pairs(block.blocked_id, block.blocker_id, yes, no, no, no),
        pairs(mute.muter_id, mute.muted_id, no, mute.posts, mute.stories, mute.chat),
    )


def evict(*user_ids: int) -> None:
    leases.evict(*map(keys.APART.key, user_ids))
