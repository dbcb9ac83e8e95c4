"""Messages in SQL keep to the contract on both databases; and what only SQL can do wrong."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.stores.messages_sql import SqlMessages
from pigeon.stores.messages_urls import message_store
from tests.stores.messages.contract import *  # noqa: F403
from tests.stores.messages.killings import *  # noqa: F403
from tests.stores.messages.walks import *  # noqa: F403

pytestmark = [pytest.mark.both_databases, pytest.mark.no_second_look]


@pytest.fixture
def store(app: Flask) -> SqlMessages:
    found = message_store()
    assert isinstance(found, SqlMessages)
    return found
