"""What somebody who withdraws leaves behind in conversations: stubs, and nothing in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import NotFound
from pigeon.domain.messages import pair_key
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import MediaModel
from pigeon.services.messages import leaving, pictures, sending
from pigeon.services.messages.checks import Content
from pigeon.services.relations import blocks
from pigeon.stores.messages_mongo import MongoMessages
from pigeon.stores.messages_urls import message_store
from tests.factories import Person, make_post, make_user
from tests.factories.uploads import make_upload
from tests.harness.clients import Client
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects
from tests.harness.online import bring_online
from tests.services.messages.talking import badge, frames_of, told, write

pytestmark = [pytest.mark.both_homes, pytest.mark.no_second_look]

New = Callable[[Person], Client]
Drain = Callable[[], int]
KEPT = {"security_events", "held_usernames"}
SECRET = "wombats at noon"


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann", display_name="Zebedea")


@pytest.fixture
def ben(ann: Person) -> Person:
    return make_user("ben")


def say(by: Person, to: Person, key: str, **said: Any) -> None:
    sending.send(to.username, Content(**said), by=by.id, client_msg_id=key)


def talk(ann: Person, ben: Person, drain: Drain) -> None:
    """ben answers ann's words; a post of his and two pictures follow, of which one is not ready."""
    say(ann, ben, "1", text=SECRET)
    say(ben, ann, "2", text="I see")
    for key in ("3", "4"):
        image = pictures.add(make_upload(), by=ann.id)
        if key == "3":
            drain()
        say(ann, ben, key, media_id=int(image.id))
    say(ann, ben, "5", post_id=make_post(ben, caption="mine").id)
    pictures.add(make_upload(), by=ann.id)  # of which no message was made


def withdraw(client_for: New, person: Person) -> None:
    assert client_for(person).api("DELETE", "/me", {"password": person.password})[0] == 202


def everything() -> str:
    """All rows of all tables but the log of accounts, and the names that are held for a while."""
    db.session.rollback()
    tables = [one for one in db.metadata.sorted_tables if one.name not in KEPT]
    rows = [repr(db.session.execute(table.select()).all()) for table in tables]
    store = message_store()
    if isinstance(store, MongoMessages):
        link = store.link
        rows += [
            repr(list(one.find())) for one in (link.messages, link.members, link.conversations)
        ]
    return " ".join(rows)


def check_stubs(ann: Person, ben: Person) -> None:
    """Of ann's four messages nothing is kept but who had sent them, and when; ben's is whole."""
    conversation = message_store().find(pair_key(ann.id, ben.id))
    assert conversation is not None
    rows = message_store().since(conversation.id, 0, 50)
    assert [row.sender_id for row in rows] == [ann.id, ben.id, ann.id, ann.id, ann.id]
    stubs = [row for row in rows if row.sender_id == ann.id]
    assert {(row.text, row.media_id, row.post_id, row.is_deleted) for row in stubs} == {
        ("", None, None, True)
    }
    assert (rows[1].text, rows[1].is_deleted) == ("I see", False)
    assert set(message_store().unread_of(ben.id)) == {conversation.id}


def check_nothing_is_left(ann: Person, ben: Person) -> None:
    check_stubs(ann, ben)
    left = everything()
    for word in (SECRET, "Zebedea", "'ann'", ann.email):
        assert word not in left, word
    assert list(db.session.scalars(select(MediaModel))) == []
    assert stored_objects() == left_in_incoming() == []
    assert badge(ben) == 0


@pytest.mark.both_modes
def test_messages_of_who_leaves_become_stubs_and_pictures_go(
    ann: Person, ben: Person, client_for: New, drain: Drain, mode: str
) -> None:
    talk(ann, ben, drain)
    assert SECRET in everything() and stored_objects() and badge(ben) == 3
    reader = client_for(ben)
    _, page = reader.api("GET", "/chats/ann/messages")
    (url,) = [one["image"]["url"] for one in page["items"] if one["image"] and one["seq"] == 3]
    assert reader.get(url).status_code == 200
    withdraw(client_for, ann)
    assert reader.get(url).status_code == 404, "at once"
    drain()
    check_nothing_is_left(ann, ben)
    _, page = reader.api("GET", f"/chats/deleted-{ann.id}/messages")
    assert [(one["seq"], one["text"]) for one in page["items"]] == [
        (5, ""),
        (4, ""),
        (3, ""),
        (2, "I see"),
        (1, ""),
    ]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("passes", [1, 2, 3, 5])
def test_a_worker_killed_while_stubs_are_made_changes_nothing_about_the_end(
    app: Flask,
    ann: Person,
    ben: Person,
    client_for: New,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
    passes: int,
) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 1)
    talk(ann, ben, drain)
    withdraw(client_for, ann)
    killed_at(app, f"job.undone:{passes}", runner.drain)
    sweep_outbox()
    drain()
    check_nothing_is_left(ann, ben)


def test_whoever_leaves_takes_their_part_of_every_conversation(
    ann: Person, ben: Person, client_for: New, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "AT_ONCE", 2)
    others = [make_user() for _ in range(5)]
    for other in others:
        say(ann, other, f"to-{other.id}", text=SECRET)
        say(other, ann, "1", text="hm")
        say(ann, other, f"again-{other.id}", text=SECRET)
    assert [badge(other) for other in others] == [1] * 5
    withdraw(client_for, ann)
    drain()
    assert SECRET not in everything() and everything().count("'hm'") == 5
    assert [badge(other) for other in others] == [0] * 5


def test_who_left_writes_no_more_though_a_request_is_still_on_its_way(
    ann: Person, ben: Person, client_for: New, drain: Drain
) -> None:
    withdraw(client_for, ann)
    for _ in "12":
        with pytest.raises(NotFound):
            say(ann, ben, "late", text=SECRET)
        drain()
    assert SECRET not in everything()


def test_who_was_blocked_is_not_told_that_somebody_left(
    ann: Person,
    ben: Person,
    client_for: New,
    token_client: New,
    drain: Drain,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cat = make_user("cat")
    bring_online([ben.id, cat.id])
    for other in (ben, cat):
        write(token_client(ann), other, SECRET)
    blocks.block(ben.id, by=ann.id)
    frames = frames_of(monkeypatch)
    leaving.refresh(ann.id)
    assert told(frames, "chat.unread", cat) and not told(frames, "chat.unread", ben)
