from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.jobs.queues import QUEUES
from pigeon.models import OutboxRow
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.outbox import outbox
from pigeon.unit_of_work import Claim, StaleClaim, finish, unit_of_work
from tests.harness.context import concurrently

pytestmark = pytest.mark.no_second_look


def sweep(**waiting_since: datetime) -> list[tuple[int, str]]:
    """With all queues empty but those whose heads wait since then."""
    return outbox.sweep(dict.fromkeys(QUEUES, utc_now()) | waiting_since)


def add_row(**columns: Any) -> int:
    """A promised job, as it stands right after its transaction."""
    with unit_of_work():
        row = OutboxRow.of("default", "posts.refresh", {"post_id": 1}, utc_now(), 0.0)
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        return row.id


def change(**values: Any) -> None:
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(**values))


def row() -> OutboxRow:
    db.session.rollback()
    return db.session.scalars(select(OutboxRow)).one()


def claimed(number: int) -> Claim:
    held = outbox.claim(number)
    assert held is not None
    return held


def test_of_many_workers_one_gets_the_job(app: Flask) -> None:
    for _ in range(5):
        number = add_row()
        held = concurrently(app, [lambda number=number: outbox.claim(number)] * 6)
        assert not [each for each in held if isinstance(each, Exception)]
        assert sum(each is not None for each in held) == 1


def test_a_done_job_is_gone_and_done_twice_is_fine(app: Flask) -> None:
    held = claimed(add_row())
    outbox.done(held)
    outbox.done(held)
    assert outbox_figures.pending() == 0 and outbox.claim(held.outbox_id) is None


def test_who_was_taken_over_can_neither_finish_nor_fail_nor_go_on(app: Flask) -> None:
    number = add_row()
    old = claimed(number)
    change(available_at=utc_now() - timedelta(seconds=1))
    new = claimed(number)
    assert new.attempt == old.attempt + 1
    outbox.done(old)
    outbox.fail(old, "late")
    assert not outbox.again(old, "7") and not outbox.leave(old, "late")
    with pytest.raises(StaleClaim), unit_of_work():
        finish(old)
    assert (row().state, row().attempt, row().failures) == ("claimed", new.attempt, 0)
    outbox.done(new)
    assert outbox_figures.pending() == 0


def test_a_failed_job_is_tried_again_later_and_not_before(app: Flask) -> None:
    number = add_row()
    outbox.fail(claimed(number), "RuntimeError: x")
    assert outbox.claim(number) is None, "a second entry of a queue comes too early"
    assert sweep() == []
    change(available_at=utc_now())
    assert sweep() == [(number, "default")]
    held = claimed(number)
    assert (held.attempt, held.failures) == (2, 1)


def test_the_delay_grows_and_the_fifth_failure_is_the_last(app: Flask) -> None:
    number, waits = add_row(), []
    for _ in range(outbox.MAX_FAILURES):
        held = claimed(number)
        assert outbox.is_last_try(held) is (held.failures == outbox.MAX_FAILURES - 1)
        outbox.fail(held, "x" * 900)
        waits.append((row().available_at - utc_now()).total_seconds())
        change(available_at=utc_now())
    assert waits[:4] == pytest.approx(outbox.BACKOFF_S, abs=1)
    (dead,) = outbox_figures.list_dead()
    assert (dead.id, dead.queue, dead.job, len(dead.error)) == (
        number,
        "default",
        "posts.refresh",
        500,
    )
    assert outbox.claim(number) is None and sweep() == []
    assert outbox_figures.pending() == 0


def test_a_job_left_for_others_waits_a_little_and_counts_no_failure(app: Flask) -> None:
    number, waits, told = add_row(failures=4), [], []
    for _ in range(9):
        told.append(outbox.leave(claimed(number), "a job named x"))
        assert outbox.claim(number) is None
        waits.append((row().available_at - utc_now()).total_seconds())
        change(available_at=utc_now())
        assert sweep() == [(number, "default")]
    assert waits == pytest.approx([1, 5, *[15] * 7], abs=1)
    assert told == [True, *[False] * 8]
    assert (row().failures, row().last_error) == (4, "only a newer release knows a job named x")


