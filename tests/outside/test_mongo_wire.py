"""nx-27017 0.8.1 and SecantusDB 0.7.0b3: what the documents of messages do without, and why.

Expected, as MongoDB's manual says of its operators: `$max` of a dotted path changes the inner
field, also beside `$pull`; an equality finds a document whose indexed array holds the value; nobody
answers a write that asks for no answer. Seen on nx-27017: a new field with a dot in its name;
nothing; an answer, which the next command takes for its own. Also an index that is asked for as
unique stays plain without a word where a plain one is. SecantusDB does all of it. So documents are
flat, members have documents of their own, every write is acknowledged, and indexes are read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, ProtocolError
from pymongo.write_concern import WriteConcern

from tests.harness.mongo import KINDS

pytestmark = pytest.mark.mongo


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def things(kind: str, mongo_urls: Callable[[str], str]) -> Iterator[Collection[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongo_urls(kind), retryReads=False) as client:
        yield client.get_default_database()["things"]


def test_dotted_paths(kind: str, things: Collection[dict[str, Any]]) -> None:
    things.insert_one({"_id": 1, "read": {"7": 1}, "members": [7]})
    things.update_one({"_id": 1}, {"$max": {"read.7": 5}, "$pull": {"members": {"$in": [7]}}})
    found = things.find_one({"_id": 1})
    assert found is not None
    assert found["read"] == ({"7": 5} if kind == "secantusdb" else {"7": 1})
    assert ("read.7" in found) is (kind == "nx-27017")


def test_indexed_arrays(kind: str, things: Collection[dict[str, Any]]) -> None:
    things.create_index("members")
    things.insert_one({"_id": 1, "members": [7, 8]})
    found = [one["_id"] for one in things.find({"members": 7})]
    assert found == ([1] if kind == "secantusdb" else [])


def test_writes_that_nobody_waits_for(kind: str, things: Collection[dict[str, Any]]) -> None:
    things.with_options(write_concern=WriteConcern(w=0)).insert_one({"_id": 1})
    if kind == "secantusdb":
        assert things.find_one({"_id": 1}) == {"_id": 1}
    else:
        with pytest.raises(ProtocolError, match="Got response id"):
            things.find_one({"_id": 1})


def test_unique_over_plain(kind: str, things: Collection[dict[str, Any]]) -> None:
    things.create_index([("name", 1)], name="name")
    if kind == "secantusdb":
        with pytest.raises(OperationFailure):
            things.create_index([("name", 1)], name="name", unique=True)
    else:
        things.create_index([("name", 1)], name="name", unique=True)
    assert not any(one.get("unique") for one in things.index_information().values())
