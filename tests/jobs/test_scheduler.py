from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from redis.exceptions import ConnectionError, OutOfMemoryError
from sqlalchemy import update
from structlog.testing import capture_logs

from pigeon.cache import keys
from pigeon.domain.clock import utc_now
from pigeon.extensions import db, state
from pigeon.jobs import queues, scheduler
from pigeon.jobs.scheduler import Scheduler, Task, sweep_outbox
from pigeon.models import OutboxRow
from pigeon.services.accounts import addresses
from pigeon.services.explore import ranking
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.outbox import outbox
from pigeon.services.posts import pieces
from pigeon.services.presence import activity
from pigeon.services.searches import keying
from pigeon.services.stories import drift, ending
from pigeon.services.users import avatar_sizes
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_post, make_user


def change(**values: object) -> None:
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(**values))


def test_a_wiped_queue_is_filled_again(app: Flask) -> None:
    make_post(make_user("ann"))
    queued = queues.lengths()
    assert sum(queued.values()) > 0
    state.client.flushdb()
    assert sweep_outbox() == 0, "they may just have been taken"
    change(enqueued_at=utc_now() - timedelta(seconds=outbox.LOST_AFTER_S + 1))
    assert sweep_outbox() == sum(queued.values())
    assert queues.lengths() == queued
    assert sweep_outbox() == 0


def test_a_job_that_is_missing_from_a_busy_queue_is_found(app: Flask) -> None:
    ann = make_user("ann")
    make_post(ann)
    state.client.flushdb()
    change(enqueued_at=utc_now() - timedelta(seconds=outbox.LOST_AFTER_S + 1))
    make_post(ann)
    busy = queues.lengths()
    assert sweep_outbox() > 0
    assert queues.lengths()["fanout"] == busy["fanout"] + 1


def test_a_foreign_entry_at_the_head_hides_nothing_and_harms_nothing(app: Flask) -> None:
    make_post(make_user("ann"))
    change(enqueued_at=utc_now() - timedelta(seconds=outbox.LOST_AFTER_S + 1))
    for name in queues.QUEUES:
        state.client.lpush(queues.queue(name).key, "foreign entry")
    assert sweep_outbox() == 0


@pytest.mark.env(ASYNC="off")
def test_without_queues_the_sweeper_does_the_work(app: Flask) -> None:
    with unit_of_work():
        row = OutboxRow.of("default", "users.refresh_cards", {"user_id": 1}, utc_now(), 0.0)
        row.enqueued_at = None
        db.session.add(row)
    assert sweep_outbox() == 1
    assert outbox_figures.pending() == 0


def test_one_of_many_leads_until_it_is_gone(app: Flask) -> None:
    first, second = Scheduler(app), Scheduler(app)
    assert first._leads() and not second._leads() and first._leads()
    first._resign()
    assert second._leads() and not first._leads()
    second_key = keys.LEADER.key("scheduler")
    assert 0 < state.client.ttl(second_key) <= 5, "a killed leader is missed for seconds only"
    state.client.delete(second_key)
    assert first._leads()
    second._resign()
    assert first._leads(), "nobody gives up what somebody else holds"


def test_a_long_task_keeps_no_short_one_waiting(app: Flask) -> None:
    release, swept = threading.Event(), []
    found = Scheduler(app)
    found._tasks = [
        Task(run=lambda: release.wait(20), every_s=0.0, is_long=True),
        Task(run=lambda: swept.append(time.monotonic()), every_s=0.0, is_long=False),
    ]
    for _ in range(3):
        found._tick()
    assert len(swept) == 3
    release.set()
    thread = found._tasks[0].thread
    assert thread is not None
    thread.join()


def test_a_task_that_fails_is_tried_again(app: Flask) -> None:
    calls: list[int] = []

    def fails() -> None:
        calls.append(1)
        raise ConnectionError

    found = Scheduler(app)
    found._tasks = [Task(run=fails, every_s=0.0, is_long=False)]
    found._tick()
    found._tick()
    assert len(calls) == 2


def test_housekeeping_that_fails_is_logged_and_harms_nothing(app: Flask) -> None:
    def fails() -> None:
        raise RuntimeError("store away")

    with capture_logs() as lines:
        Scheduler(app)._run_apart(fails)
    assert [line["event"] for line in lines] == ["housekeeping_failed"]


def test_housekeeping_that_a_store_keeps_waiting_says_so_in_a_line(app: Flask) -> None:
    def waits() -> None:
        raise OutOfMemoryError("used memory > 'maxmemory'")

    with capture_logs() as lines:
        Scheduler(app)._run_apart(waits)
    assert [line["event"] for line in lines] == ["housekeeping_waits"]


def test_the_house_is_kept(app: Flask) -> None:
    runs = {sweep_outbox, scheduler.keep_house, activity.flush, addresses.respell}
    runs |= {ending.withdraw_ended, ending.withdraw_failed, drift.check, scheduler.renew_demo}
    runs |= {ranking.refresh, keying.mend, pieces.fill, avatar_sizes.fill}
    assert {task.run for task in Scheduler(app)._tasks} == runs
    scheduler.keep_house()
