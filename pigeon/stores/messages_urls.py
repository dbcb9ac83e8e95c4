"""Which home of messages the settings name."""

from __future__ import annotations

from pigeon.extensions import kept
from pigeon.stores.messages import MessageStore
from pigeon.stores.messages_sql import SqlMessages


def message_store() -> MessageStore:
    """The running application's."""
    return kept("messages", SqlMessages)
