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
    from pigeon.stores import messages_switch  # who has none need not load the driver
    from pigeon.stores.messages_mongo import MongoMessages

    return MongoMessages(url, messages_switch.check)


def message_store_problems() -> list[str]:
    """Of a home that is not the site's own SQL, a sentence each; it is asked for a second."""
    if not settings().mongo_url:
        return []
    from pigeon.stores.messages_mongo import MongoMessages

    found = message_store()
    return found.problems() if isinstance(found, MongoMessages) else []
