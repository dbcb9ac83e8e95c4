"""Two people who follow each other, what they said, and their conversation in a browser."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pigeon.services.messages import cursors, sending
from pigeon.services.messages.checks import Content

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from pigeon.domain.messages import Message
    from tests.browser.conftest import Cast
    from tests.factories import Person
    from tests.harness.sites import Site

_numbers = itertools.count(1)


@pytest.fixture
def friends(cast: Cast, ann: Person, bob: Person) -> tuple[Person, Person]:
    cast.follow(ann, bob)
    cast.follow(bob, ann)
    return ann, bob


@pytest.fixture
def say(site: Site) -> Callable[..., Message]:
    """`say(ann, bob, "hello")`; without scripts, as another device of ann's would."""

    def send(writer: Person, reader: Person, text: str = "", **content: Any) -> Message:
        with site.app.app_context():
            message, _ = sending.send(
                reader.username,
                Content(text=text, **content),
                by=writer.id,
                client_msg_id=f"said-{next(_numbers)}",
            )
            return message

    return send


@pytest.fixture
def mark_read(site: Site) -> Callable[..., None]:
    """`mark_read(ann, bob, 3)`: ann has read up to there of what bob said."""

    def move(reader: Person, partner: Person, up_to: int) -> None:
        with site.app.app_context():
            cursors.read(partner.username, up_to, by=reader.id)

    return move


@pytest.fixture
def open_thread(
    as_person: Callable[..., Page], go_live: Callable[[Page, str], None]
) -> Callable[..., Page]:
    """`open_thread(ann, bob)` is the conversation with bob, in a browser of ann's, connected."""

    def open_page(person: Person, partner: Person, **options: Any) -> Page:
        page = as_person(person, **options)
        go_live(page, f"/messages/{partner.username}")
        return page

    return open_page
