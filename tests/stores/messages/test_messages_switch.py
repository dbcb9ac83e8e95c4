"""A MongoDB that does not hold all messages is nobody's home, whatever the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.services import readiness
from pigeon.stores import messages_gate as gate
from pigeon.stores import messages_switch as switch
from pigeon.stores.messages_mongo import MongoMessages
from pigeon.stores.messages_sql import SqlMessages
from tests.stores.messages.saying import ANN, BEN, draft, pair, say

pytestmark = pytest.mark.no_second_look


@pytest.fixture
def home(app: Flask, mongo_urls: Callable[[str], str]) -> Iterator[MongoMessages]:
    made = MongoMessages(mongo_urls("secantusdb"), switch.check)
    yield made
    made.close()


def mark(home: MongoMessages, state: str) -> None:
    marker = {"_id": "sql", "site": "s", "run": "r", "state": state}
    home.link.collection("moves").insert_one(marker)


def test_an_empty_site_begins_where_its_settings_say(home: MongoMessages) -> None:
    assert home.problems() == []
    say(home, pair(home, ANN, BEN), ANN)


def test_what_is_in_sql_still_is_not_hidden(home: MongoMessages) -> None:
    pair(SqlMessages(), ANN, BEN)
    for _ in "12":
        with pytest.raises(Unavailable) as refused:
            home.find("11-12")
        assert refused.value.reason == switch.LEFT
    assert home.problems() == [switch.LEFT]


def test_what_is_half_copied_is_not_used_until_all_is_there(home: MongoMessages) -> None:
    mark(home, switch.COPYING)
    pair(SqlMessages(), ANN, BEN)
    with pytest.raises(Unavailable):
        home.append(1, draft(ANN))
    assert home.problems() == [switch.HALF]
    home.link.collection("moves").update_one({}, {"$set": {"state": switch.DONE}})
    say(home, pair(home, ANN, BEN), ANN)
    assert home.problems() == []


def test_a_process_on_sql_says_that_it_takes_no_messages(app: Flask) -> None:
    assert readiness.examine().problems == []
    move = gate.close("one")
    for state in (gate.MOVING, gate.MOVED):
        report = readiness.examine()
        assert report.is_ready
        assert report.refusing == (readiness.CLOSED[state],)
        if state == gate.MOVING:
            gate.finish(move)
