from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound, Unavailable
from pigeon.domain.events import Event, PostDeleted
from pigeon.extensions import db
from pigeon.jobs import queues, registry, runner
from pigeon.jobs.registry import Again
from pigeon.models import MediaModel, OutboxRow
from pigeon.services.media import media
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.outbox import outbox
from pigeon.stores.media import StoreFault
from pigeon.unit_of_work import current_claim, unit_of_work
from tests.factories import make_post, make_user
from tests.factories.uploads import make_upload
from tests.harness.absences import without_database


@pytest.fixture
def jobs() -> Iterator[Callable[..., None]]:
    """`jobs(run, gave_up=)` makes `run` what the job `tests.job` does."""
    known = dict(registry.JOBS)

    def register(
        run: Callable[..., Any],
        gave_up: Callable[..., None] | None = None,
        name: str = "tests.job",
    ) -> None:
        registry.JOBS[name] = registry.Job(name=name, queue="default", run=run, gave_up=gave_up)

    yield register
    registry.JOBS.clear()
    registry.JOBS.update(known)


def add(name: str = "tests.job", **arguments: Any) -> int:
    with unit_of_work():
        row = OutboxRow.of("default", name, arguments, utc_now(), 0.0)
        db.session.add(row)
        db.session.flush()
        return row.id


def make_due() -> None:
    with unit_of_work():
        db.session.execute(
            update(OutboxRow).where(OutboxRow.state == "ready").values(available_at=utc_now())
        )


def failures() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.failures)))


def test_a_job_runs_once_with_its_arguments_and_its_claim(app: Flask, jobs: Any) -> None:
    seen: list[Any] = []
    jobs(lambda **arguments: seen.append((arguments, current_claim.get())))
    number = add(a=1, b=["x"])
    for _ in range(3):
        runner.run(number)
    ((arguments, held),) = seen
    assert arguments == {"a": 1, "b": ["x"]} and held.outbox_id == number
    assert current_claim.get() is None and outbox_figures.pending() == 0


def test_what_the_domain_refuses_is_not_tried_again(app: Flask, jobs: Any) -> None:
    def refused() -> None:
        raise NotFound

    jobs(refused)
    runner.run(add())
    assert failures() == []


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (RuntimeError("x"), 1),
        (FileNotFoundError(errno.ENOENT, "x"), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 0),
        (StoreFault("503 Slow Down"), 0),
        (Unavailable(1), 0),
        (RedisConnectionError("away"), 0),
        (OutOfMemoryError("used memory > 'maxmemory'"), 0),
    ],
)
def test_what_fails_comes_back(app: Flask, jobs: Any, error: Exception, counted: int) -> None:
    def fails() -> None:
        raise error

    jobs(fails)
    number = add()
    runner.run(number)
    assert failures() == [counted]
    make_due()
    jobs(lambda: None)
    assert runner.drain() == 1 and failures() == []


def test_a_job_whose_claim_cannot_be_stored_is_left_without_a_traceback(
    app: Flask, jobs: Any
) -> None:
    jobs(lambda: None)
    number = add()
    with capture_logs() as said, without_database():
        runner.run(number)
    assert [line["event"] for line in said] == ["job_left"]
    assert said[0]["reason"] == "OperationalError: unable to open database file"
    runner.run(number)
    assert failures() == []


def test_giving_up_is_told_before_the_job_is_dead_and_once(app: Flask, jobs: Any) -> None:
    told: list[int] = []

    def fails(thing: int) -> None:
        raise RuntimeError(thing)

    jobs(fails, gave_up=lambda thing: told.append(thing + outbox_figures.pending()))
    add(thing=7)
    for _ in range(7):
        runner.drain()
        make_due()
    assert told == [8]
    assert [job.job for job in outbox_figures.list_dead()] == ["tests.job"]


def test_a_job_whose_end_cannot_be_told_is_not_dead(app: Flask, jobs: Any) -> None:
    told: list[str] = []

    def fails() -> None:
        raise outbox.Hopeless("550")

    def cannot_tell() -> None:
        raise RuntimeError("the database went away")

    jobs(fails, gave_up=cannot_tell)
    number = add()
    with pytest.raises(RuntimeError):
        runner.run(number)
    assert outbox_figures.list_dead() == []
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(available_at=utc_now() - timedelta(seconds=1)))
    jobs(fails, gave_up=lambda: told.append("over"))
    runner.run(number)
    assert told == ["over"] and len(outbox_figures.list_dead()) == 1


