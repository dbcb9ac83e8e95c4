"""Connections to MariaDB make no trip in vain, and none less than they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from pymysql.connections import Connection
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pigeon import engines
from pigeon.extensions import bare_engine, db
from pigeon.unit_of_work import in_one_trip, plain_unit, unit_of_work

pytestmark = [pytest.mark.mariadb, pytest.mark.parametrize("database", ["mariadb"])]


@pytest.fixture
def table(app: Flask, database: str) -> Iterator[None]:
    del database
    with unit_of_work():
        db.session.execute(text("CREATE TABLE notes (id INT PRIMARY KEY)"))
    yield
    with unit_of_work():
        db.session.execute(text("DROP TABLE notes"))


@contextmanager
def trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is said to the server in the block, by first word; a ping is ''."""
    said: list[str] = []
    stock = Connection._execute_command

    def note(self: Any, command: int, sql: Any) -> None:
        text = sql.decode() if isinstance(sql, bytes) else sql
        said.append(text.split(" ")[0])
        stock(self, command, sql)

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "_execute_command", note)
        yield said


def warm() -> None:
    with db.engine.connect() as sql:
        sql.execute(text("SELECT 1"))


def ids() -> list[int]:
    with bare_engine().connect() as sql:
        return list(sql.execute(text("SELECT id FROM notes ORDER BY id")).scalars())


def test_a_unit_of_work_says_what_it_does_and_nothing_else(
    table: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm()
    with trips(monkeypatch) as said, unit_of_work():
        db.session.execute(text("INSERT INTO notes VALUES (1)"))
    assert said == ["INSERT", "COMMIT"]


def test_a_read_is_rolled_back_and_so_is_what_failed(
    table: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm()
    with trips(monkeypatch) as said:
        warm()
        with pytest.raises(IntegrityError), db.engine.connect() as sql:
            sql.execute(text("INSERT INTO notes VALUES (1), (1)"))
    assert said == ["SELECT", "ROLLBACK", "INSERT", "ROLLBACK"]
    with trips(monkeypatch) as said, bare_engine().connect() as sql:
        sql.execute(text("SELECT 1"))
    assert "ROLLBACK" not in said


def test_a_connection_that_rested_is_asked_whether_the_server_is_there(
    table: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm()
    monkeypatch.setattr(engines, "TRUSTED_S", 0.0)
    with trips(monkeypatch) as said:
        warm()
    assert said == ["", "SELECT", "ROLLBACK"]


def test_statements_in_one_trip_are_all_done_or_none(table: None) -> None:
    both = "INSERT INTO notes VALUES ({}); INSERT INTO notes VALUES ({})"
    with plain_unit() as sql:
        told = sql.exec_driver_sql(in_one_trip(both.format(1, 2), "SELECT 7")).scalar()
    assert (told, ids()) == (7, [1, 2])
    with pytest.raises(IntegrityError), plain_unit() as sql:
        sql.exec_driver_sql(in_one_trip(both.format(3, 1), "SELECT 7"))
    assert ids() == [1, 2]
    with unit_of_work():  # no lock was left behind
        db.session.execute(text("INSERT INTO notes VALUES (3)"))
    assert ids() == [1, 2, 3]
