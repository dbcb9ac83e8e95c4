"""What it saves to store once what happened, and for each recipient only that they hear of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.ground import Ground
from bench.results import Group, Row, Table, figure, spread

CONTENT = ("event", "kind", "actor_id", "subject_kind", "subject_id", "post_id", "created_at")
MAPPING = ("recipient_id", "content_id", "event", "rank", "state", "seen", "read")
WHOLE = (*MAPPING, *(column for column in CONTENT if column not in MAPPING))
SPLIT_AT = ("event, recipient_id", "recipient_id, state, rank", "recipient_id, state, read, seen")
EVENTS = 20
AT = "2024-01-09 00:00:00.000000"
Values = tuple[object, ...]


def measure(ground: Ground) -> Group:
    """In SQLite's own pages, which count to 4 KB, with the indexes of both tables."""
    group = Group(name="notify_content", title="Contents apart from who hears of them")
    people = min(ground.plan.users, ground.plan.big_followers, 10_000)
    whole = _bytes(ground.folder / "whole.sqlite3", {"whole": (WHOLE, _whole(people))}, "whole")
    parts = {"contents": (CONTENT, _contents()), "mapping": (MAPPING, _mapping(people))}
    split = _bytes(ground.folder / "split.sqlite3", parts, "mapping")
    rows, both = EVENTS * people, EVENTS * people + EVENTS
    group.rows += [
        Row(
            metric=f"bytes for {EVENTS} posts told to {people:,} people: whole rows / split",
            value=spread([whole / split]),
        ),
        Row(
            metric="rows with what happened: whole / split",
            value=spread([rows / EVENTS]),
        ),
    ]
    table = [
        ("whole", f"{rows:,}", f"{whole:,}", figure(whole / rows)),
        ("split", f"{both:,}", f"{split:,}", figure(split / rows)),
    ]
    head = ("way", "rows", "bytes", "bytes a recipient")
    group.tables.append(Table(title="Rows and bytes", head=head, rows=table))
    return group


def _content(number: int) -> Values:
    return f"p{number}", "post", number + 7, "post", number, number, AT


def _contents() -> Iterator[Values]:
    return (_content(number) for number in range(EVENTS))


def _mapping(people: int) -> Iterator[Values]:
    for number in range(EVENTS):
        for person in range(people):
            yield person, number, f"p{number}", 1_700_000_000_000_000 * 1_024, "shown", 0, 0


def _whole(people: int) -> Iterator[Values]:
    for row in _mapping(people):
        number = int(str(row[1]))
        known = dict(zip(CONTENT, _content(number), strict=True))
        yield (*row, *(known[column] for column in WHOLE[len(MAPPING) :]))


def _bytes(
    path: Path, tables: Mapping[str, tuple[tuple[str, ...], Iterator[Values]]], listed: str
) -> int:
    connection = sqlite3.connect(path)
    for name, (columns, rows) in tables.items():
        said = ", ".join(f'"{column}"' for column in columns)
        connection.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {said})")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {name} ({said}) VALUES ({marks})", rows)
    for columns_of in SPLIT_AT:
        wanted = ", ".join(f'"{column}"' for column in columns_of.split(", "))
        connection.execute(f'CREATE INDEX "{listed} {columns_of}" ON {listed} ({wanted})')
    connection.commit()
    pages, size = (
        connection.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "page_size")
    )
    connection.close()
    path.unlink()
    return int(pages) * int(size)
