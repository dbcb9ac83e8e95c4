"""`flask jobs …`: jobs that failed for good."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from pigeon.cli.refusals import refuse
from pigeon.domain.errors import DomainError
from pigeon.services.outbox import figures as outbox_figures

jobs = AppGroup("jobs", help="Jobs that failed for good.")


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_jobs(as_json: bool) -> None:
    """Jobs that failed five times."""
    dead = outbox_figures.list_dead()
    if as_json:
        click.echo(
            json.dumps([vars(job) | {"created_at": job.created_at.isoformat()} for job in dead])
        )
        return
    for job in dead:
        click.echo(
            f"{job.id}\t{job.queue}\t{job.job}\t{job.created_at:%Y-%m-%d %H:%M}\t{job.error}"
        )
    click.echo(f"{len(dead)} dead, {outbox_figures.pending()} pending.")
    if left := outbox_figures.unknown():
        click.echo(f"Pending until a worker of a newer release takes them: {left}.")


@jobs.command("retry")
@click.argument("job_id", type=int, required=False)
@click.option("--all", "everything", is_flag=True)
def retry_jobs(job_id: int | None, everything: bool) -> None:
    """Try a dead job, or all of them, again."""
    ids = [job.id for job in outbox_figures.list_dead()] if everything else [job_id or 0]
    try:
        for number in ids:
            outbox_figures.retry_dead(number)
    except DomainError as error:
        refuse(error)
    click.echo(f"{len(ids)} will be tried again.")
