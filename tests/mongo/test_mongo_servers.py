"""The servers that stand in for a mongod can be killed, paused and started again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect
from pymongo.write_concern import WriteConcern

from tests.harness import mongo

pytestmark = pytest.mark.mongo
STORED = WriteConcern(w="majority", j=True, wtimeout=5_000)


@pytest.mark.parametrize("kind", mongo.KINDS)
def test_what_was_acknowledged_outlives_a_kill(kind: str, tmp_path: Path) -> None:
    with mongo.running(kind, tmp_path) as server, server.client() as client:
        things = client["pigeon"].get_collection("things", write_concern=STORED)
        for number in (10, 2, 1):
            things.insert_one({"_id": number})
        server.kill()
        with pytest.raises(AutoReconnect):
            things.insert_one({"_id": 3})
        server.restart()
        assert [thing["_id"] for thing in things.find().sort("_id")] == [1, 2, 10]
        server.drop("pigeon")
        assert list(things.find()) == []


@pytest.mark.parametrize("kind", mongo.KINDS)
def test_a_paused_server_answers_when_it_goes_on(kind: str, tmp_path: Path) -> None:
    with mongo.running(kind, tmp_path) as server:
        assert server.answers()
        server.pause()
        assert not server.answers()
        server.resume()
        assert server.answers()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mongodb://h:1/letters", "mongodb://h:1/tests"),
        ("mongodb://a:b@h,i/letters?w=2", "mongodb://a:b@h,i/tests?w=2&authSource=letters"),
        ("mongodb://a:b@h", "mongodb://a:b@h/tests?authSource=admin"),
        ("mongodb://a:b@h/?authSource=x", "mongodb://a:b@h/tests?authSource=x"),
    ],
)
def test_another_database_asks_for_the_same_person(url: str, expected: str) -> None:
    assert mongo.with_database(url, "tests") == expected
