"""Rows of a conversation: groups, days in the reader's zone, the divider, the status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from pigeon.domain.messages import Card, Message
from pigeon.domain.posts import Image, ImageError
from pigeon.domain.users import UserRef, UserRow
from pigeon.web.messages import rows
from pigeon.web.messages.rows import Row

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
ANN = UserRef(id="1", username="ann", display_name="Ann", avatar_url=None)
BOB = UserRow(id="2", username="bob", display_name="Bob", avatar_url=None, viewer=None)


def message(seq: int, sender: str = "bob", minutes: float = 0, **fields: object) -> Message:
    plain = {
        "id": str(seq),
        "chat_id": "1-2",
        "seq": seq,
        "sender": sender,
        "recipient": "ann" if sender == "bob" else "bob",
        "text": "words",
        "image": None,
        "post": None,
        "story": None,
        "is_reaction": False,
        "is_deleted": False,
        "sent_at": NOON + timedelta(minutes=minutes),
        "client_msg_id": None,
    }
    return Message(**plain | fields)  # type: ignore[arg-type]


def image(state: str = "ready", width: int = 640, height: int = 480, code: str = "") -> Image:
    error = ImageError(code=code, message="") if code else None
    return Image(
        id="7",
        state=state,
        width=width,
        height=height,
        alt="",
        color=None,
        url=None,
        thumb_url=None,
        variants=[],
        error=error,
    )


@pytest.fixture(autouse=True)
def _request(app: Flask) -> object:
    with app.test_request_context("/"):
        yield


def drawn(*messages: Message) -> list[Row]:
    return rows.rows_of(list(messages), ANN, BOB)


def test_five_minutes_of_one_person_are_a_group() -> None:
    found = drawn(
        message(1), message(2, minutes=5), message(3, minutes=10.1), message(4, "ann", minutes=10.2)
    )
    assert [row.starts_group for row in found] == [True, False, True, True]
    assert [row.ends_group for row in found] == [False, True, True, True]
    assert [row.is_mine for row in found] == [False, False, False, True]
    assert drawn() == []


def test_a_day_is_that_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    late = [message(1, minutes=170), message(2, minutes=190)]
    assert [row.starts_day for row in drawn(*late)] == [True, False]
    monkeypatch.setattr(rows, "choose_zone", lambda: "Asia/Seoul")
    found = drawn(*late)
    assert [(row.clock, row.day) for row in found] == [
        ("23:50", "2026-03-14"),
        ("00:10", "2026-03-15"),
    ]
    assert [row.starts_day for row in found] == [True, True]
    assert [row.starts_group for row in found] == [True, True]
    assert found[0].day_words.startswith("Saturday, March 14")
    with force_locale("ko"):
        assert "3월 14일 토요일" in drawn(late[0])[0].day_words


def test_the_divider_stands_where_the_reader_stopped() -> None:
    found = drawn(message(4), message(5, "ann"), message(6), message(7))
    marks = [row.is_new for row in rows.with_divider(found, 4, is_whole=False)]
    assert marks == [False, False, True, False]
    assert not any(row.is_new for row in rows.with_divider(found, 7, is_whole=True))
    assert not any(row.is_new for row in rows.with_divider(found, 2, is_whole=False))
    assert rows.with_divider(found, 2, is_whole=True)[0].is_new


@pytest.mark.parametrize(("their_read", "status"), [(None, "sent"), (4, "sent"), (5, "seen")])
def test_the_last_of_mine_says_how_far_it_got(their_read: int | None, status: str) -> None:
    found = drawn(message(4, "ann"), message(5, "ann"), message(6))
    marks = [row.status for row in rows.with_status(found, their_read)]
    assert marks == ["", status, ""]
    assert [row.status for row in rows.with_status(drawn(message(1)), 1)] == [""]


@pytest.mark.parametrize(
    ("words", "is_large"),
    [
        ("🎉", True),
        ("❤️👍🏽👩‍👩‍👧", True),
        ("🎉🎉🎉🎉", False),
        ("🎉!", False),
        ("1", False),
        ("©", False),
    ],
)
def test_a_few_emoji_alone_are_large(words: str, is_large: bool) -> None:
    assert drawn(message(1, text=words))[0].is_large is is_large


def test_what_may_become_of_a_message_has_a_version_each() -> None:
    card = Card(id="3", available=True)
    gone = Card(id="3", available=False)
    found = drawn(
        message(1),
        message(2, is_deleted=True, text=""),
        message(3, text="", image=image("processing")),
        message(4, text="", image=image("failed", code="unreadable")),
        message(5, text="", post=card),
        message(6, text="", post=gone),
    )
    assert [row.version for row in found] == [
        "sent",
        "unsent",
        "processing",
        "failed",
        "sent",
        "gone",
    ]
    assert found[3].fault == "This picture is damaged and cannot be read."


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((640, 480), (320, 240)),
        ((480, 960), (200, 400)),
        ((30, 40), (300, 400)),
        ((0, 0), (320, 320)),
        ((60, 3_000), (72, 400)),  # a sliver could not be pressed
        ((3_000, 60), (320, 72)),
    ],
)
def test_a_picture_is_drawn_in_its_own_ratio(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert rows.fit(image(width=size[0], height=size[1])) == shown


@pytest.mark.parametrize(
    ("words", "is_long"),
    [("w" * 600, False), ("w" * 601, True), ("l\n" * 11, False), ("l\n" * 12, True), ("", False)],
)
def test_long_words_are_shown_cut(app: Flask, words: str, is_long: bool) -> None:
    with app.test_request_context():
        (row,) = rows.rows_of([message(1, text=words)], ANN, BOB)
    assert row.is_long == is_long


def test_a_reaction_to_a_story_is_large_with_its_card_and_a_reply_is_not() -> None:
    story = Card(id="4", available=False)
    reaction = message(1, text="🔥", story=story, is_reaction=True)
    reply = message(2, text="🔥", story=story)
    assert [row.is_large for row in drawn(reaction, reply)] == [True, False]
