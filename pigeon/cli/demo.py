"""`flask demo`: people and pictures for an empty site."""

from __future__ import annotations

import click
from sqlalchemy import select

from pigeon.extensions import db, settings
from pigeon.models import UserModel


@click.command("demo")
def demo() -> None:
    """Fill an empty development site with people, posts and pictures."""
    from pigeon.demo.seeds import community

    if settings().is_production:
        raise click.ClickException("There is no demo in production.")
    if (
        db.session.scalar(select(UserModel.id).limit(1)) is not None
        and not community.is_unfinished()
    ):
        click.echo("There are people here already: nothing was done.")
        return
    community.fill(click.echo)
