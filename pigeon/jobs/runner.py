"""Runs one outbox row: claim, work, done; or back with a delay; or dead.

A job that only a newer release knows goes back, too: workers of both run during a deploy.
"""

from __future__ import annotations

import time

import structlog
from flask import has_app_context

from pigeon import faults, metrics
from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import DomainError
from pigeon.extensions import db, settings
from pigeon.jobs import queues
from pigeon.jobs.registry import JOBS, Again, Job
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.outbox import outbox
from pigeon.stores.media import StoreFault
from pigeon.unit_of_work import Claim, StaleClaim, current_claim

log = structlog.get_logger()
DRAIN_S = 120.0


def run(outbox_id: int) -> None:
    """What a queue calls; the outbox decides what happens to a failure.

    Without queues (`ASYNC=off`) a job in several pieces is done to its end here.
    """
    if not has_app_context():
        raise RuntimeError("jobs run inside an application context")
    try:
        while _run_once(outbox_id) == "again" and not settings().asynchronous:
            pass
    except Exception as error:
        if not faults.is_passing(error):
            raise
        # Not even its claim, or its failure, could be stored: the sweep brings it back.
        log.warning("job_left", outbox_id=outbox_id, reason=faults.reason_of(error))


def _run_once(outbox_id: int) -> str:
    held = outbox.claim(outbox_id)
    if held is None:
        return "taken"
    began = time.monotonic()
    result = _work(held)
    metrics.jobs_done.labels(held.name, result).inc()
    tell = log.debug if result in ("done", "again", "unknown") else log.info
    tell(
        "job",
        outbox_id=outbox_id,
        job=held.name,
        attempt=held.attempt,
        result=result,
        took_ms=round((time.monotonic() - began) * 1000),
    )
    return result


def _work(held: Claim) -> str:
    try:
        return _completed(held, _attempt(held))
    except StaleClaim:
        return "stale"
    except outbox.Unknown as error:
        return _left(held, str(error))
    except Exception as error:
        return _after_error(held, error)


def _after_error(held: Claim, error: Exception) -> str:
    if _is_passing(error):
        log.warning(
            "job_waits", job=held.name, outbox_id=held.outbox_id, reason=faults.reason_of(error)
        )
        return _failed(held, error, is_passing=True)
    if isinstance(error, outbox.Hopeless):
        log.warning("job_hopeless", job=held.name, outbox_id=held.outbox_id)
        return _failed(held, error, is_hopeless=True)
    if isinstance(error, DomainError):
        log.warning("job_refused", job=held.name, outbox_id=held.outbox_id, code=error.code)
        outbox.done(held)
        return "refused"
    log.exception("job_failed", job=held.name, outbox_id=held.outbox_id)
    return _failed(held, error)


def _is_passing(error: Exception) -> bool:
    """Whether a store is out of reach or full, which is no failure of the job."""
    return isinstance(error, StoreFault) or faults.is_passing(error)


def _attempt(held: Claim) -> Again | None:
    token = current_claim.set(held)
    try:
        return _job_of(held).run(**held.arguments)
    finally:
        current_claim.reset(token)
        db.session.rollback()


def _job_of(held: Claim) -> Job:
    if held.name not in JOBS:
        raise outbox.Unknown(f"a job named {held.name}")
    return JOBS[held.name]


def _left(held: Claim, reason: str) -> str:
    """Put a job back for a worker that knows it; the log says so the first time only."""
    if outbox.leave(held, reason):
        log.warning("job_unknown", job=held.name, outbox_id=held.outbox_id, reason=reason)
    return "unknown"


def _completed(held: Claim, answer: Again | None) -> str:
    crash_point("job.undone")
    if answer is None:
        outbox.done(held)
        return "done"
    if outbox.again(held, answer.progress) and settings().asynchronous:
        queues.enqueue([(held.outbox_id, held.queue)])
    return "again"


def _failed(
    held: Claim, error: Exception, *, is_passing: bool = False, is_hopeless: bool = False
) -> str:
    """Back with a delay; for good, its consequences come first, should we die between the two."""
    is_last = is_hopeless or outbox.is_last_try(held, is_passing=is_passing)
    if is_last:
        _give_up(held)
    reason = f"{type(error).__name__}: {error}"
    outbox.fail(held, reason, is_passing=is_passing, is_hopeless=is_hopeless)
    return "dead" if is_last else "failed"


def _give_up(held: Claim) -> None:
    """A job that failed for good may have something to tell, as "this picture failed".

    When that fails, the job is not dead: it is tried again after its lease.
    """
    gave_up = JOBS[held.name].gave_up
    if gave_up is not None:
        gave_up(**held.arguments)


def drain() -> int:
    """Run everything that is due, in this process, until nothing is; how many ran."""
    ran = 0
    until = time.monotonic() + DRAIN_S
    while time.monotonic() < until:
        db.session.rollback()
        due = [number for number, at in outbox_figures.list_pending_ids() if at <= utc_now()]
        if not due:
            return ran
        for number in due:
            run(number)
            ran += 1
    raise TimeoutError("the outbox does not drain")
