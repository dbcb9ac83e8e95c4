"""The queues, and the one thing that is ever put into them: the id of an outbox row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from pigeon.domain.clock import utc_now
from pigeon.extensions import state

QUEUES = ("fanout", "fanout-bulk", "notify", "media", "mail", "default")
RUN = "pigeon.jobs.runner.run"
TIMEOUT_S = 90
KEEP_FAILED_S = 3_600
LONG_AGO = datetime(2_000, 1, 1, tzinfo=UTC)


def queue(name: str) -> Queue:
    if name not in QUEUES:
        raise ValueError(f"no queue {name!r}")
    return Queue(name, connection=state.client, serializer=JSONSerializer)


def enqueue(rows: Iterable[tuple[int, str]]) -> None:
    """Queue outbox rows, given as (id, queue): one round trip per queue. Twice is harmless."""
    by_queue: dict[str, list[int]] = defaultdict(list)
    for outbox_id, name in rows:
        by_queue[name].append(outbox_id)
    for name, ids in by_queue.items():
        target = queue(name)
        target.enqueue_many(
            [
                Queue.prepare_data(
                    RUN,
                    args=(outbox_id,),
                    timeout=TIMEOUT_S,
                    result_ttl=0,
                    failure_ttl=KEEP_FAILED_S,
                    description=str(outbox_id),
                )
                for outbox_id in ids
            ]
        )


def lengths() -> dict[str, int]:
    """How many jobs wait in each queue."""
    return {name: queue(name).count for name in QUEUES}


def find_lengths() -> dict[str, int]:
    """As `lengths`; {} while Redis is out of reach."""
    try:
        return lengths()
    except (RedisError, OSError):
        return {}


def waiting_since() -> dict[str, datetime]:
    """When what is now at the head of each queue was put there; now where nothing waits.

    A queue is left in order, so what was put there earlier is not in it any more.
    """
    return {name: _head_since(queue(name)) for name in QUEUES}


def _head_since(waiting: Queue) -> datetime:
    head: Any = waiting.connection.lindex(waiting.key, 0)
    if head is None:
        return utc_now()
    queued_at: Any = waiting.connection.hget(Job.key_for(head.decode()), "enqueued_at")
    try:
        return datetime.fromisoformat((queued_at or b"").decode())
    except ValueError:  # a foreign entry: whoever takes it throws it away
        return LONG_AGO