def test_what_is_hopeless_is_dead_at_once(app: Flask, jobs: Any) -> None:
    told: list[str] = []

    def fails() -> None:
        raise outbox.Hopeless("550")

    jobs(fails, gave_up=lambda: told.append("over"))
    runner.run(add())
    assert [job.error for job in outbox_figures.list_dead()] == ["Hopeless: 550"]
    assert told == ["over"]


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=60)])
def test_a_job_that_only_a_newer_worker_knows_waits_for_it(
    app: Flask, jobs: Any, age: timedelta
) -> None:
    number = add("tests.unheard_of", x=1)
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(created_at=utc_now() - age))
    with capture_logs() as said:
        for _ in range(2 * outbox.MAX_FAILURES):
            assert runner.drain() == 1
            make_due()
    (told,) = [line for line in said if line["event"] == "job_unknown"]
    assert (told["outbox_id"], told["log_level"]) == (number, "warning")
    assert told["reason"] == "a job named tests.unheard_of"
    assert failures() == [0] and outbox_figures.list_dead() == []
    assert outbox_figures.unknown() == 1
    seen: list[int] = []
    jobs(lambda x: seen.append(x), name="tests.unheard_of")
    assert runner.drain() == 1 and seen == [1] and failures() == []


def test_a_picture_that_only_a_newer_worker_knows_waits_for_it(app: Flask) -> None:
    with unit_of_work():
        picture = media.add(make_upload(), owner_id=make_user("ann").id, kind="highlights")
        db.session.flush()
        picture_id = picture.id
    add("media.process", media_id=picture_id)
    for _ in range(2 * outbox.MAX_FAILURES):
        runner.drain()
        make_due()
    assert failures() == [0] and outbox_figures.unknown() == 1
    assert db.session.scalar(select(MediaModel.state)) == "processing"


def test_a_job_that_went_on_after_a_wait_is_not_called_unknown(app: Flask, jobs: Any) -> None:
    add("tests.unheard_of")
    runner.drain()
    make_due()
    jobs(lambda: Again(progress="1"), name="tests.unheard_of")
    (number, _) = outbox_figures.list_pending_ids()[0]
    runner.run(number)
    assert outbox_figures.unknown() == 0 and outbox_figures.pending() == 1


def test_a_broken_job_does_not_hold_others_up(app: Flask, jobs: Any) -> None:
    def fails() -> None:
        raise RuntimeError

    jobs(fails)
    ann = make_user("ann")
    for _ in range(3):
        add()
        make_post(ann)
    runner.drain()
    assert failures() == [1, 1, 1]


def test_a_job_in_pieces_goes_behind_the_others(app: Flask, jobs: Any) -> None:
    order: list[str] = []

    def pieces(who: str) -> Again | None:
        held = current_claim.get()
        order.append(f"{who}{held.progress if held else '?'}")
        step = int(held.progress or 0) if held else 0
        return Again(progress=str(step + 1)) if step < 2 else None

    jobs(pieces)
    add(who="a")
    add(who="b")
    runner.drain()
    assert order == ["a", "b", "a1", "b1", "a2", "b2"]
    assert outbox_figures.pending() == 0


def test_a_piece_that_went_on_is_in_its_queue_again(app: Flask, jobs: Any) -> None:
    jobs(lambda: Again(progress="1"))
    runner.run(add())
    assert queues.lengths()["default"] == 1


@pytest.mark.env(ASYNC="off")
def test_without_queues_everything_is_done_at_once(app: Flask, jobs: Any) -> None:
    steps = iter([Again(progress="1"), Again(progress="2"), None])
    jobs(lambda: next(steps))
    runner.run(add())
    assert failures() == []
    make_user("ann")
    assert outbox_figures.pending() == 0 and set(queues.lengths().values()) == {0}


def test_without_redis_a_promise_waits_in_the_outbox(
    app: Flask, with_settings: Callable[..., None]
) -> None:
    with_settings(redis_state_url="unix:///nowhere.sock")
    post = make_post(make_user("ann"))
    assert post.publication_id is not None
    waiting = db.session.scalar(select(func.count()).select_from(OutboxRow))
    assert waiting and outbox_figures.pending() == waiting


def test_a_failing_hint_keeps_nothing_from_being_stored(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_event: Event) -> None:
        raise RuntimeError

    from pigeon import subscribers
    from pigeon.subscribers import reactions

    monkeypatch.setitem(subscribers.REACTIONS, PostDeleted, reactions.Reaction(send=fails))
    with unit_of_work() as uow:
        uow.record(PostDeleted(post_id=1, publication_id=None, author_id=1))
    assert outbox_figures.pending() == 0
