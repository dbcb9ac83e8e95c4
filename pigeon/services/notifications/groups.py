"""Groups: people who do the same thing join one row while its reader has not seen it.

What is true is read under the lock of the content, so jobs may run in any order, several times and
at once. A person is announced once per content, for ever: their row stays when they leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import NotificationActor, NotificationModel, UserModel
from pigeon.services.notifications import counts
from pigeon.services.notifications.contents import Occasion, lock, rank_of
from pigeon.services.notifications.recipients import choose_actors, may_be_named
from pigeon.services.notifications.source import Source
from pigeon.unit_of_work import retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Group:
    """What `people` did or undid, which may change the group that the recipient has of it."""

    recipient_id: int
    occasion: Occasion
    people: list[int]


@dataclass(kw_only=True)
class Changes:
    """What became of groups, as {row: recipient}; `changed` are people whose counts may differ."""

    announced: dict[int, int] = field(default_factory=dict)
    withdrawn: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def add(self, more: Changes) -> None:
        self.announced |= more.announced
        self.withdrawn |= more.withdrawn
        self.changed |= more.changed


@retried
def update_groups(source: Source, find: Callable[[], Iterable[Group]]) -> Changes:
    """Make the groups that `find` names agree with who is present in them now.

    `find` runs inside the transaction; it answers in an order that is always the same, because
    the contents are locked in it.
    """
    changes = Changes()
    with unit_of_work() as uow:
        uow.hold_job()
        for group in find():
            _update(changes, source, group)
        changed = sorted(changes.changed)
        uow.after_commit(lambda: counts.evict(changed))
    return changes


def _update(changes: Changes, source: Source, group: Group) -> None:
    """Withdraw who left, restore who came back, announce who is new."""
    recipient_id, occasion = group.recipient_id, group.occasion
    others = [person for person in group.people if person != recipient_id]
    if not others or source.present is None:
        return
    content_id = lock(occasion, source.kind)
    present = source.present(occasion, others)
    _lock_recipient(recipient_id)
    known = _known(content_id, others)
    _turn(changes, recipient_id, known, set(present))
    announced = {row.actor_id for row in known}
    new = choose_actors(
        [person for person in present if person not in announced],
        source=source,
        recipient_id=recipient_id,
        post_id=occasion.post_id,
    )
    if new:
        changes.announced[_join(occasion, content_id, recipient_id, new)] = recipient_id
    changes.changed.add(recipient_id)


def _lock_recipient(recipient_id: int) -> None:
    """Whoever blocks them, or is blocked by them, waits: what is announced here is removed then."""
    query = select(UserModel.id).where(UserModel.id == recipient_id)
    db.session.execute(query.with_for_update(read=True))


def _known(content_id: int, people: list[int]) -> Sequence[Any]:
    """Those of `people` who were announced before."""
    actor = NotificationActor
    return db.session.execute(
        select(actor.id, actor.actor_id, actor.notification_id, actor.is_withdrawn).where(
            actor.content_id == content_id, actor.actor_id.in_(people)
        )
    ).all()


def _turn(changes: Changes, recipient_id: int, known: Sequence[Any], present: set[int]) -> None:
    """Store who came back and who left, and show or withdraw the groups that this changes."""
    turned = [row for row in known if row.is_withdrawn == (row.actor_id in present)]
    turned = _without_unheard(turned, recipient_id)
    for is_withdrawn in (True, False):
        ids = [row.id for row in turned if row.is_withdrawn != is_withdrawn]
        if ids:
            db.session.execute(
                update(NotificationActor)
                .where(NotificationActor.id.in_(ids))
                .values(is_withdrawn=is_withdrawn)
                .execution_options(synchronize_session=False)
            )
    touched = {row.notification_id for row in turned}
    if touched:
        _weigh(changes, recipient_id, sorted(touched))


def _without_unheard(turned: list[Any], recipient_id: int) -> list[Any]:
    """Nobody comes back of whom the recipient does not want to hear any more."""
    back = [row.actor_id for row in turned if row.is_withdrawn]
    if not back:
        return turned
    unheard = set(back).difference(may_be_named(back, recipient_id=recipient_id))
    return [row for row in turned if row.actor_id not in unheard]


def _weigh(changes: Changes, recipient_id: int, row_ids: list[int]) -> None:
    """Withdraw groups that nobody is in any more; show those again that somebody came back to."""
    states = db.session.execute(
        select(NotificationModel.id, NotificationModel.state)
        .where(NotificationModel.id.in_(row_ids))
        .order_by(NotificationModel.id)
        .with_for_update()  # its reader may be deleting it, which is for good
    ).all()
    peopled = set(
        db.session.scalars(
            select(NotificationActor.notification_id)
            .where(
                NotificationActor.notification_id.in_(row_ids),
                NotificationActor.is_withdrawn.is_(False),
            )
            .distinct()
        )
    )
    for row_id, state in states:
        if state == "shown" and row_id not in peopled:
            _change(row_id, state="withdrawn")
            changes.withdrawn[row_id] = recipient_id
        elif state == "withdrawn" and row_id in peopled:
            _change(row_id, state="shown")


def _join(occasion: Occasion, content_id: int, recipient_id: int, people: list[int]) -> int:
    """Add people to the newest group if it is unseen, else begin one; the row's id."""
    now = utc_now()
    rank = rank_of(now, content_id)
    newest = _newest(content_id, recipient_id)
    if newest is not None and newest.state == "shown" and not newest.seen:
        row_id: int = newest.id
        _change(row_id, rank=rank)
    else:
        row_id = _begin(f"{occasion.event}.{people[0]}", content_id, recipient_id, rank)
    rows = [
        {"content_id": content_id, "notification_id": row_id, "actor_id": person}
        for person in people
    ]
    actors = insert(NotificationActor.__table__).values(is_withdrawn=False, created_at=now)  # type: ignore[arg-type]
    db.session.execute(actors, rows)
    return row_id


def _newest(content_id: int, recipient_id: int) -> Any:
    """The newest group, locked: its reader may be opening the panel, which closes the group."""
    row = NotificationModel
    return db.session.execute(
        select(row.id, row.state, row.seen)
        .where(row.content_id == content_id, row.recipient_id == recipient_id)
        .order_by(row.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _begin(event: str, content_id: int, recipient_id: int, rank: int) -> int:
    row = NotificationModel(
        recipient_id=recipient_id, content_id=content_id, event=event, rank=rank
    )
    row.seen = row.read = False
    db.session.add(row)
    db.session.flush()
    return row.id


def _change(row_id: int, **values: Any) -> None:
    db.session.execute(
        update(NotificationModel)
        .where(NotificationModel.id == row_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
