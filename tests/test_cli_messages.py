"""What an operator reads who moves messages to MongoDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from pigeon.extensions import db
from pigeon.services.messages import moving
from pigeon.stores import messages_gate as gate
from pigeon.stores.messages_mongo import MongoMessages
from pigeon.stores.messages_sql import SqlMessages
from tests.harness import children
from tests.stores.messages.saying import ANN, BEN, pair, say

pytestmark = pytest.mark.no_second_look
PASSWORD = "hidden-from-all"


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    def invoke(*arguments: str) -> Result:
        db.session.rollback()
        return app.test_cli_runner().invoke(args=["messages", *arguments])

    return invoke


@pytest.fixture
def url(app: Flask, mongo_urls: Callable[[str], str]) -> str:
    for _ in range(3):
        say(SqlMessages(), pair(SqlMessages(), ANN, BEN), ANN)
    return mongo_urls("secantusdb")


def test_it_says_what_it_did_and_what_comes_next(run: Any, url: str) -> None:
    assert "never moved" in run("status").output
    done = run("migrate", "--to", url)
    assert done.exit_code == 0
    first, equal, digest, *switch = done.output.splitlines()
    assert first == "Nobody writes now. There are 1 conversations, 2 members, 3 messages."
    assert equal == "All is there, and equal: 1 conversations, 2 members, 3 messages."
    assert len(digest.rpartition(" ")[2]) == 64
    assert switch[-1].startswith("MONGO_URL=")
    assert url not in done.output
    again = run("migrate", "--to", url)
    assert (again.exit_code, "moved there already" in again.output) == (0, True)
    assert "have been moved to MongoDB" in run("status").output


def test_where_to_must_be_said(run: Any, url: str) -> None:
    for wrong in ((), ("--to", "mysql://somewhere"), ("--to", "")):
        refused = run("migrate", *wrong)
        assert refused.exit_code == 2
        assert "--to mongodb://" in refused.output
    assert gate.load().state == gate.OPEN


def test_a_server_that_is_away_is_told_without_its_password(
    run: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PATIENCE_S", 0.0)
    refused = run(
        "migrate", "--to", f"mongodb://ann:{PASSWORD}@127.0.0.1:{children.free_port()}/pigeon"
    )
    assert refused.exit_code == 1
    assert "MongoDB does not answer" in refused.output
    assert PASSWORD not in refused.output
    assert gate.load().state == gate.OPEN, "nobody was kept from writing for it"


def test_a_difference_ends_it_with_an_error_that_names_it(
    run: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_surplus", lambda _: iter([]))
    found = moving.Difference(collection="messages", id=7, fields=("text",))
    monkeypatch.setattr(moving.Target, "differences", lambda *_: [found])
    refused = run("migrate", "--to", url)
    assert refused.exit_code == 1
    assert "- messages 7 differs in text" in refused.output
    assert "nothing was switched" in refused.output
    assert "MONGO_URL" not in refused.output
    assert "being moved" in run("status").output
    assert run("migrate", "--abort").exit_code == 0
    assert "never moved" in run("status").output


def test_a_database_that_is_not_empty_is_refused(run: Any, url: str) -> None:
    home = MongoMessages(url)
    home.open("1-2", (1, 2))
    home.close()
    refused = run("migrate", "--to", url)
    assert refused.exit_code == 1
    assert "name an empty database" in refused.output


def test_there_is_a_way_back_as_long_as_nothing_is_new(run: Any, url: str) -> None:
    run("migrate", "--to", url)
    assert run("migrate", "--abort").exit_code == 2, "it has to be asked what is there"
    back = run("migrate", "--abort", "--to", url)
    assert (back.exit_code, back.output.count("\n")) == (0, 1)
    assert say(SqlMessages(), pair(SqlMessages(), ANN, BEN), ANN)
