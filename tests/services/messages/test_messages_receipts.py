"""What a sender is told: that it is sent, that it was read, and that somebody types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.services.messages import sending, typing
from pigeon.services.messages.checks import Content
from tests.factories import Person, make_follow, make_user
from tests.factories.relations import make_block
from tests.harness.clients import Client
from tests.harness.context import concurrently
from tests.harness.crashes import killed_at
from tests.harness.online import bring_online
from tests.harness.redis_pair import RedisPair
from tests.services.messages.talking import chat, frames_of, history, read, told, write
from tests.services.notifications.telling import Frames

pytestmark = pytest.mark.both_homes

New = Callable[[Person], Client]
EACH = 12


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(ann: Person) -> Person:
    """Both follow each other and are online."""
    ben = make_user("ben")
    make_follow(ann, ben)
    make_follow(ben, ann)
    bring_online([ann.id, ben.id])
    return ben


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> Frames:
    return frames_of(monkeypatch)


# -- sent ------------------------------------------------------------------------------------------


def test_a_retry_after_a_lost_acknowledgement_is_one_message_that_is_shown_as_sent(
    app: Flask, ann: Person, ben: Person, token_client: New, frames: Frames
) -> None:
    """The process died between storing and answering: nobody was told, and ann tries again."""

    def send() -> None:
        sending.send("ben", Content(text="coo"), by=ann.id, client_msg_id="one")

    killed_at(app, "message.stored", send)
    body = {"text": "coo", "client_msg_id": "one"}
    answers = [token_client(ann).api("POST", "/chats/ben/messages", body) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 200]
    assert answers[0] == answers[1]
    message = answers[0][1]
    assert (message["seq"], message["client_msg_id"]) == (1, "one")
    assert history(token_client(ben), ann) == [message | {"client_msg_id": None}]
    assert told(frames, "chat.message", ann)[-1] == message
    assert told(frames, "chat.message", ben)[-1] == message | {"client_msg_id": None}
    assert told(frames, "chat.unread", ben)[-1]["count"] == 1


def test_a_retry_with_other_words_is_what_was_stored(
    ann: Person, ben: Person, token_client: New
) -> None:
    first = write(token_client(ann), ben, "coo", key="one")
    assert write(token_client(ann), ben, "moo", key="one") == first


def test_both_write_at_once_and_read_the_same_order(
    app: Flask, ann: Person, ben: Person, token_client: New
) -> None:
    clients = {ann: token_client(ann), ben: token_client(ben)}

    def write_some(me: Person, other: Person) -> list[int]:
        return [write(clients[me], other, f"{me.username} {n}")["seq"] for n in range(EACH)]

    numbers = concurrently(app, [lambda: write_some(ann, ben), lambda: write_some(ben, ann)])
    assert all(isinstance(found, list) for found in numbers), numbers
    read_by_ann, read_by_ben = history(clients[ann], ben), history(clients[ben], ann)
    assert read_by_ann == read_by_ben
    assert [message["seq"] for message in read_by_ann] == list(range(1, 2 * EACH + 1))
    for me, found in zip((ann, ben), numbers, strict=True):
        mine = [m["seq"] for m in read_by_ann if m["from"] == me.username]
        assert mine == found == sorted(mine), "each in the order in which they wrote"


# -- read ------------------------------------------------------------------------------------------


def test_receipts_that_are_off_on_one_device_are_given_by_none(
    ann: Person, ben: Person, token_client: New, client_for: New, frames: Frames
) -> None:
    phone, laptop, bens = client_for(ann), token_client(ann), token_client(ben)
    for text in ("one", "two", "three"):
        write(bens, ann, text)
    read(phone, ben, 1)
    assert told(frames, "chat.read", ben)[-1]["up_to"] == 1
    assert chat(bens, ann)["their_read_up_to"] == 1
    assert phone.api("PATCH", "/me", {"sends_receipts": False})[0] == 200
    frames.sent.clear()
    read(laptop, ben, 2)
    assert told(frames, "chat.read", ben) == []
    assert chat(bens, ann)["their_read_up_to"] is None
    assert [one["up_to"] for one in told(frames, "chat.read", ann)] == [2], "one's own devices hear"
    read(bens, ann, 3)
    assert told(frames, "chat.read", ann)[1:] == [], "who gives none gets none"
    assert chat(laptop, ben)["their_read_up_to"] is None
    assert chat(laptop, ben)["read_up_to"] == 2


def test_who_gives_no_receipts_is_still_answered_that_it_is_sent(
    ann: Person, ben: Person, token_client: New
) -> None:
    """`Seen` is what needs receipts; `Sent` is the message itself, with its number."""
    anns = token_client(ann)
    anns.api("PATCH", "/me", {"sends_receipts": False})
    message = write(anns, ben, "coo", key="one")
    assert (message["seq"], message["client_msg_id"]) == (1, "one")
    found = chat(anns, ben)
    assert found["last_message"] == message and found["their_read_up_to"] is None
    read(token_client(ben), ann, 1)
    assert chat(anns, ben)["their_read_up_to"] is None
    anns.api("PATCH", "/me", {"sends_receipts": True})
    assert chat(anns, ben)["their_read_up_to"] == 1


def test_a_cursor_read_in_any_order_ends_at_the_highest(
    app: Flask, ann: Person, ben: Person, token_client: New
) -> None:
    bens, anns = token_client(ben), token_client(ann)
    for number in range(EACH):
        write(bens, ann, str(number))
    order = [5, 1, 9, 3, EACH, 2, 7, EACH + 5, 4]
    answers = concurrently(app, [lambda up_to=up_to: read(anns, ben, up_to) for up_to in order])  # type: ignore[misc]
    assert all(isinstance(one, dict) and one["up_to"] <= EACH for one in answers), answers
    found = chat(anns, ben)
    assert (found["read_up_to"], found["unread_count"]) == (EACH, 0)
    assert read(anns, ben, 1) == {
        "with": "ben",
        "chat_id": found["id"],
        "up_to": EACH,
        "count": 0,
        "total": 0,
    }


def test_a_message_that_comes_while_everything_is_read_stays_unread(
    app: Flask, ann: Person, ben: Person, token_client: New
) -> None:
    """A cursor is a number, not "set to nothing": whichever comes first, nothing is skipped."""
    bens, anns = token_client(ben), token_client(ann)
    for _ in range(10):
        last = write(bens, ann, "seen")["seq"]
        concurrently(
            app, [lambda: write(bens, ann, "new"), lambda last=last: read(anns, ben, last)]
        )  # type: ignore[misc]
        found = chat(anns, ben)
        assert (found["read_up_to"], found["unread_count"]) == (last, 1)
        read(anns, ben, last + 1)


# -- typing ----------------------------------------------------------------------------------------


def test_that_somebody_types_is_one_frame_to_the_other_and_kept_nowhere(
    ann: Person, ben: Person, token_client: New, frames: Frames, redis_servers: RedisPair
) -> None:
    """So it ends when the typer's tab dies: the other's device forgets it after 5 s by itself."""
    write(token_client(ann), ben, "coo")
    chat_id = chat(token_client(ann), ben)["id"]
    frames.sent.clear()
    typing.tell("ben", by=ann.id)
    assert frames.sent == [("chat.typing", ben.id, {"from": "ann", "chat_id": chat_id})]
    stores = (redis_servers.cache, redis_servers.state)
    assert not [key for store in stores for key in store.scan_iter() if b"typ" in key]


def test_typing_needs_the_same_leave_as_writing(ann: Person, ben: Person, frames: Frames) -> None:
    make_block(ben, ann)
    with pytest.raises(NotFound):
        typing.tell("ben", by=ann.id)
    assert frames.take("chat.typing") == []


def test_a_stranger_types_unseen_until_they_are_accepted(
    ann: Person, token_client: New, frames: Frames
) -> None:
    eve = make_user("eve")
    write(token_client(eve), ann, "may I?")
    typing.tell("ann", by=eve.id)
    assert told(frames, "chat.typing", ann) == []
    write(token_client(ann), eve, "yes")
    typing.tell("ann", by=eve.id)
    assert len(told(frames, "chat.typing", ann)) == 1
