"""`flask messages …`: where messages are kept, and moving them to MongoDB."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from pigeon.extensions import settings
from pigeon.stores import messages_gate as gate

messages = AppGroup("messages", help="Where messages are kept.")
SCHEMES = ("mongodb://", "mongodb+srv://")
STATES = {
    gate.OPEN: "Messages were never moved from SQL.",
    gate.MOVING: "Messages are being moved: nobody writes.",
    gate.MOVED: "Messages have been moved to MongoDB: a process without MONGO_URL writes none.",
}
GONE = "Who moved them has ended: people write again from the next message on."


@messages.command("migrate")
@click.option("--to", "url", default="", help="mongodb://…; without it MONGO_URL says so.")
@click.option("--abort", is_flag=True, help="Give it up: let people write in SQL again.")
def migrate(url: str, abort: bool) -> None:
    """Copy all messages from SQL to MongoDB while nobody writes, and compare them."""
    from pigeon.cli import moves

    if not abort:
        moves.migrate(_address(url))
    elif gate.load().state == gate.MOVED:
        moves.abort(_address(url))
    else:
        moves.abort("")


@messages.command("status")
def show_status() -> None:
    """Say whether messages are written in SQL, on their way, or moved."""
    found = gate.load()
    click.echo(STATES[found.state])
    if found.has_ended:
        click.echo(GONE)


def _address(url: str) -> str:
    found = url or settings().mongo_url
    if not found.startswith(SCHEMES):
        raise click.UsageError("Say where to: --to mongodb://host/database, or MONGO_URL.")
    return found
