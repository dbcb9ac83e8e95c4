"""Messages in MongoDB keep to the contract on each server of its wire that there is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from pigeon.stores.messages_mongo import MongoMessages
from tests.harness.mongo import GIVEN, KINDS
from tests.stores.messages.contract import *  # noqa: F403
from tests.stores.messages.killings import *  # noqa: F403
from tests.stores.messages.walks import *  # noqa: F403

pytestmark = [pytest.mark.mongo, pytest.mark.no_second_look]

SERVERS = [*KINDS, *([GIVEN] if os.environ.get("MONGO_URL") else [])]


@pytest.fixture(params=SERVERS)
def store(
    request: pytest.FixtureRequest, mongo_urls: Callable[[str], str]
) -> Iterator[MongoMessages]:
    home = MongoMessages(mongo_urls(request.param))
    yield home
    home.close()
