"""`flask writeback …`: what is acknowledged and not in SQL yet."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from pigeon.cli.refusals import refuse
from pigeon.domain.errors import DomainError
from pigeon.services.write_backs import flusher

writeback = AppGroup("writeback", help="What is acknowledged and not in SQL yet.")


@writeback.command("status")
def show_write_back() -> None:
    """How much waits, and how long the oldest has."""
    try:
        found = flusher.status()
    except DomainError as error:
        refuse(error)
    for kind, pairs in found.waiting.items():
        click.echo(f"{kind}: {pairs} pairs")
    for kind, entries in found.parked.items():
        click.echo(f"parked: {entries} entries of kind {kind!r}, for a release that can read them")
    click.echo(f"journal: {found.entries} entries, the oldest {found.oldest_s:.1f} s old")


@writeback.command("flush")
@click.option("--within", default=60.0, help="Seconds to try for.")
def flush_write_back(within: float) -> None:
    """Bring everything that is acknowledged into SQL, and wait for it."""
    try:
        is_done = flusher.drain(within_s=within)
    except DomainError as error:
        refuse(error)
    if not is_done:
        raise click.ClickException("not everything was stored in time")
    click.echo("Everything is in SQL.")
