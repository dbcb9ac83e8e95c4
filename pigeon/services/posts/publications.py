"""Publications: the rows that make posts visible, and whose ids timelines are made of."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.models import PublicationModel


class Ref(NamedTuple):
    """What never changes about a publication."""

    post_id: int
    author_id: int


MEMORY = 200_000
_known: OrderedDict[int, Ref | None] = OrderedDict()
"""None stands for a publication that is gone."""


def refs(ids: list[int]) -> dict[int, Ref]:
    """Post and author per publication; kept in the process, for the pair is immutable.

    A deleted publication may still be in memory: its post's counters say that it is gone.
    """
    found = {number: _known[number] for number in ids if number in _known}
    missing = [number for number in ids if number not in found]
    if missing:
        found |= _load(missing)
    return {number: ref for number, ref in found.items() if ref is not None}


def remember(publication_id: int, post_id: int, author_id: int) -> None:
    _known[publication_id] = Ref(post_id, author_id)


def reset() -> None:
    """For tests that empty the database under a living process."""
    _known.clear()


def _load(ids: list[int]) -> dict[int, Ref | None]:
    rows = db.session.execute(
        select(PublicationModel.id, PublicationModel.post_id, PublicationModel.author_id).where(
            PublicationModel.id.in_(ids)
        )
    )
    loaded: dict[int, Ref | None] = {row[0]: Ref(row[1], row[2]) for row in rows}
    if len(loaded) < len(ids):
        loaded |= dict.fromkeys(_gone(set(ids) - loaded.keys()))
    _known.update(loaded)
    while len(_known) > MEMORY:
        _known.popitem(last=False)
    return loaded


def _gone(absent: set[int]) -> list[int]:
    """Those that will not appear any more: ids only grow, and a newer publication is there."""
    newest = db.session.scalar(select(func.max(PublicationModel.id))) or 0
    return [number for number in absent if number < newest]
