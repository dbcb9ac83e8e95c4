"""The page of a conversation: what it shows, what its forms do without scripts, its pieces."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.domain.messages import Message
from pigeon.services.messages import conversations, reading, sending
from pigeon.services.messages.checks import Content
from tests.factories import Person, make_follow, make_user
from tests.harness import pictures
from tests.harness.clients import Client

pytestmark = pytest.mark.both_homes

SEQS = re.compile(r'<article class="message[^>]* data-seq="([1-9]\d*)"')


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann", display_name="Ann")


@pytest.fixture
def bob(app: Flask, ann: Person) -> Person:
    made = make_user("bob", display_name="Bob")
    make_follow(ann, made)
    make_follow(made, ann)
    return made


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person, bob: Person) -> Client:
    return client_for(ann)


@pytest.fixture
def his(client_for: Callable[[Person], Client], bob: Person) -> Client:
    return client_for(bob)


def say(writer: Person, reader: Person, text: str, key: str = "") -> Message:
    content = Content(text=text)
    key = key or f"{writer.id}-{abs(hash(text))}"
    return sending.send(reader.username, content, by=writer.id, client_msg_id=key)[0]


def said(ann: Person) -> list[str]:
    return [one.text for one in reading.page(ann.id, "bob").items[::-1]]


def seqs(page: str) -> list[int]:
    return [int(found) for found in SEQS.findall(page)]


def test_the_page_shows_the_newest_ten_and_leads_to_the_others(
    hers: Client, ann: Person, bob: Person
) -> None:
    for number in range(13):
        say(bob, ann, f"number {number}")
    page = hers.get("/messages/bob").text
    assert seqs(page) == list(range(4, 14))
    assert 'href="/messages/bob?before=4"' in page
    earlier = hers.get("/messages/bob?before=4").text
    assert seqs(earlier) == [1, 2, 3] and 'href="/messages/bob"' in earlier
    rows = hers.get("/messages/bob/rows?before=4").text
    assert seqs(rows) == [1, 2, 3] and 'data-next=""' in rows and "<html" not in rows
    newer = hers.get("/messages/bob/rows?since=11&limit=50").text
    assert seqs(newer) == [12, 13] and 'data-last-seq="13"' in newer


def test_a_conversation_before_its_first_message(hers: Client, ann: Person) -> None:
    page = hers.get("/messages/bob").text
    assert seqs(page) == [] and 'name="text"' in page and 'href="/u/bob"' in page
    assert hers.get("/messages/nobody").status_code == 404
    assert hers.get("/messages/ann").status_code == 404


def test_the_divider_stands_before_what_is_new_and_the_status_below_mine(
    hers: Client, his: Client, ann: Person, bob: Person
) -> None:
    say(ann, bob, "seen?")
    for text in ("one", "two"):
        say(bob, ann, text)
    page = hers.get("/messages/bob").text
    new = re.findall(r'data-seq="(\d+)"(?:(?!<article).)*?data-part="new">', page, re.S)
    assert new == ["2"]
    assert re.search(r'data-state="seen">\s*<span data-part="words">Seen<', page)
    assert 'name="up_to" value="3"' in page
    assert hers.form("/messages/bob/read", up_to="3").status_code == 303
    again = hers.get("/messages/bob").text
    assert 'data-part="new">' not in again and "Mark as read" not in again
    assert hers.form("/messages/bob/read", up_to="x").status_code == 422
    assert conversations.get(bob.id, "ann").their_read_up_to == 3


def test_the_form_sends_once_however_often_it_is_sent(
    hers: Client, ann: Person, bob: Person
) -> None:
    for _ in range(2):
        answer = hers.form("/messages/bob", client_msg_id="page-1", text=" by hand ")
        assert answer.status_code == 303 and answer.headers["Location"] == "/messages/bob"
    assert hers.form("/messages/bob", client_msg_id="page-1", text="after Back").status_code == 303
    assert said(ann) == ["by hand", "after Back"]
    assert "after Back" in hers.get("/messages/bob").text


def test_what_is_refused_comes_back_with_what_was_typed(
    hers: Client, ann: Person, bob: Person
) -> None:
    long = "long " * 500
    answer = hers.form("/messages/bob", client_msg_id="page-1", text=long)
    assert answer.status_code == 422
    assert long in answer.text and "At most 2,000 characters fit here." in answer.text
    empty = hers.form("/messages/bob", client_msg_id="page-1", text="  ")
    assert empty.status_code == 422 and 'aria-invalid="true"' in empty.text
    file = (io.BytesIO(b"no picture"), "a.txt")
    words = {"client_msg_id": "page-1", "text": "kept words", "alt": "kept alt", "image": file}
    refused = hers.form("/messages/bob", **words)
    assert refused.status_code == 422
    assert "kept words" in refused.text and "kept alt" in refused.text
    assert said(ann) == []


def test_a_picture_and_words_are_two_messages(hers: Client, ann: Person, bob: Person) -> None:
    for _ in range(2):
        file = (io.BytesIO(pictures.jpeg()), "boat.jpg")
        fields = {"client_msg_id": "page-1", "text": "look", "alt": "a boat", "image": file}
        assert hers.form("/messages/bob", **fields).status_code == 303
    assert said(ann) == ["", "look"]
    page = hers.get("/messages/bob").text
    assert "Preparing the photo …" in page
    assert re.search(r'<svg class="message-sizer" width="\d+" height="\d+"', page)


def test_a_request_is_looked_at_accepted_and_deleted(
    hers: Client, ann: Person, client_for: Callable[[Person], Client]
) -> None:
    eve = make_user("eve", display_name="Eve")
    say(eve, ann, "do you know me?")
    page = hers.get("/messages/eve").text
    assert "Eve wants to write to you" in page and 'id="message-text"' not in page
    assert "Mark as read" not in page
    assert hers.form("/messages/eve/accept").status_code == 303
    assert 'id="message-text"' in hers.get("/messages/eve").text
    assert "Delete this conversation?" in hers.get("/messages/eve/delete").text
    answer = hers.form("/messages/eve/delete")
    assert answer.status_code == 303 and answer.headers["Location"] == "/messages"
    assert "do you know me?" not in hers.get("/messages/eve").text
    assert "do you know me?" in client_for(eve).get("/messages/ann").text


def test_who_may_not_write_is_told_so(hers: Client, ann: Person) -> None:
    eve = make_user("eve", messages_from="following")
    page = hers.get("/messages/eve").text
    assert "Eve takes messages from people they follow only." in page
    assert 'id="message-text"' not in page
    answer = hers.form("/messages/eve", client_msg_id="page-1", text="hello?")
    assert answer.status_code == 403 and "takes messages from people" in answer.text
    assert conversations.get(ann.id, eve.username).last_message is None


def test_unsending_asks_first_and_leaves_a_stub(
    hers: Client, his: Client, ann: Person, bob: Person
) -> None:
    message = say(ann, bob, "not like this")
    path = f"/messages/bob/unsend/{message.id}"
    assert "not like this" in hers.get(path).text
    assert his.get(f"/messages/ann/unsend/{message.id}").status_code == 404
    assert his.form(f"/messages/ann/unsend/{message.id}").status_code == 403
    assert hers.form(path).status_code == 303
    for page in (hers.get("/messages/bob").text, his.get("/messages/ann").text):
        assert "Message unsent" in page and "not like this" not in page
    assert hers.get(path).status_code == 404
    assert hers.get("/messages/bob/unsend/x").status_code == 404


def test_messages_of_somebody_are_muted(hers: Client, ann: Person, bob: Person) -> None:
    assert hers.form("/messages/bob/mute").status_code == 303
    assert conversations.get(ann.id, "bob").is_muted
    assert hers.form("/messages/bob/unmute").status_code == 303
    assert not conversations.get(ann.id, "bob").is_muted


def test_words_are_linked_and_nothing_of_them_is_markup(
    hers: Client, ann: Person, bob: Person
) -> None:
    say(bob, ann, "<b>see</b> https://example.org/a, @ann @nobody.here #sky")
    page = hers.get("/messages/bob").text
    assert "&lt;b&gt;see&lt;/b&gt;" in page and 'href="https://example.org/a"' in page
    assert '<a class="mention-link" href="/u/ann">@ann</a>' in page
    assert 'href="/u/nobody.here"' not in page and 'href="/tags/sky"' in page


def test_who_withdrew_is_a_deleted_account(
    hers: Client, client_for: Callable[[Person], Client], ann: Person
) -> None:
    eve = make_user("eve")
    make_follow(ann, eve)
    say(eve, ann, "goodbye")
    client_for(eve).form("/settings/withdraw", password=eve.password)
    page = hers.get(f"/messages/deleted-{eve.id}").text
    assert "Deleted account" in page and "This account was deleted." in page
    assert 'href="/u/deleted-' not in page and 'id="message-text"' not in page
    assert hers.get(f"/messages/deleted-{eve.id}/rows?since=0").status_code == 200


def test_rows_of_nonsense_are_refused(hers: Client, bob: Person) -> None:
    for query in (
        "since=x",
        "since=-1",
        "before=1&since=1",
        "since=1&limit=51",
        "before=99999999999",
    ):
        assert hers.get(f"/messages/bob/rows?{query}").status_code == 422, query
    assert hers.get("/messages/nobody/rows?since=0").status_code == 404
