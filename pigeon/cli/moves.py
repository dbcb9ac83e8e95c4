"""What `flask messages migrate` does, apart from it: only here MongoDB's driver is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pymongo.errors import PyMongoError

from pigeon.domain.errors import Unavailable
from pigeon.services.messages import moving
from pigeon.stores import messages_gate as gate
from pigeon.stores.messages_target import Refused

AWAY = "Run it again once MongoDB answers; if that takes long, people write in SQL again."
LOST = "This took too long somewhere, or another one took over: run it again."
MISSING = "The row that closes messages was missing and is made: run it again in a minute."
SWITCH = """\
Messages stay closed until processes run with it. Set this for every process and start them anew:
MONGO_URL=the address that was given here, which is not shown: it may hold a password"""


def migrate(url: str) -> None:
    with _refusals():
        moved = moving.move(url, click.echo)
    if moved is None:
        click.echo("All messages have been moved there already.")
    else:
        click.echo(f"All is there, and equal: {moving.words_of(moved.counts)}.")
        click.echo(f"sha256 of what was compared: {moved.digest}")
    click.echo(SWITCH)


def abort(url: str) -> None:
    with _refusals():
        moving.reopen(url)
    click.echo("People write in SQL again. What was copied counts no more.")


@contextmanager
def _refusals() -> Iterator[None]:
    """One line for whatever ends it, without an address."""
    try:
        yield
    except Refused as error:
        raise click.ClickException(f"This MongoDB is refused: {error.reason}.") from error
    except moving.Different as error:
        for one in error.found:
            click.echo(f"- {one}", err=True)
        raise click.ClickException("MongoDB is not equal to SQL: nothing was switched.") from error
    except gate.Lost as error:
        raise click.ClickException(LOST) from error
    except gate.Missing as error:
        raise click.ClickException(MISSING) from error
    except (Unavailable, PyMongoError) as error:
        reason = getattr(error, "reason", "") or type(error).__name__
        raise click.ClickException(f"{reason}. {AWAY}") from error
