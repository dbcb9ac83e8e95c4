from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from pigeon.cache import resp
from pigeon.extensions import cache
from tests.harness.context import concurrently


@pytest.fixture
def pool(app: Flask) -> Iterator[resp.Pool]:
    pool = resp.Pool(cache.url, 2.0)
    yield pool
    pool._close_kept()


def test_a_command_is_an_array_of_bulk_strings() -> None:
    assert (
        resp.encode([b"SET", b"k", "ㅁ".encode()])
        == b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\xe3\x85\x81\r\n"
    )


def test_replies_come_in_the_order_of_commands(pool: resp.Pool) -> None:
    assert pool.pipeline(
        [[b"SET", b"k", b"5"], [b"INCR", b"k"], [b"LRANGE", b"l", b"0", b"-1"]]
    ) == [
        b"OK",
        6,
        [],
    ]


def test_an_error_reply_is_raised_and_the_connection_stays_usable(pool: resp.Pool) -> None:
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        pool.pipeline([[b"SET", b"k", b"v"], [b"LLEN", b"k"], [b"GET", b"k"]])
    assert len(pool._free) == 1
    assert pool.pipeline([[b"GET", b"k"]]) == [b"v"]


def test_send_leaves_errors_among_the_replies(pool: resp.Pool) -> None:
    cache.client.set("k", "v")
    wrong, right = pool.send(resp.encode([b"LLEN", b"k"]) + resp.encode([b"GET", b"k"]), 2)
    assert isinstance(wrong, ResponseError)
    assert right == b"v"


def test_connections_that_redis_closed_are_replaced(pool: resp.Pool) -> None:
    pool._free = [resp.Connection(cache.url, 2.0) for _ in range(3)]
    pool.pipeline([[b"PING"]])
    cache.client.client_kill_filter(_type="normal", skipme=True)
    assert pool.pipeline([[b"PING"]]) == [b"PONG"]
    assert len(pool._free) == 1


def test_threads_never_read_the_replies_of_others(app: Flask, pool: resp.Pool) -> None:
    def echo(word: bytes) -> bool:
        return all(pool.pipeline([[b"ECHO", word]] * 20) == [word] * 20 for _ in range(20))

    calls = [lambda word=b"%d" % number: echo(word) for number in range(8)]
    assert concurrently(app, calls) == [True] * 8


def test_nobody_listening_is_a_connection_error(app: Flask) -> None:
    with pytest.raises(RedisConnectionError):
        resp.Pool("unix:///nonexistent/redis.sock", 0.25).pipeline([[b"PING"]])


def test_a_redis_that_hangs_costs_its_timeout_once(hanging: Any) -> None:
    pool = resp.Pool(hanging.url, 0.5)
    with pytest.raises(RedisTimeoutError):
        pool.pipeline([[b"PING"]])
    assert hanging.connections() == 1
    assert not pool._free


@pytest.mark.parametrize(
    ("url", "greetings"),
    [
        ("redis://localhost", []),
        ("redis://localhost/0", []),
        ("redis://localhost/3", [[b"SELECT", b"3"]]),
        ("redis://:se%40cret@localhost", [[b"AUTH", b"se@cret"]]),
        ("redis://ann:pw@localhost/1", [[b"AUTH", b"ann", b"pw"], [b"SELECT", b"1"]]),
        ("unix:///tmp/redis.sock", []),
        ("unix:///tmp/redis.sock?db=2", [[b"SELECT", b"2"]]),
    ],
)
def test_a_connection_introduces_itself(url: str, greetings: list[list[bytes]]) -> None:
    assert resp._greetings(url) == greetings


def test_a_refused_greeting_is_a_connection_error(app: Flask) -> None:
    with pytest.raises(RedisConnectionError):
        resp.Connection(f"{cache.url}?db=4711", 1.0)


def test_who_comes_when_every_connection_is_in_use_waits_for_a_turn(
    app: Flask, pool: resp.Pool
) -> None:
    calls = [lambda: pool.pipeline([[b"BLPOP", b"nothing", b"0.05"]])] * (2 * resp.MOST)
    assert concurrently(app, calls) == [[None]] * (2 * resp.MOST)
    assert len(pool._free) <= resp.MOST
