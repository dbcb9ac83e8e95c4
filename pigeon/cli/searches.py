"""`flask searches …`: by what people and captions are found."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from pigeon.services.posts import pieces
from pigeon.services.searches import keying

searches = AppGroup("searches", help="Finding people and captions.")


@searches.command("keys")
@click.option("--all", "all_of_them", is_flag=True, help="Also those that are as they should be.")
@click.option("--after", type=click.IntRange(0), default=0, help="Only of people with a higher id.")
def make_keys(all_of_them: bool, after: int) -> None:
    """Make the keys that are missing or old; it may be stopped anywhere and run again."""

    def tell(through: int, made: int) -> None:
        click.echo(f"Up to id {through}: {made} made.", err=True)

    count = keying.rebuild(all_of_them=all_of_them, after=after, tell=tell)
    click.echo(f"Keys of {count} people were made.")


@searches.command("captions")
def make_pieces() -> None:
    """Compare every caption with the pieces that it is found by; it may be run again."""
    click.echo(f"Pieces of {pieces.rebuild()} captions were made.")