def test_a_dead_job_is_retried_by_hand(app: Flask) -> None:
    number = add_row(state="dead", failures=5, enqueued_at=None)
    run = app.test_cli_runner().invoke
    assert "1 dead" in run(args=["jobs", "list"]).output
    assert run(args=["jobs", "retry", str(number)]).exit_code == 0
    assert run(args=["jobs", "retry", str(number)]).exit_code == 1
    assert sweep() == [(number, "default")]
    with pytest.raises(NotFound):
        outbox_figures.retry_dead(number)


@pytest.mark.parametrize(
    ("queue", "longest_s", "patience"),
    [
        ("default", 120, timedelta(days=15)),
        ("media", 30, timedelta(minutes=15)),
        ("mail", 300, timedelta(hours=24)),
    ],
)
def test_what_is_out_of_reach_is_waited_for(
    app: Flask, queue: str, longest_s: int, patience: timedelta
) -> None:
    number = add_row(queue=queue)
    for _ in range(8):
        held = claimed(number)
        assert not outbox.is_last_try(held, is_passing=True)
        outbox.fail(held, "StoreFault", is_passing=True)
        wait_s = (row().available_at - utc_now()).total_seconds()
        change(available_at=utc_now())
    assert row().failures == 0
    assert wait_s == pytest.approx(longest_s, abs=1)
    change(created_at=utc_now() - patience)
    outbox.fail(claimed(number), "StoreFault", is_passing=True)
    assert row().failures == 1


def test_a_job_that_goes_on_keeps_its_progress(app: Flask) -> None:
    number = add_row()
    assert outbox.again(claimed(number), "500")
    assert claimed(number).progress == "500"


def test_a_moment_without_redis_costs_a_long_job_a_moment(app: Flask) -> None:
    """However often it was claimed: in slices, or by workers that were killed."""
    number = add_row(attempt=40)
    for _ in range(3):
        outbox.fail(claimed(number), "Unavailable", is_passing=True)
        change(available_at=utc_now())
        assert outbox.again(claimed(number), "500")
    outbox.fail(claimed(number), "Unavailable", is_passing=True)
    assert row().available_at - utc_now() < timedelta(seconds=2)


def test_a_queued_job_is_left_alone_until_it_must_be_lost(app: Flask) -> None:
    number = add_row()
    assert sweep() == []
    long_ago = utc_now() - timedelta(seconds=outbox.LOST_AFTER_S + 1)
    change(enqueued_at=long_ago)
    assert sweep(default=long_ago) == [], "it waits behind others"
    assert sweep(default=long_ago + timedelta(seconds=1)) == [], "it may just have been taken"
    assert sweep() == [(number, "default")]
    assert sweep() == []


def test_a_continued_job_whose_entry_was_lost_is_found(app: Flask) -> None:
    number = add_row()
    outbox.again(claimed(number), "500")
    change(enqueued_at=utc_now() - timedelta(seconds=outbox.LOST_AFTER_S + 1))
    assert sweep() == [(number, "default")]


def test_a_lease_that_ended_frees_the_job(app: Flask) -> None:
    number = add_row()
    claimed(number)
    change(claimed_by="elsewhere:1:1")
    assert sweep() == [] and outbox.claim(number) is None
    change(available_at=utc_now() - timedelta(seconds=1))
    assert sweep() == [(number, "default")]


def test_sweeping_takes_no_job_from_who_has_just_claimed_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add_row(enqueued_at=None)
    mark = outbox._mark_enqueued

    def claimed_meanwhile(ids: list[int]) -> None:
        claimed(number)
        mark(ids)

    monkeypatch.setattr(outbox, "_mark_enqueued", claimed_meanwhile)
    sweep()
    assert row().state == "claimed"


def test_the_age_of_the_oldest_job_is_known(app: Flask, drain: Callable[[], int]) -> None:
    add_row()
    change(created_at=utc_now() - timedelta(seconds=30))
    assert 29 < outbox_figures.oldest_age_s()["default"] < 40
    assert outbox_figures.pending() == 1
