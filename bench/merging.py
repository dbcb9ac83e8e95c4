"""The home timeline of people of whose authors some are celebrities: merged when it is read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from bench import rounds
from bench.ground import Ground
from bench.results import Curve, Group, Row, Table, ratio, shown, spread
from bench.timeline import ours
from pigeon.extensions import db
from pigeon.models import FollowModel, PublicationModel
from pigeon.services.timelines import pulls, timelines

READERS = 3
MOST_SHOWN = 100
NONE_AT = 0.5
"""Where no celebrity stands on an axis that has no zero."""
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """The same people with the same posts; of whom more and more are pulled instead of pushed."""
    group = Group(name="merging", title="Celebrities merged into a timeline")
    found = {n: times for n, times in page_s(ground).items() if n <= MOST_SHOWN}
    for number in found:
        if number:
            group.rows.append(
                Row(
                    metric=f"home timeline, {number} of its authors pulled / none, p50",
                    value=ratio(found[number], found[0]),
                )
            )
    points = [(n, spread([t * MILLI for t in times])) for n, times in found.items()]
    rows = [(str(n), shown(value)) for n, value in points]
    head = ("authors who are pulled", "ms")
    group.tables.append(Table(title="A page of 20 entries, p50", head=head, rows=rows))
    series = {"ours": [(n or NONE_AT, value) for n, value in points]}
    group.curves.append(Curve(name="merging", series=series))
    group.notes.append(
        "The readers' other celebrities, those of the whole data, are merged in every case."
    )
    return group


def page_s(ground: Ground) -> dict[int, list[float]]:
    """Seconds of a warm page, per round, by the number of authors who are pulled."""
    readers = ground.data.viewers[ground.plan.reference][:READERS]
    with ground.app().app_context():
        authors = {reader: _pushed(reader) for reader in readers}
        expected = {reader: ours(reader) for reader in readers}

        def read(number: int) -> float:
            times = []
            for reader in readers:
                some = authors[reader][:number]
                _deliver(some, "pull", reader)
                assert ours(reader) == expected[reader], f"{reader} differs with {number} pulled"
                calls = max(2, ground.plan.page_calls // READERS)
                times += rounds.timed(ours, [reader] * calls)
                _deliver(some, "push", reader)
            return rounds.percentile(times, 0.5)

        ways = {str(n): (lambda n=n: read(n)) for n in ground.plan.pulled}
        found = rounds.interleaved(ways, ground.plan.rounds, is_warm=True)
    return {int(number): times for number, times in found.items()}


def _pushed(reader: int) -> list[int]:
    """Authors with posts whom the reader follows; every one of them is pushed."""
    query = (
        select(PublicationModel.author_id)
        .join(FollowModel, FollowModel.followee_id == PublicationModel.author_id)
        .where(FollowModel.follower_id == reader, PublicationModel.delivery == "push")
        .distinct()
        .order_by(PublicationModel.author_id)
    )
    return list(db.session.scalars(query))


def _deliver(authors: Sequence[int], delivery: str, reader: int) -> None:
    """As if they had been that always; the reader's list is made anew."""
    db.session.rollback()
    if authors:
        db.session.connection(execution_options={"write": True})
        db.session.execute(
            update(PublicationModel)
            .where(PublicationModel.author_id.in_(authors))
            .values(delivery=delivery)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
    pulls.changed()
    timelines.rebuild(reader)
    ours(reader)
