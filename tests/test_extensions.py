"""Handles to the stores: when many ask at once, and when a server accepts and never answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from pigeon.engines import rest_after_failures
from pigeon.extensions import REDIS_CONNECTIONS, db, state
from tests.harness.context import apart, concurrently
from tests.harness.mariadb import MariaDB


class Mute:
    """Listens, counts who comes, and says nothing."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.met: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # it is closed
            while True:
                self.met.append(self._listener.accept()[0])

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for one in (self._listener, *self.met):
            one.close()


@pytest.fixture
def mute() -> Iterator[Mute]:
    server = Mute()
    yield server
    server.close()


def test_a_server_that_hangs_is_left_alone_for_a_while(
    mute: Mute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.engines.REST_S", 600.0)
    engine = create_engine(
        f"mysql+pymysql://root@127.0.0.1:{mute.port}/x",
        connect_args={"connect_timeout": 1, "read_timeout": 1},
    )
    rest_after_failures(engine)
    messages = []
    for _ in range(5):
        with pytest.raises(OperationalError) as caught:
            engine.connect()
        messages.append(str(caught.value.orig))
    assert len(mute.met) == 1
    assert len(set(messages)) == 1
    engine.dispose()


def test_who_comes_when_every_connection_is_in_use_waits_for_a_turn(app: Flask) -> None:
    """redis-py refuses the hundred and first at once."""
    client = state.connect(timeout_s=5)
    calls = [lambda: client.blpop(["nothing"], timeout=0.05)] * 300
    with client:
        assert concurrently(app, calls) == [None] * 300
        assert len(client.connection_pool._connections) <= REDIS_CONNECTIONS


@pytest.mark.mariadb
@pytest.mark.parametrize("database", ["mariadb"])
def test_an_answer_stands_when_the_database_goes_away_behind_it(
    app: Flask, mariadb: MariaDB
) -> None:
    """Its session is closed after it is made; the connection is the server's no more."""

    def answer_and_lose_the_database() -> str:
        with app.test_request_context("/"):
            mine = db.session.scalar(text("SELECT CONNECTION_ID()"))
            mariadb.execute(f"KILL {mine}")
            return "answered"

    for _ in range(3):
        assert apart(answer_and_lose_the_database) == "answered"
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert db.session.scalar(text("SELECT 1")) == 1
