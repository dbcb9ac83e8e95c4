"""Databases that are full are brought up from every older revision, and every row is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from pigeon.extensions import db
from tests.harness import filling, revisions

OLDER = [one.revision for one in revisions.in_order()[:-1]]
RENAMED = {("idempotency_keys", "post_id"): "made_id"}
"""What a revision before 0004 calls otherwise; since then nothing is renamed."""
Rows = dict[str, list[dict[str, Any]]]
ANEW = """\
with op.batch_alter_table('users') as batch:
    batch.alter_column('bio', type_=sa.String(300), existing_type=sa.String(150))"""


def filled() -> Rows:
    with db.engine.connect() as connection:
        connection = connection.execution_options(write=True)
        filling.fill(connection)
        connection.commit()
    return stored()


def stored() -> Rows:
    with db.engine.connect() as connection:
        return filling.contents(connection)


def as_before(before: Rows, after: Rows) -> Rows:
    """Of what is stored now, the tables and columns that there were, by their names of then."""
    return {
        name: [
            {column: row[RENAMED.get((name, column), column)] for column in rows[0]}
            for row in after[name]
        ]
        for name, rows in before.items()
    }


@pytest.mark.parametrize("revision", OLDER)
def test_every_row_is_there_after_an_upgrade(new_app: Flask, revision: str) -> None:
    revisions.upgrade(revision)
    before = filled()
    assert {len(rows) for rows in before.values()} == {filling.ROWS}
    revisions.upgrade()
    assert as_before(before, stored()) == before
    assert broken_links() == []


def test_a_table_made_anew_would_be_noticed(new_app: Flask, database: str, tmp_path: Path) -> None:
    """SQLite empties what refers to a table that is dropped for its successor."""
    revisions.upgrade()
    before = filled()
    revisions.upgrade(folder=revisions.with_sample(tmp_path, ANEW))
    assert (as_before(before, stored()) == before) == (database == "mariadb")


def broken_links() -> list[Any]:
    if db.engine.dialect.name != "sqlite":
        return []
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        return list(connection.execute(text("PRAGMA foreign_key_check")))
