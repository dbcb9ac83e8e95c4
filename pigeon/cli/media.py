"""`flask media …`: stored pictures."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from pigeon.services import collectors
from pigeon.services.users import avatar_sizes

media = AppGroup("media", help="Stored pictures.")


@media.command("gc")
@click.option("--dry-run", is_flag=True)
@click.option("--hours", type=click.IntRange(0), default=24, help="Only objects that are older.")
def collect_media(dry_run: bool, hours: int) -> None:
    """Delete stored objects and originals that belong to nothing."""
    found = collectors.find_orphans(older_than=timedelta(hours=hours))
    if not dry_run:
        collectors.delete(found)
    verb = "would be deleted" if dry_run else "deleted"
    click.echo(f"{len(found.objects)} objects and {len(found.incoming)} originals {verb}.")


@media.command("verify")
def verify_media() -> None:
    """Look for pictures whose objects are missing; exit code 1 when there are."""
    found = collectors.find_orphans(older_than=timedelta(hours=24), check_missing=True)
    for name in found.missing:
        click.echo(name)
    click.echo(f"{len(found.missing)} objects are missing, {len(found.objects)} belong to nothing.")
    if found.missing:
        raise SystemExit(1)


@media.command("avatars")
def make_avatar_sizes() -> None:
    """Make the small sizes that avatars of earlier releases lack; it may be run again."""
    click.echo(f"Small sizes of {avatar_sizes.rebuild()} avatars were made.")
