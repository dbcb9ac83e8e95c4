"""What stands in a queue."""

from __future__ import annotations

import zlib

from flask import Flask
from rq.job import Job
from rq.serializers import JSONSerializer

from pigeon.extensions import state
from pigeon.jobs import queues


def test_a_queue_says_nothing_but_a_number(app: Flask) -> None:
    queues.enqueue([(17, "media")])
    (job_id,) = queues.queue("media").get_job_ids()
    stored = state.client.hgetall(Job.key_for(job_id))
    data = zlib.decompress(stored[b"data"])
    assert JSONSerializer.loads(data) == [queues.RUN, None, [17], {}]
