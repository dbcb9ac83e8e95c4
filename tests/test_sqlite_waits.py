"""Who waits for SQLite's one writer, under gevent: a process of its own, which is patched first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


SLOW_COMMIT = """
from gevent import monkey
monkey.patch_all()
import sys, time
import gevent
from sqlalchemy import create_engine
from pigeon.engines import bind_sqlite

engine = create_engine(f"sqlite:///{sys.argv[1]}")
bind_sqlite(engine, flush=True, patience_s=5, waits_aside=sys.argv[2] == "aside")
longest, last = 0.0, time.monotonic()

def tick():
    global longest, last
    while True:
        gevent.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()

with engine.connect().execution_options(write=True) as connection:
    connection.exec_driver_sql("PRAGMA cache_size=-400000")  # nothing is written before the commit
    connection.exec_driver_sql("CREATE TABLE notes (text)")
    for _ in range(60):
        connection.exec_driver_sql("INSERT INTO notes VALUES (randomblob(1000000))")
    ticking = gevent.spawn(tick)
    gevent.sleep(0.05)
    longest, last, began = 0.0, time.monotonic(), time.monotonic()
    connection.commit()
    gevent.sleep(0.02)
    print(time.monotonic() - began, longest)
"""


@pytest.mark.parametrize(("kind", "stands_still"), [("aside", False), ("in the hub", True)])
def test_a_slow_commit_holds_up_nobody_else(kind: str, stands_still: bool, tmp_path: Path) -> None:
    """Beside it the plain way, which shows that the commit is slow enough to be noticed."""
    told = subprocess.run(
        [sys.executable, "-c", SLOW_COMMIT, str(tmp_path / "site.db"), kind],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    took_s, longest_s = map(float, told.stdout.split() or pytest.fail(told.stderr))
    assert (longest_s > took_s * 0.6) is stands_still, told.stdout
