"""Messages, sent by the service in the application that is open."""

from __future__ import annotations

from itertools import count
from typing import Any

from pigeon.domain.messages import Message
from pigeon.services.messages import sending
from pigeon.services.messages.checks import Content
from tests.factories.people import Person

_KEYS = map(str, count(1))


def make_message(sender: Person, recipient: Person, text: str = "", **content: Any) -> Message:
    """`sender` says something to `recipient`; `content` is a `post_id` or another part."""
    message, _ = sending.send(
        recipient.username,
        Content(text=text, **content),
        by=sender.id,
        client_msg_id=f"made-{next(_KEYS)}",
    )
    return message
