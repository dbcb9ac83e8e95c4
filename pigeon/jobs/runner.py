"""Runs one outbox row: claim, work, done; or back with a delay; or dead."""

from __future__ import annotations

import time

import structlog
from flask import current_app, has_app_context

from pigeon import metrics
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import DomainError, Unavailable
from pigeon.extensions import db
from pigeon.jobs import queues
from pigeon.jobs.registry import JOBS, Again
from pigeon.services import outbox
from pigeon.unit_of_work import Claim, StaleClaim, current_claim

log = structlog.get_logger()
DRAIN_S = 120.0


def run(outbox_id: int) -> None:
    """What a queue calls. Never raises: the outbox decides what happens to a failure."""
    if not has_app_context():
        raise RuntimeError("jobs run inside an application context")
    held = outbox.claim(outbox_id)
    if held is None:
        return
    began = time.monotonic()
    result = _work(held)
    metrics.jobs_done.labels(held.name, result).inc()
    log.info(
        "job",
        outbox_id=outbox_id,
        job=held.name,
        attempt=held.attempt,
        result=result,
        took_ms=round((time.monotonic() - began) * 1000),
    )


def _work(held: Claim) -> str:
    token = current_claim.set(held)
    try:
        answer = JOBS[held.name].run(**held.arguments)
    except StaleClaim:
        return "stale"
    except Unavailable as error:
        return _failed(held, error)
    except DomainError as error:
        log.warning("job_refused", job=held.name, outbox_id=held.outbox_id, code=error.code)
        outbox.done(held)
        return "refused"
    except Exception as error:
        log.exception("job_failed", job=held.name, outbox_id=held.outbox_id)
        return _failed(held, error)
    finally:
        current_claim.reset(token)
        db.session.rollback()
    return _completed(held, answer)


def _completed(held: Claim, answer: Again | None) -> str:
    if answer is None:
        outbox.done(held)
        return "done"
    if outbox.again(held, answer.progress) and current_app.extensions["settings"].asynchronous:
        queues.enqueue([(held.outbox_id, held.queue)])
    return "again"


def _failed(held: Claim, error: Exception) -> str:
    outbox.fail(held, f"{type(error).__name__}: {error}")
    if any(dead.id == held.outbox_id for dead in outbox.list_dead()):
        _give_up(held)
        return "dead"
    return "failed"


def _give_up(held: Claim) -> None:
    """A job that failed for good may have something to tell, as "this picture failed"."""
    gave_up = JOBS[held.name].gave_up
    if gave_up is not None:
        gave_up(**held.arguments)


def drain() -> int:
    """Run everything that is due, in this process, until nothing is; how many ran."""
    ran = 0
    until = time.monotonic() + DRAIN_S
    while time.monotonic() < until:
        db.session.rollback()
        due = [number for number, at in outbox.list_pending_ids() if at <= utc_now()]
        if not due:
            return ran
        for number in due:
            run(number)
            ran += 1
    raise TimeoutError("the outbox does not drain")
