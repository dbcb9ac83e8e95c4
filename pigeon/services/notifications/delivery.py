"""Rows for recipients, in batches: one insert for thousands of people, repeated without harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db, settings
from pigeon.models import NotificationModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import Occasion, lock, rank_of
from pigeon.services.notifications.recipients import Plan, choose, still_meeting
from pigeon.services.statements import insert, quoted
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

FEW = 100
COLUMNS = ("recipient_id", "content_id", "rank", "event", "state", "seen", "read")


@retried
def deliver(find: Callable[[], tuple[Occasion, Plan] | None]) -> list[int]:
    """Notify people of an occasion, and answer those who were not notified of it before.

    `find` runs inside the transaction: it locks what the occasion is about, so that whoever deletes
    it waits for us, and answers None when that is gone.
    """
    with unit_of_work() as uow:
        uow.hold_job()
        found = find()
        return _insert(uow, *found) if found else []


def _insert(uow: UnitOfWork, occasion: Occasion, plan: Plan) -> list[int]:
    chosen = choose(plan, actor_id=occasion.actor_id or 0, post_id=occasion.post_id)
    if not chosen:
        return []
    contents = {kind: lock(occasion, kind) for kind in _kinds(plan, chosen)}
    notified = _notified(occasion.event, chosen)
    new = [person for person in chosen if person not in notified]
    if new:
        _store(occasion.event, contents, [(person, chosen[person]) for person in new])
        new = _still_meeting(occasion, new)
    everybody = list(chosen)
    uow.after_commit(lambda: counts.evict(everybody))
    return new


def _kinds(plan: Plan, chosen: dict[int, str]) -> list[str]:
    """The kinds that were chosen, in the order of the plan: their contents are locked in it."""
    used = set(chosen.values())
    return [source.kind for source, _ in plan if source.kind in used]


def _notified(event: str, chosen: dict[int, str]) -> set[int]:
    """Who has a row of this event, in whatever state; a big batch is read as a range of people."""
    recipient, people = NotificationModel.recipient_id, list(chosen)
    is_stretch = len(people) > FEW
    among = recipient.between(people[0], people[-1]) if is_stretch else recipient.in_(people)
    return set(db.session.scalars(select(recipient).where(NotificationModel.event == event, among)))


def _store(event: str, contents: dict[str, int], notified: list[tuple[int, str]]) -> None:
    """Insert unseen rows, one for each person and the kind that was chosen for them."""
    now, name = utc_now(), quoted(event)
    values = {
        kind: f"{content_id:d},{rank_of(now, content_id):d},{name},'shown',0,0"
        for kind, content_id in contents.items()
    }
    rows = (f"({person:d},{values[kind]})" for person, kind in notified)
    insert(NotificationModel, COLUMNS, rows, ignoring=True)


def _still_meeting(occasion: Occasion, people: list[int]) -> list[int]:
    """Those whom no block has parted meanwhile; rows of the others are deleted again.

    The rows lock their recipients, so a block that comes now waits for us, and removes them.
    """
    meeting = still_meeting(people, actor_id=occasion.actor_id or 0, post_id=occasion.post_id)
    row = NotificationModel
    if len(meeting) < len(people):
        parted = set(people).difference(meeting)
        db.session.execute(
            delete(row)
            .where(row.event == occasion.event, row.recipient_id.in_(parted))
            .execution_options(synchronize_session=False)
        )
    return meeting


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """Rows that were taken back, as {row: recipient}; the next batch begins at `progress`.

    At the end `progress` is "".
    """

    rows: dict[int, int]
    progress: str


def withdraw_some(event: str, progress: str) -> Withdrawn:
    """Take back the rows of an event from the next batch of people."""
    rows, last = withdraw(event, int(progress or 0), settings().notify_batch)
    return Withdrawn(rows=rows, progress="" if last is None else str(last))


@retried
def withdraw(event: str, after: int, limit: int) -> tuple[dict[int, int], int | None]:
    """Take back the rows of an event from the next `limit` people after `after`.

    Answers {row: recipient}, and the last person, or None when nobody is left. A row that its
    reader deleted stays deleted.
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
    """Withdrawn rows are among them: who withdrew those may have died before evicting counts."""
    row = NotificationModel
    return db.session.execute(
        select(row.recipient_id, row.id, row.state)
        .where(row.event == event, row.recipient_id > after, row.state.in_(("shown", "withdrawn")))
        .order_by(row.recipient_id)
        .limit(limit)
        .with_for_update()
    ).all()


def _withdrawal(event: str, people: list[int]) -> Any:
    """The batch as a range: everybody between the first and the last of it is in the batch."""
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
