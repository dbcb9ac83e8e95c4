"""What it saves to store once what happened, and for each recipient only that they hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Index, MetaData, Table, create_engine, insert

from bench import results
from bench.ground import Ground
from bench.results import Group, Row, figure, spread
from pigeon.extensions import db
from pigeon.models import NotificationContent, NotificationModel

EVENTS = 20
AT_ONCE = 5_000
AT = datetime(2024, 1, 9, tzinfo=UTC)
RANK = 1_700_000_000_000_000 * 1_024
Values = dict[str, Any]


def measure(ground: Ground) -> Group:
    """On tables as the models declare them, in the database of this run; SQLite's count to 4 KB."""
    group = Group(name="notify_content", title="Contents apart from who hears of them")
    people = min(ground.plan.users, ground.plan.big_followers, 10_000)
    whole, contents, mapping = _tables()
    with _database(ground) as connection:
        whole_bytes = _filled(connection, {whole: _whole(whole, people)})
        split_bytes = _filled(connection, {contents: _contents(), mapping: _mapping(people)})
    rows, both = EVENTS * people, EVENTS * people + EVENTS
    group.rows += [
        Row(
            metric=f"bytes for {EVENTS} posts told to {people:,} people: whole rows / split",
            value=spread([whole_bytes / split_bytes]),
        ),
        Row(metric="rows with what happened: whole / split", value=spread([rows / EVENTS])),
    ]
    table = [
        ("whole", f"{rows:,}", f"{whole_bytes:,}", figure(whole_bytes / rows)),
        ("split", f"{both:,}", f"{split_bytes:,}", figure(split_bytes / rows)),
    ]
    head = ("way", "rows", "bytes", "bytes a recipient")
    group.tables.append(results.Table(title="Rows and bytes", head=head, rows=table))
    group.notes.append(
        "Bytes are of tables and their indexes; whole rows have those of the list alone, split"
        " ones also the index by content."
    )
    return group


def _tables() -> tuple[Table, Table, Table]:
    """Copies of the two models' tables, and one whose rows hold what both do."""
    models = (NotificationContent.__table__, NotificationModel.__table__)
    content, mapping = (
        {column.name: column.type for column in model.columns if column.name != "id"}
        for model in models
    )
    lists = [[c.name for c in index.columns] for index in models[1].indexes]  # type: ignore[attr-defined]
    shared = [[c.name for c in index.columns] for index in models[0].indexes]  # type: ignore[attr-defined]
    both = {name: kind for name, kind in (content | mapping).items() if name != "content_id"}
    return (
        _table("whole", both, [names for names in lists if "content_id" not in names]),
        _table("contents", content, shared),
        _table("mapping", mapping, lists),
    )


def _table(name: str, columns: dict[str, Any], indexed: list[list[str]]) -> Table:
    key = Column("id", NotificationModel.__table__.c.id.type, primary_key=True)
    table = Table(f"bench_{name}", MetaData(), key, *[Column(*one) for one in columns.items()])
    for number, names in enumerate(indexed):
        Index(f"bench_{name}_{number}", *(table.c[one] for one in names))
    return table


# -- rows ------------------------------------------------------------------------------------------


def _content(number: int) -> Values:
    """Of the post's publication."""
    return {
        "event": f"p{number}",
        "kind": "post",
        "actor_id": number + 7,
        "subject_kind": "post",
        "subject_id": number,
        "post_id": number,
        "created_at": AT,
    }


def _contents() -> Iterator[Values]:
    return (_content(number) for number in range(EVENTS))


def _mapping(people: int) -> Iterator[Values]:
    for number in range(EVENTS):
        of_event = {"event": f"p{number}", "content_id": number, "rank": RANK}
        for person in range(people):
            own = {"recipient_id": person, "state": "shown", "seen": False, "read": False}
            yield of_event | own


def _whole(table: Table, people: int) -> Iterator[Values]:
    names = [column.name for column in table.columns if column.name != "id"]
    for row in _mapping(people):
        known = _content(row["content_id"]) | row
        yield {name: known[name] for name in names}


# -- bytes -----------------------------------------------------------------------------------------


@contextmanager
def _database(ground: Ground) -> Iterator[Connection]:
    """SQLite's in a file of its own, because its size is the file's."""
    with ground.app().app_context():
        url = db.engine.url
    path = ground.folder / "contents.sqlite3"
    engine = create_engine(f"sqlite:///{path}" if ground.is_sqlite else url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
        path.unlink(missing_ok=True)


def _filled(connection: Connection, tables: dict[Table, Iterable[Values]]) -> int:
    """Bytes that these rows take; the tables are gone afterwards."""
    before = _pages(connection)
    for table, rows in tables.items():
        table.create(connection)
        waiting = iter(rows)
        while some := list(islice(waiting, AT_ONCE)):
            connection.execute(insert(table), some)
        connection.commit()
    size = sum(_of_table(connection, table) for table in tables) or _pages(connection) - before
    for table in tables:
        table.drop(connection)
    connection.commit()
    return size


def _pages(connection: Connection) -> int:
    """Bytes in use of SQLite's file; 0 elsewhere."""
    if connection.dialect.name != "sqlite":
        return 0
    count, free, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((count - free) * size)


def _of_table(connection: Connection, table: Table) -> int:
    """Bytes of its pages and its indexes' in MariaDB; 0 elsewhere."""
    if connection.dialect.name == "sqlite":
        return 0
    connection.exec_driver_sql(f"ANALYZE TABLE {table.name}")
    found = connection.exec_driver_sql(
        "SELECT data_length + index_length FROM information_schema.tables"
        f" WHERE table_schema = DATABASE() AND table_name = '{table.name}'"
    )
    return int(found.scalar_one())
