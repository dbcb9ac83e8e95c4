"""Which home of messages the settings name."""

from __future__ import annotations

from pigeon.extensions import kept, settings
from pigeon.stores.messages import MessageStore
from pigeon.stores.messages_sql import SqlMessages


def message_store() -> MessageStore:
    """The running application's: MongoDB where `MONGO_URL` names one, else SQL."""
    return kept("messages", _named)


def _named() -> MessageStore:
    url = settings().mongo_url
    if not url:
        return SqlMessages()
    from pigeon.stores.messages_mongo import MongoMessages  # who has none need not load the driver

    return MongoMessages(url)
