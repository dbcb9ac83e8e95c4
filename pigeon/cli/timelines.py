"""`flask timelines …`: home timelines in Redis."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from pigeon.cli.refusals import get_user_id
from pigeon.extensions import db
from pigeon.models import UserModel
from pigeon.services import access
from pigeon.services.timelines import timelines as homes

timelines = AppGroup("timelines", help="Home timelines in Redis.")


@timelines.command("rebuild")
@click.argument("username", required=False)
@click.option("--all", "everybody", is_flag=True)
def rebuild_timelines(username: str | None, everybody: bool) -> None:
    """Forget timelines, so that each is made anew at its reader's next page."""
    ids = _reader_ids(username, everybody)
    for first in range(0, len(ids), 500):
        homes.drop(*ids[first : first + 500])
    click.echo(f"{len(ids)} timelines will be rebuilt.")


@timelines.command("verify")
@click.argument("username", required=False)
@click.option("--all", "everybody", is_flag=True)
def verify_timelines(username: str | None, everybody: bool) -> None:
    """Compare timelines with their SQL definition; exit code 1 when one differs."""
    ids = _reader_ids(username, everybody)
    wrong = [user_id for user_id in ids if not homes.verify(user_id)]
    click.echo(f"{len(ids)} timelines compared, {len(wrong)} differ.")
    if wrong:
        raise SystemExit(1)


def _reader_ids(username: str | None, everybody: bool) -> list[int]:
    if everybody:
        return list(db.session.scalars(select(UserModel.id).where(access.users.is_active())))
    if not username:
        raise click.UsageError("Name a person, or give --all.")
    return [get_user_id(username)]
