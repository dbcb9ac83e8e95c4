"""People who write to each other by the API, and what is sent to their sockets meanwhile."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from pigeon.realtime import push
from pigeon.services.messages import unread
from tests.factories import Person
from tests.harness.clients import Client
from tests.services.notifications.telling import Frames

_keys = count(1)


def frames_of(monkeypatch: pytest.MonkeyPatch) -> Frames:
    """What is sent from now on."""
    found = Frames()
    monkeypatch.setattr(
        push,
        "to_user",
        lambda event, payload, user_id: found.sent.append((event, user_id, payload)),
    )
    return found


def write(client: Client, to: Person, text: str, key: str = "") -> dict[str, Any]:
    """A new message; `key` is the client's id for it."""
    body = {"text": text, "client_msg_id": key or f"key-{next(_keys)}"}
    status, message = client.api("POST", f"/chats/{to.username}/messages", body)
    assert status in (200, 201), message
    return dict(message)


def chat(client: Client, other: Person) -> dict[str, Any]:
    status, found = client.api("GET", f"/chats/{other.username}")
    assert status == 200, found
    return dict(found)


def box(client: Client, name: str) -> list[str]:
    """With whom the conversations of a box are."""
    _, page = client.api("GET", f"/chats?box={name}")
    return [found["with"]["username"] for found in page["items"]]


def history(client: Client, other: Person) -> list[dict[str, Any]]:
    """Oldest first, without what is its sender's alone."""
    _, page = client.api("GET", f"/chats/{other.username}/messages?since=0&limit=50")
    return [message | {"client_msg_id": None} for message in page["items"]]


def read(client: Client, other: Person, up_to: int) -> dict[str, Any]:
    status, found = client.api("PUT", f"/chats/{other.username}/read", {"up_to": up_to})
    assert status == 200, found
    return dict(found)


def badge(person: Person) -> int:
    return unread.total_of(person.id)


def told(frames: Frames, event: str, person: Person) -> list[dict[str, Any]]:
    """The frames of one kind to one person, so far."""
    return [payload for name, to, payload in frames.sent if (name, to) == (event, person.id)]
