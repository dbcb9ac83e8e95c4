"""What a client may say about messages; frames to both sides leave after the acknowledgement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import create_model

from pigeon.cache.codec import adapter
from pigeon.domain.messages import Message, Reading
from pigeon.realtime.connections import Connection
from pigeon.services.messages import cursors, sending, typing
from pigeon.web.guards import MEMBERS, access
from pigeon.web.messages.bodies import AddMessageBody
from pigeon.web.parsing import Body, check_shape, check_texts
from pigeon.web.wording import message_with_sentences

TYPING = (300, 60)


class SendEvent(AddMessageBody):
    to: str


def _body(name: str, **fields: type) -> type[Body]:
    """A shape with a field `with`, which is a word of Python in a class."""
    required: dict[str, Any] = {field: (shape, ...) for field, shape in fields.items()}
    return create_model(name, __base__=Body, **required)


ReadEvent = _body("ReadEvent", **{"with": str, "up_to": int})
TypingEvent = _body("TypingEvent", **{"with": str})


@access(MEMBERS)
def send(_sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Store a message; the same `client_msg_id` again is one message, and answered alike."""
    check_texts(payload)
    event = check_shape(payload, SendEvent)
    message, _ = sending.send(
        event.to, event.content, by=mine.user_id, client_msg_id=event.client_msg_id
    )
    shown = adapter(Message).dump_python(message_with_sentences(message), mode="json")
    return {"chat_id": message.chat_id, "message": shown}


@access(MEMBERS)
def read(_sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    """Move one's cursor forward; answers where it is, and what is unread now."""
    event = check_shape(payload, ReadEvent).given()
    found = cursors.read(event["with"], event["up_to"], by=mine.user_id)
    return dict(adapter(Reading).dump_python(found, mode="json"))


@access(MEMBERS, rate=TYPING)
def tell_typing(_sid: str, mine: Connection, payload: dict[str, Any]) -> dict[str, Any]:
    event = check_shape(payload, TypingEvent).given()
    return {"chat_id": typing.tell(event["with"], by=mine.user_id)}


EVENTS: dict[str, Callable[[str, Connection, dict[str, Any]], dict[str, Any]]] = {
    "chat.send": send,
    "chat.read": read,
    "chat.typing": tell_typing,
}
