"""Jobs by name: a worker runs nothing that is not registered here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pigeon.jobs.queues import QUEUES
from pigeon.unit_of_work import JobSpec

Run = Callable[..., "Again | None"]


@dataclass(frozen=True, kw_only=True)
class Again:
    """A job's answer when there is more to do: its progress is kept, others go first."""

    progress: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """A function of ids, and what happens when it failed for good."""

    name: str
    queue: str
    run: Run
    gave_up: Callable[..., None] | None

    def spec(self, **arguments: Any) -> JobSpec:
        return JobSpec(queue=self.queue, name=self.name, arguments=arguments)

    def on(self, queue: str, **arguments: Any) -> JobSpec:
        """The same job on another queue: big pieces of work wait among their like."""
        return JobSpec(queue=queue, name=self.name, arguments=arguments)


JOBS: dict[str, Job] = {}


def job(
    queue: str, *, name: str | None = None, gave_up: Callable[..., None] | None = None
) -> Callable[[Run], Job]:
    """Register a function as a job of `queue`, named after its module and itself.

    `name` is for a function that was renamed: jobs wait under the name that the release before
    gave them, and during a deploy its workers run what this release stores.
    """
    if queue not in QUEUES:
        raise ValueError(f"no queue {queue!r}")

    def register(run: Run) -> Job:
        called = name or f"{run.__module__.rpartition('.')[2]}.{run.__name__}"
        JOBS[called] = Job(name=called, queue=queue, run=run, gave_up=gave_up)
        return JOBS[called]

    return register
