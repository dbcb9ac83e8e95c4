"""Two kinds of write-back that only tests know: words with a time, and likes under another name.

`VISITS` is not counted and its targets are words; `HEARTS` is counted. `known(...)` is the release
that can read them, without it a process is of the release before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from pigeon.cache import write_back, write_back_values
from pigeon.cache.breaker import must_reach
from pigeon.cache.write_back_entries import Entry
from pigeon.domain.events import Event, LikesChanged, LikesShown
from pigeon.extensions import cache, db
from pigeon.services.likes import pairs as likes
from pigeon.services.write_backs.kinds import KINDS
from pigeon.unit_of_work import UnitOfWork

SHOWN = "{test:visits}"


class Visits:
    """The time at which somebody last looked for a word."""

    name = "visit"
    is_counted = False

    def store(self, _uow: UnitOfWork, wanted: list[Entry[str]]) -> None:
        for entry in wanted:
            pair = {"actor": entry.actor, "word": entry.target}
            db.session.execute(
                text("DELETE FROM test_visits WHERE actor = :actor AND word = :word"), pair
            )
            db.session.execute(
                text("INSERT INTO test_visits VALUES (:actor, :word, :at)"),
                pair | {"at": entry.value},
            )

    def show(self, wanted: list[Entry[str]]) -> dict[int, int]:
        values: Any = {entry.pair: entry.value for entry in wanted}
        must_reach(lambda: cache.client.hset(SHOWN, mapping=values))
        return {}

    def evict(self, wanted: list[Entry[str]]) -> None:
        must_reach(lambda: cache.client.hdel(SHOWN, *(entry.pair for entry in wanted)))

    def announce(self, _wanted: list[Entry[str]]) -> Event | None:
        return None


VISITS = Visits()
HEARTS = replace(
    likes.COMMENTS,
    name="heart",
    changed=lambda _, pairs: LikesChanged(subject="comment", pairs=pairs),
    shown=lambda _, ids: LikesShown(subject="comment", ids=ids),
)


@contextmanager
def known(*kinds: Any) -> Iterator[None]:
    """Within, this process is of a release that reads them."""
    new = {kind.name: kind for kind in kinds if kind.name not in KINDS}
    KINDS.update(new)
    try:
        yield
    finally:
        for name in new:
            del KINDS[name]


@contextmanager
def table() -> Iterator[None]:
    """Where visits are stored."""
    create = (
        "CREATE TABLE test_visits"
        " (actor BIGINT, word VARCHAR(100), at BIGINT, PRIMARY KEY (actor, word))"
    )
    _execute(create)
    try:
        yield
    finally:
        db.session.rollback()
        _execute("DROP TABLE test_visits")


def _execute(statement: str) -> None:
    with db.engine.connect() as connection:
        connection = connection.execution_options(write=True)
        connection.execute(text(statement))
        connection.commit()
        connection.execution_options(write=False)


def visit(actor: int, word: str, at: int) -> None:
    write_back_values.append("visit", actor, word, at)


def visited(actor: int, word: str) -> int | None:
    """As a reader asks: what waits, else what the cache shows, else SQL."""
    if waiting := write_back_values.pending("visit", actor, [word]):
        return waiting[word]
    shown: Any = cache.client.hget(SHOWN, Entry("", "visit", actor, word, 0).pair)
    return int(shown) if shown else stored(actor, word)


def stored(actor: int, word: str) -> int | None:
    db.session.rollback()
    query = text("SELECT at FROM test_visits WHERE actor = :actor AND word = :word")
    found: int | None = db.session.scalar(query, {"actor": actor, "word": word})
    return found


def heart(actor: int, target: int, value: int = 1) -> int:
    return write_back.append("heart", actor, target, value, lambda: HEARTS.look(actor, target))


def hearts(target: int) -> int:
    """As a reader counts them."""
    waiting = write_back.overlay("heart", None, [target])
    return waiting.count(target, HEARTS.count(target))
