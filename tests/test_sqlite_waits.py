"""Who waits for SQLite's one writer, under gevent: a process of its own, which is patched first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.harness.environment import ROOT

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import sqlite3, sys
import gevent
from sqlalchemy import create_engine
from pigeon.engines import bind_sqlite

engine = create_engine(f"sqlite:///{sys.argv[1]}", connect_args={"timeout": 5})
bind_sqlite(engine, flush=False, patience_s=5, waits_aside=False)
with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE notes (text)")

def write(text, pause_s):
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (text,))
        gevent.sleep(pause_s)  # as a unit of work that asks Redis

greenlets = [gevent.spawn(write, "first", 0.05), gevent.spawn(write, "second", 0)]
gevent.joinall(greenlets, raise_error=True)
with engine.begin() as connection:
    print(*connection.exec_driver_sql("SELECT text FROM notes").scalars())
    print(connection.exec_driver_sql("PRAGMA busy_timeout").scalar())
"""


def test_a_writer_that_waits_lets_the_other_one_finish(tmp_path: Path) -> None:
    """Both are of one process: SQLite's own wait would stop the one that has to finish."""
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "site.db")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.stdout.split() == ["first", "second", "5000"], told.stderr
