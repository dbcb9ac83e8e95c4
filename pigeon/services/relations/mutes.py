"""Mutes: somebody's posts, stories or chat are not shown unasked; nobody is told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.events import MuteChanged
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import MuteModel
from pigeon.services import access
from pigeon.services.follows import edges
from pigeon.services.relations import apart
from pigeon.services.relations.apart import MUTED
from pigeon.services.timelines import timelines
from pigeon.unit_of_work import retried, unit_of_work


def check_kinds(of: Sequence[str] | None) -> list[str]:
    """What is to be muted; None stands for everything. Invalid naming `of`."""
    if of is None:
        return list(MUTED)
    if not of:
        raise Invalid({"of": FieldError("required")})
    if set(of) - set(MUTED):
        raise Invalid({"of": FieldError("unknown")})
    return [name for name in MUTED if name in of]


@retried
def set_muted(user_id: int, *, by: int, of: Sequence[str], on: bool) -> None:
    """Mute these things of a person, or no longer; the others stay as they are. Again is fine.

    Conflict `self`; NotFound for somebody whom `by` may not know of.
    """
    access.users.check_is_other(user_id, by=by)
    with unit_of_work() as uow:
        edges.lock_met(user_id, by)
        row = _find(user_id, by) or _new(user_id, by)
        before = [getattr(row, name) for name in MUTED]
        for name in of:
            setattr(row, name, on)
        after = [getattr(row, name) for name in MUTED]
        if any(after):
            db.session.add(row)
        elif any(before):
            db.session.delete(row)
        if before != after:
            uow.after_commit(lambda: evict(by))
            uow.record(MuteChanged(muter_id=by, muted_id=user_id))


def evict(user_id: int) -> None:
    """Evict what caches say of whom a person has muted; run as a job too."""
    apart.evict(user_id)
    timelines.drop(user_id)


def list_of(user_id: int, request: PageRequest) -> Page[int]:
    """Ids of whose things a person has muted, newest first."""
    mine, known = MuteModel.muter_id == user_id, access.users.where(access.viewer(user_id))
    return edges.list_people(MuteModel, MuteModel.muted_id, request, mine, known)


def _find(user_id: int, by: int) -> MuteModel | None:
    return db.session.scalar(
        select(MuteModel).where(MuteModel.muter_id == by, MuteModel.muted_id == user_id)
    )


def _new(user_id: int, by: int) -> MuteModel:
    nothing = dict.fromkeys(MUTED, False)
    return MuteModel(muter_id=by, muted_id=user_id, created_at=utc_now(), **nothing)
