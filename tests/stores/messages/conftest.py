"""What tests of any home of messages share."""

from __future__ import annotations

import contextvars
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import db, leave_connections
from pigeon.stores.messages_mongo import MongoMessages
from tests.harness.context import apart as without_context
from tests.harness.context import concurrently, in_app
from tests.harness.mongo import SERVERS

for name in ("contract", "walks", "killings"):
    pytest.register_assert_rewrite(f"tests.stores.messages.{name}")


@pytest.fixture(params=SERVERS)
def mongo_home(
    request: pytest.FixtureRequest, mongo_urls: Callable[[str], str]
) -> Iterator[MongoMessages]:
    """An empty one, on each server of MongoDB's wire that there is."""
    home = MongoMessages(mongo_urls(request.param))
    yield home
    home.close()


@pytest.fixture
def together(app: Flask) -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """`together(calls)` starts all at the same moment; what each answered, or the first error."""

    def run(calls: Sequence[Callable[[], Any]]) -> list[Any]:
        answers = without_context(concurrently, app, calls)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    return run


@pytest.fixture
def apart(app: Flask) -> Callable[..., Any]:
    """`apart(call, …)` calls as another request does, which sees what is new."""
    return lambda call, *arguments: in_app(app, call, *arguments)


@pytest.fixture
def beside(app: Flask) -> Callable[[Callable[[], object]], int]:
    """`beside(call)` begins it in a process of its own, whose id it answers."""

    def begin(call: Callable[[], object]) -> int:
        db.session.rollback()
        pid = os.fork()
        if pid == 0:
            try:
                contextvars.Context().run(_run, app, call)
            finally:
                traceback.print_exc()
                os._exit(1)
        return pid

    return begin


def _run(app: Flask, call: Callable[[], object]) -> None:
    with app.app_context():
        leave_connections()
        call()
