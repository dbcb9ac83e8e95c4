"""Mapping rows, written in batches: one insert for thousands of people, repeated without harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import NotificationModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import Occasion, lock, rank_of
from pigeon.services.notifications.recipients import Plan, choose
from pigeon.services.statements import insert, quoted
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

FEW = 100
COLUMNS = ("recipient_id", "content_id", "rank", "event", "state", "seen", "read")


@retried
def deliver(find: Callable[[], tuple[Occasion, Plan] | None]) -> list[int]:
    """Tell people of an occasion; who was told of it before is left alone. The new ones.

    `find` runs inside the transaction: it locks what the occasion is about, so that taking it back
    waits for us, and answers None when that is gone.
    """
    with unit_of_work() as uow:
        uow.hold_job()
        found = find()
        return _insert(uow, *found) if found else []


def _insert(uow: UnitOfWork, occasion: Occasion, plan: Plan) -> list[int]:
    chosen = choose(plan, actor_id=occasion.actor_id or 0)
    if not chosen:
        return []
    contents = {kind: lock(occasion, kind) for kind in _kinds(plan, chosen)}
    told = _told(occasion.event, chosen)
    new = [person for person in chosen if person not in told]
    if new:
        _store(occasion.event, contents, [(person, chosen[person]) for person in new])
    everybody = list(chosen)
    uow.after_commit(lambda: counts.evict(everybody))
    return new


def _kinds(plan: Plan, chosen: dict[int, str]) -> list[str]:
    """Those that somebody is told by, always in the same order: their rows are locked."""
    used = set(chosen.values())
    return [kind for kind, _ in plan if kind in used]


def _told(event: str, chosen: dict[int, str]) -> set[int]:
    """Who has a row of this event, in whatever state; a big batch is a stretch of the index."""
    recipient, people = NotificationModel.recipient_id, list(chosen)
    is_stretch = len(people) > FEW
    among = recipient.between(people[0], people[-1]) if is_stretch else recipient.in_(people)
    return set(db.session.scalars(select(recipient).where(NotificationModel.event == event, among)))


def _store(event: str, contents: dict[str, int], told: list[tuple[int, str]]) -> None:
    """Rows that nobody has seen, for people and the kind of content that each is told by."""
    now, name = utc_now(), quoted(event)
    values = {
        kind: f"{content_id:d},{rank_of(now, content_id):d},{name},'shown',0,0"
        for kind, content_id in contents.items()
    }
    rows = (f"({person:d},{values[kind]})" for person, kind in told)
    insert(NotificationModel, COLUMNS, rows, ignoring=True)


@retried
def withdraw(event: str, after: int, limit: int) -> tuple[dict[int, int], int | None]:
    """Take an event back from the next `limit` people; {row: recipient}, and where to go on.

    None when nobody is left. What its reader deleted stays so.
    """
    with unit_of_work() as uow:
        uow.hold_job()
        rows = _locked(event, after, limit)
        people = [row.recipient_id for row in rows]
        if people:
            db.session.execute(_withdrawal(event, people))
            uow.after_commit(lambda: counts.evict(people))
    shown = {row.id: row.recipient_id for row in rows if row.state == "shown"}
    return shown, people[-1] if len(people) == limit else None


def _locked(event: str, after: int, limit: int) -> Sequence[Any]:
    """Also what is withdrawn already: we may be the successor of one that died before evicting."""
    row = NotificationModel
    return db.session.execute(
        select(row.recipient_id, row.id, row.state)
        .where(row.event == event, row.recipient_id > after, row.state.in_(("shown", "withdrawn")))
        .order_by(row.recipient_id)
        .limit(limit)
        .with_for_update()
    ).all()


def _withdrawal(event: str, people: list[int]) -> Any:
    """Between the first and the last of a batch nobody else is shown this event."""
    row = NotificationModel
    return (
        update(row)
        .where(
            row.event == event,
            row.recipient_id.between(people[0], people[-1]),
            row.state == "shown",
        )
        .values(state="withdrawn")
        .execution_options(synchronize_session=False)
    )
