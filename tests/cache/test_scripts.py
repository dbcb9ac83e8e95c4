from __future__ import annotations

import pytest
from flask import Flask
from redis.exceptions import ResponseError

from pigeon.cache import resp
from pigeon.cache.scripts import Script
from pigeon.extensions import cache

ADD = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
BROKEN = Script("return redis.call('INCRBY', KEYS[1], 'x')")


def test_a_server_that_forgot_its_scripts_is_told_again(app: Flask) -> None:
    commands = [ADD.command(["number"], [2]), ADD.command(["number"], [3])]
    assert ADD.run(resp.pool(cache.url), commands) == [2, 5]
    cache.client.script_flush()
    assert ADD.run(resp.pool(cache.url), commands) == [7, 10]


def test_a_single_run_answers_its_reply(app: Flask) -> None:
    assert ADD.call(resp.pool(cache.url), ["number"], [2]) == 2
    cache.client.script_flush()
    assert ADD.call(resp.pool(cache.url), ["number"], [3]) == 5


def test_an_error_of_the_script_itself_is_raised(app: Flask) -> None:
    with pytest.raises(ResponseError, match="not an integer"):
        BROKEN.run(resp.pool(cache.url), [BROKEN.command(["number"], [])])
