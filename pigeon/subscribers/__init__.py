"""What follows from each event: one module a feature, merged into one table here.

A feature adds its row to `REACTIONS` of its own module. Jobs are stored with the data, frames are
pushed after the commit.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import current_app

from pigeon.domain.events import Event
from pigeon.extensions import settings
from pigeon.jobs import queues, runner
from pigeon.subscribers import (
    accounts,
    comments,
    follows,
    likes,
    mails,
    media,
    messages,
    notifications,
    posts,
    presence,
    relations,
    saves,
    searches,
    stories,
    suggestions,
    users,
)
from pigeon.subscribers.reactions import merge
from pigeon.unit_of_work import JobSpec, run_guarded

FEATURES = (
    accounts,
    comments,
    follows,
    likes,
    mails,
    media,
    messages,
    notifications,
    posts,
    presence,
    relations,
    saves,
    searches,
    stories,
    suggestions,
    users,
)
REACTIONS = merge(*(feature.REACTIONS for feature in FEATURES))


class Subscribers:
    """The table as `unit_of_work` uses it."""

    def jobs(self, event: Event) -> list[JobSpec]:
        return REACTIONS[type(event)].jobs(event)

    def publish(self, published: list[Event], outbox: list[tuple[int, str]]) -> None:
        """Queue the stored jobs and push the frames; the sweeper finds a lost queue entry."""
        run_guarded(lambda: self._start(outbox))
        for event in published:
            send = REACTIONS[type(event)].send
            if send is not None:
                run_guarded(partial(send, event))

    def _start(self, outbox: list[tuple[int, str]]) -> None:
        if settings().asynchronous:
            queues.enqueue(outbox)
            return
        for outbox_id, _queue in outbox:
            runner.run(outbox_id)


def bind(app: Any = current_app) -> None:
    app.extensions["reactions"] = Subscribers()
