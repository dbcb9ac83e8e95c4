"""The inbox, choosing whom to write to, and sending a post; none of it needs scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask import Flask

from pigeon.domain.messages import Message, pair_key
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import changes
from pigeon.services.messages import conversations, cursors, reading, sending, unread
from pigeon.services.relations import mutes
from pigeon.services.users import users
from pigeon.web.messages import inboxes
from tests.factories import Person, make_follow, make_message, make_post, make_user
from tests.factories.relations import make_block
from tests.harness.clients import Client

pytestmark = pytest.mark.both_homes

ROW = re.compile(r'<li class="conversation[^"]*" id="chat-([\d-]+)".*?</li>\s*</ul>', re.DOTALL)
LINE = re.compile(r'<span class="conversation-line one-line">(.*?)</span>')


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann", display_name="Ann")


@pytest.fixture
def bob(app: Flask, ann: Person) -> Person:
    """They follow each other."""
    made = make_user("bob", display_name="Bob")
    make_follow(ann, made)
    make_follow(made, ann)
    return made


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person, bob: Person) -> Client:
    return client_for(ann)


def rows(page: str) -> list[str]:
    """The conversations of a page, in its order, as markup."""
    return [found[0] for found in ROW.finditer(page)]


def lines(page: str) -> list[str]:
    return [unescape(words) for words in LINE.findall(page)]


def said(reader: Person, partner: Person) -> list[Message]:
    return reading.page(reader.id, partner.username, limit=10).items[::-1]


# -- the list --------------------------------------------------------------------------------------


def test_conversations_stand_by_their_last_message(hers: Client, ann: Person, bob: Person) -> None:
    cat = make_user("cat", display_name="<b>Cat</b>")
    make_follow(ann, cat)
    make_message(bob, ann, "first")
    make_message(cat, ann, "hi <i>there</i>")
    make_message(ann, bob, "last")
    page = hers.get("/messages").text
    first, second = rows(page)
    assert f'id="chat-{pair_key(ann.id, bob.id)}"' in first
    assert lines(page) == ["You: last", "hi <i>there</i>"] and "<i>" not in page
    assert 'href="/messages/bob"' in first and 'href="/messages/cat"' in second
    assert "&lt;b&gt;Cat" in second and "is-unread" in second and "is-unread" not in first
    assert "1 unread message<" in second
    assert "<h1" in page and ">ann</h2>" in page


def test_what_was_last_said_has_words_for_everything(
    hers: Client, ann: Person, bob: Person
) -> None:
    post = make_post(ann, caption="look")
    make_message(bob, ann, post_id=post.id)
    assert lines(hers.get("/messages").text) == ["Sent a post"]
    mine = make_message(ann, bob, post_id=post.id)
    assert lines(hers.get("/messages").text) == ["You sent a post"]
    sending.unsend(int(mine.id), by=ann.id)
    assert lines(hers.get("/messages").text) == ["Message unsent"]


def test_a_stranger_waits_among_the_requests(hers: Client, ann: Person, bob: Person) -> None:
    make_message(make_user("eve", display_name=""), ann, "hello?")
    page = hers.get("/messages").text
    assert not rows(page) and "Your conversations will stand here." in page
    assert '<span class="inbox-tab-count" data-part="requests">1<' in page
    waiting = hers.get("/messages?box=requests").text
    assert lines(waiting) == ["hello?"] and "Opening a request tells nobody" in waiting
    conversations.accept("eve", by=ann.id)
    assert lines(hers.get("/messages").text) == ["hello?"]
    assert "No requests." in hers.get("/messages?box=requests").text


def test_an_unknown_box_and_a_wrong_cursor_are_refused(hers: Client) -> None:
    assert hers.get("/messages?box=archive").status_code == 422
    assert hers.get("/messages?before=x").status_code == 422


def test_a_long_list_has_an_end_without_scripts(
    hers: Client, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "ROWS", 2)
    for name in ("one", "two", "three"):
        other = make_user(name)
        make_follow(ann, other)
        make_message(other, ann, name)
    page = hers.get("/messages").text
    assert lines(page) == ["three", "two"]
    (older,) = re.findall(r'href="(/messages\?before=.*?)"', page)
    after = hers.get(older).text
    assert lines(after) == ["one"] and "No older conversations." in after
    assert 'class="end"' in after and 'class="end"' not in page


def test_the_list_alone_is_for_scripts(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "hi")
    part = hers.get("/messages?fragment=list").text
    assert "<html" not in part and lines(part) == ["hi"] and 'data-requests="0"' in part


def test_a_row_offers_what_can_be_done(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "hi")
    (row,) = rows(hers.get("/messages").text)
    assert 'formaction="/messages/bob/mute"' in row
    assert 'href="/messages/bob/delete"' in row and 'href="/u/bob/block"' in row
    assert hers.form("/messages/bob/mute").status_code == 303
    (row,) = rows(hers.get("/messages").text)
    assert 'formaction="/messages/bob/unmute"' in row and "is-muted" in row


def test_who_left_has_no_name_and_no_profile(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "hi")
    changes.withdraw(bob.id, password=bob.password, fresh_identity=False, caller=Caller())
    (row,) = rows(hers.get("/messages").text)
    assert "Deleted account" in row and f"/messages/deleted-{bob.id}" in row
    assert "/u/" not in row and "/mute" not in row


def test_who_is_blocked_is_in_no_list(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "hi")
    make_block(ann, bob)
    assert not rows(hers.get("/messages").text)
    assert "bob" not in hers.get("/messages/new").text


def test_rows_cost_the_same_however_many(
    hers: Client, ann: Person, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts = []
    for names in (range(2), range(2, 20)):
        for number in names:
            other = make_user(f"other{number}")
            make_follow(ann, other)
            make_message(other, ann, f"hi {number}")
            make_message(ann, other, post_id=make_post(other, caption="x").id)
        hers.get("/messages")
        with queries() as sent:
            page = hers.get("/messages").text
        counts.append((len(rows(page)), len(sent)))
    assert [shown for shown, _ in counts] == [2, 20]
    assert counts[0][1] == counts[1][1] <= 12, counts


# -- the badge -------------------------------------------------------------------------------------


def test_the_badge_counts_messages_and_the_title_both(
    hers: Client, ann: Person, bob: Person, drain: Callable[[], int]
) -> None:
    make_message(bob, ann, "one")
    make_message(bob, ann, "two")
    drain()
    for path in ("/", "/settings/privacy"):
        page = hers.get(path).text
        assert '<span data-badge="messages">2</span>' in page
        assert '<span class="badge-echo">2</span>' in page
        assert re.search(r"<title>\(\d\) ", page) and "favicon-unread." in page
    cursors.read("bob", 2, by=ann.id)
    assert 'data-badge="messages"' not in hers.get("/").text
    assert 'data-badge="messages"' not in hers.get("/settings/privacy").text


def test_muted_messages_do_not_count(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "one")
    mutes.set_muted(bob.id, by=ann.id, of=["chat"], on=True)
    assert unread.total_of(ann.id) == 0
    page = hers.get("/messages").text
    assert 'data-badge="messages"' not in page and "1 unread message<" in rows(page)[0]


def test_a_warm_home_page_asks_no_sql_for_the_badge(
    hers: Client,
    ann: Person,
    bob: Person,
    drain: Callable[[], int],
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    make_post(bob, caption="hi")
    make_message(bob, ann, "one")
    drain()
    hers.get("/")
    hers.get("/")
    with queries() as sent:
        assert 'data-badge="messages">1<' in hers.get("/").text
    assert sent == []


# -- whom to write to ------------------------------------------------------------------------------


def test_people_to_write_to_are_found_without_scripts(hers: Client, ann: Person) -> None:
    followed, follower = make_user("carl"), make_user("dora", display_name="Carla")
    make_follow(ann, followed)
    make_follow(follower, ann)
    make_user("stranger")
    page = hers.get("/messages/new").text
    found = re.findall(r'<a class="picker-person" href="(.*?)"', page)
    assert found == ["/messages/bob", "/messages/carl", "/messages/dora"]
    assert "You follow each other" in page and "Follows you" in page
    searched = hers.get("/messages/new?q=carl&fragment=partners").text
    assert "<html" not in searched
    assert re.findall(r'href="(/messages/\w+)"', searched) == ["/messages/carl", "/messages/dora"]
    assert "Nobody found" in hers.get("/messages/new?q=zz").text
    assert hers.get(f"/messages/new?q={'x' * 51}").status_code == 422


def test_who_knows_nobody_is_led_to_people(client_for: Callable[[Person], Client]) -> None:
    page = client_for(make_user("newcomer")).get("/messages/new").text
    assert 'href="/people"' in page and 'class="empty"' in page


# -- a post ----------------------------------------------------------------------------------------


@pytest.fixture
def post(ann: Person, bob: Person) -> Iterator[int]:
    yield make_post(bob, caption="a boat").id


def test_every_post_can_be_sent(hers: Client, post: int, ann: Person, drain) -> None:
    own = make_post(ann, caption="mine").id
    drain()
    for path in ("/", f"/p/{post}", f"/p/{own}"):
        page = hers.get(path).text
        wanted = own if path.endswith(str(own)) else post
        assert page.count(f'href="/p/{wanted}/send"') == 2, path  # below the picture, in the menu


def test_strangers_are_offered_no_sending(anonymous: Client, post: int) -> None:
    assert f"/p/{post}/send" not in anonymous.get(f"/p/{post}").text


def test_a_form_sends_a_post_and_words_to_several(
    hers: Client, ann: Person, bob: Person, post: int
) -> None:
    cat = make_user("cat")
    make_follow(cat, ann)
    page = hers.get(f"/p/{post}/send").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', page))
    sent = {**fields, "to": ["bob", "cat"], "text": " look "}
    for _ in range(2):  # the second time as by a nervous finger
        answer = hers.post(f"/p/{post}/send", data=sent)
        assert (answer.status_code, answer.location) == (303, f"/p/{post}")
    for person in (bob, cat):
        shared, words = said(person, ann)
        assert shared.post and shared.post.id == str(post) and words.text == "look"
    assert "Sent to 2 people." in hers.get("/").text


def test_sending_a_post_reads_nothing(hers: Client, ann: Person, bob: Person, post: int) -> None:
    make_message(bob, ann, "did you see?")
    hers.form(f"/p/{post}/send", to="bob", text="yes", client_msg_id="a")
    assert unread.total_of(ann.id) == 1


def test_who_cannot_be_written_to_is_named(hers: Client, ann: Person, post: int) -> None:
    shy = make_user("shy", messages_from="following")
    make_follow(ann, shy)
    answer = hers.form(f"/p/{post}/send", to=["shy", "bob"], client_msg_id="a")
    assert answer.status_code == 303
    page = hers.get("/").text
    assert "Sent to 1 person." in page and "shy cannot be written to." in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"to": [], "text": "kept words"}, "Choose somebody to send it to."),
        ({"to": ["bob"], "text": "x" * 2_001}, "2,000"),
        ({"to": ["bob"] * 21, "text": "kept words"}, "20"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    hers: Client, bob: Person, ann: Person, post: int, fields: dict[str, list[str]], words: str
) -> None:
    answer = hers.form(f"/p/{post}/send", client_msg_id="key", **fields)
    assert answer.status_code == 422
    assert str(fields["text"]) in answer.text and 'value="key"' in answer.text
    assert words in answer.text and 'class="field-error"' in answer.text
    assert not said(bob, ann)
    assert not fields["to"] or re.search(r'value="bob"[^>]* checked', answer.text)


def test_scripts_send_to_one_and_hear_why_not(
    hers: Client, ann: Person, bob: Person, post: int
) -> None:
    make_follow(ann, make_user("shy", messages_from="following"))
    path = f"/p/{post}/send?fragment=sent"
    for _ in range(2):
        assert hers.form(path, to="bob", client_msg_id="a").status_code == 204
    assert len(said(bob, ann)) == 1
    assert hers.form(path, to="shy", client_msg_id="a").status_code == 403
    assert hers.form(path, to="nobody", client_msg_id="a").status_code == 404
    assert hers.form(path, to="bob", client_msg_id="").status_code == 422


def test_an_unfinished_or_hidden_post_is_not_sent(hers: Client, ann: Person) -> None:
    waiting = make_post(ann, caption="", images=1, state="processing").id
    eve = make_user("eve")
    hidden = make_post(eve, caption="hi").id
    make_block(eve, ann)
    for post_id in (waiting, hidden, 9_999):
        assert hers.get(f"/p/{post_id}/send").status_code == 404
        assert hers.form(f"/p/{post_id}/send", to="bob", client_msg_id="a").status_code == 404


# -- doors to it -----------------------------------------------------------------------------------


def test_a_profile_leads_to_the_conversation(hers: Client, ann: Person) -> None:
    make_user("shy", messages_from="following")
    assert 'href="/messages/bob"' in hers.get("/u/bob").text
    assert 'href="/messages/bob"' in hers.get("/u/bob/card").text
    assert 'href="/messages/ann"' not in hers.get("/u/ann").text
    assert 'href="/messages/shy"' not in hers.get("/u/shy").text


def test_who_may_write_and_receipts_are_settings(hers: Client, ann: Person) -> None:
    path = "/settings/privacy"
    assert re.search(r'name="messages_from" value="everyone" checked', hers.get(path).text)
    answer = hers.form(path, messages_from="following", is_private="true")
    assert answer.status_code == 303
    me = users.get_me(ann.id)
    assert (me.messages_from, me.sends_receipts, me.is_private) == ("following", False, True)
    page = hers.get(path).text
    assert re.search(r'name="messages_from" value="following" checked', page)
    refused = hers.form(path, messages_from="nobody")
    assert refused.status_code == 422 and 'id="messages_from-error"' in refused.text


def test_a_form_of_the_release_before_changes_nothing_of_messages(
    hers: Client, ann: Person
) -> None:
    assert hers.form("/settings/privacy", is_private="true").status_code == 303
    me = users.get_me(ann.id)
    assert (me.messages_from, me.sends_receipts) == ("everyone", True)
