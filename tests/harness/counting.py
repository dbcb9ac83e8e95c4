"""How often a block of code went to SQL and to Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis
from sqlalchemy import event
from sqlalchemy.engine import Engine

GREETINGS = ("hello", "auth", "client", "select", "info")
FRAME = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def queries() -> Iterator[list[str]]:
    """The SQL statements of this process in the block, but for those that frame transactions.

    One that is a whole transaction by itself is one.
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if ";" in statement or not statement.lstrip().upper().startswith(FRAME):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def redis_commands(clients: Sequence[redis.Redis]) -> Iterator[Counter[str]]:
    """Commands that these servers ran in the block, by name; filled when it ends.

    Without those by which a connection introduces itself.
    """
    before = _command_stats(clients)
    commands: Counter[str] = Counter()
    yield commands
    commands.update(_command_stats(clients) - before)
    for name in [name for name in commands if name.partition("|")[0] in GREETINGS]:
        del commands[name]  # from Redis 7 and in Valkey `client|setinfo`


def _command_stats(clients: Sequence[redis.Redis]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for client in clients:
        for name, figures in client.info("commandstats").items():
            counts[name.removeprefix("cmdstat_")] += figures["calls"]
    return counts
