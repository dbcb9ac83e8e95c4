"""Pages of relations: every button is a form that leads back, and refuses what cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import apart
from pigeon.services.users import users
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.forms import forms_of, parsed
from tests.harness.pages import visible_text

FORMS = ("block", "unblock", "mute", "unmute", "approve", "decline", "remove")
PAGES = ("/settings/privacy", "/settings/blocked", "/settings/muted", "/notifications/requests")


def make_private(person: Person) -> None:
    users.update_profile(person.id, {"is_private": True})


def press(browser: Client, page: str, action: str) -> str:
    """Press the button for that action; the path that it leads to."""
    forms = parsed(browser.get(page).text)
    assert action in forms.actions, (page, sorted(forms.actions))
    data = {"csrf_token": forms.found[""]["csrf_token"]}
    headers = {"Referer": f"http://localhost{page}"}
    answer = browser.post(action, data=data, headers=headers)
    assert answer.status_code == 303, action
    return str(answer.location)


# -- every form, every page --------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_forms_want_their_token_a_member_and_somebody_who_is_there(
    client: Client, anonymous: Client, ann: Person, bob: Person, name: str
) -> None:
    assert anonymous.form(f"/u/ann/{name}").location.startswith("/login?next=")
    assert client.post(f"/u/ann/{name}").status_code == 403
    assert client.form(f"/u/nobody.at.all/{name}").status_code == 404
    blocks.block(bob.id, by=ann.id)  # who is blocked, too, is answered as about nobody
    assert client.form(f"/u/ann/{name}", of="posts").status_code == 404


@pytest.mark.parametrize("name", ["block", "unblock", "mute", "unmute", "remove"])
def test_nobody_does_it_to_themselves(client: Client, name: str) -> None:
    assert client.form(f"/u/bob/{name}", of="posts").status_code == 409


@pytest.mark.parametrize("name", ["block", "mute"])
def test_questions_are_about_others_that_are_there(
    client: Client, anonymous: Client, ann: Person, name: str
) -> None:
    assert client.get(f"/u/ann/{name}").status_code == 200
    assert client.get(f"/u/bob/{name}").status_code == 409
    assert client.get(f"/u/nobody.at.all/{name}").status_code == 404
    assert anonymous.get(f"/u/ann/{name}").location.startswith("/login?next=")


@pytest.mark.parametrize("path", PAGES)
def test_lists_are_for_members_and_say_when_they_are_empty(
    client: Client, anonymous: Client, path: str
) -> None:
    assert anonymous.get(path).status_code == 302
    page = client.get(path)
    assert page.status_code == 200
    assert path == "/settings/privacy" or 'class="empty"' in page.text
    assert path == "/settings/privacy" or client.get(f"{path}?before=x").status_code == 422


# -- blocks ------------------------------------------------------------------------------------


def test_a_block_is_asked_for_done_and_ended(client: Client, ann: Person, bob: Person) -> None:
    make_follow(ann, bob)
    question = client.get("/u/ann/block").text
    assert "autofocus" in question and "You no longer follow each other" in question
    answer = client.post("/u/ann/block", data=forms_of(question)["/u/ann/block"])
    assert (answer.status_code, answer.location) == (303, "/")
    assert "ann is blocked." in client.get("/").text
    assert client.get("/u/ann").status_code == 404
    page = client.get("/settings/blocked").text
    assert 'aria-label="Unblock ann"' in page
    assert 'href="/u/ann"' not in page  # it leads nowhere
    assert press(client, "/settings/blocked", "/u/ann/unblock") == "/settings/blocked"
    page = client.get("/settings/blocked").text
    assert "ann is not blocked any more." in page and "You have blocked nobody." in page
    assert client.get("/u/ann").status_code == 200
    assert not follows.relation(bob.id, ann.id).follows_me


def test_who_is_blocked_hears_nothing_and_cannot_end_it(
    client_for: Callable[[Person], Client], client: Client, ann: Person, bob: Person
) -> None:
    blocks.block(bob.id, by=ann.id)
    for path in ("/u/ann", "/u/ann/card", "/u/ann/block", "/u/ann/mute", "/u/ann/followers"):
        assert client.get(path).status_code == 404
    assert client.form("/u/ann/unblock").status_code == 404
    assert "Unblock ann" not in client.get("/settings/blocked").text


def test_long_lists_go_on(client: Client, bob: Person) -> None:
    for number in range(41):
        other = make_user(f"blocked{number}")
        blocks.block(other.id, by=bob.id)
        muted = make_user(f"muted{number}")
        mutes.set_muted(muted.id, by=bob.id, of=["posts"], on=True)
    for path, name in (("/settings/blocked", "blocked"), ("/settings/muted", "muted")):
        first = client.get(path).text
        (cursor,) = re.findall(rf'href="{path}\?before=([^"]+)"', first)
        found = re.findall(
            rf"/u/({name}\d+)/un", first + client.get(f"{path}?before={cursor}").text
        )
        assert len(set(found)) == len(found) == 41


# -- mutes -------------------------------------------------------------------------------------


def test_what_is_ticked_is_muted_and_what_is_not_is_no_more(
    client: Client, ann: Person, bob: Person
) -> None:
    mutes.set_muted(ann.id, by=bob.id, of=["stories"], on=True)
    page = client.get("/u/ann/mute").text
    ticks = re.findall(r'name="of" value="(\w+)"( checked)?', page)
    assert ticks == [("posts", ""), ("stories", " checked"), ("chat", "")]
    answer = client.form("/u/ann/mute", of=["posts", "chat"])
    assert (answer.status_code, answer.location) == (303, "/u/ann")
    assert apart.one(bob.id).muted(ann.id) == ["posts", "chat"]
    page = client.get("/u/ann").text
    assert "ann is muted." in page and 'formaction="/u/ann/unmute"' in page
    assert client.form("/u/ann/mute", of=["stories"]).status_code == 303
    assert apart.one(bob.id).muted(ann.id) == ["stories"]
    assert client.form("/u/ann/mute").status_code == 303
    assert apart.one(bob.id).muted(ann.id) == []


def test_the_form_begins_with_what_scripts_mute(client: Client, ann: Person) -> None:
    page = client.get("/u/ann/mute").text
    assert re.findall(r'name="of" value="(\w+)"( checked)?', page) == [
        ("posts", " checked"),
        ("stories", ""),
        ("chat", ""),
    ]


def test_muted_messages_alone_leave_the_posts_to_be_muted(
    client: Client, ann: Person, bob: Person
) -> None:
    mutes.set_muted(ann.id, by=bob.id, of=["chat"], on=True)
    page = client.get("/u/ann").text
    assert 'href="/u/ann/mute"' in page and "/u/ann/unmute" not in page


@pytest.mark.parametrize("of", [["everything"], ["posts", "dreams"]])
def test_what_cannot_be_muted_is_refused_beside_its_field(
    client: Client, ann: Person, bob: Person, of: list[str]
) -> None:
    page = client.form("/u/ann/mute", of=of)
    assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    assert apart.one(bob.id).muted(ann.id) == []


def test_a_mute_ends_in_its_list_and_on_the_profile(
    client: Client, ann: Person, bob: Person
) -> None:
    for page in ("/settings/muted", "/u/ann"):
        mutes.set_muted(ann.id, by=bob.id, of=["posts"], on=True)
        assert press(client, page, "/u/ann/unmute") == page
        assert "ann is not muted any more." in client.get(page).text
        assert apart.one(bob.id).muted(ann.id) == []


# -- private accounts --------------------------------------------------------------------------


def test_a_private_profile_shows_its_head_and_a_lock(
    client: Client, anonymous: Client, ann: Person, bob: Person
) -> None:
    post = make_post(ann, caption="for friends", images=1)
    make_private(ann)
    for reader in (client, anonymous):
        page = reader.get("/u/ann")
        assert page.status_code == 200
        assert "This account is private" in page.text and "Follow to see photos" in page.text
        assert "I fly" in page.text  # what the head says stays
        assert "for friends" not in page.text and f"/p/{post.id}" not in page.text
        assert 'href="/u/ann/followers"' not in page.text
        assert 'property="og:' not in page.text
        card = reader.get("/u/ann/card")
        assert card.status_code == 200 and "card-pictures" not in card.text
    assert client.get("/u/ann/followers").status_code == 404
    assert client.get("/u/ann/following").status_code == 404
    assert client.api("GET", "/users/ann/posts")[0] == 404


def test_asked_withdrawn_and_asked_again_by_one_button(
    client: Client, ann: Person, bob: Person
) -> None:
    make_private(ann)
    assert press(client, "/u/ann", "/u/ann/follow") == "/u/ann?suggested=true#suggested"
    page = client.get("/u/ann").text
    assert 'aria-label="Requested ann"' in page and "once your request is accepted" in page
    assert press(client, "/u/ann", "/u/ann/unfollow") == "/u/ann"
    assert requests.count_of(ann.id) == 0
    assert 'aria-label="Follow ann"' in client.get("/u/ann").text


def test_a_request_is_confirmed_or_deleted_in_its_list(
    client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    make_private(ann)
    cat = make_user("cat")
    for person in (bob, cat):
        follows.follow(ann.id, by=person.id)
    browser = client_for(ann)
    place = "/notifications/requests"
    assert press(browser, place, "/u/bob/approve") == place
    assert press(browser, place, "/u/cat/decline") == place
    assert "Nobody waits for an answer." in browser.get(place).text
    assert follows.relation(bob.id, ann.id).following
    assert not follows.relation(cat.id, ann.id).is_requested
    for answer in ("approve", "decline"):
        assert browser.form(f"/u/bob/{answer}").status_code == 404
    assert "This account is private" not in client_for(bob).get("/u/ann").text


def test_notifications_say_who_asks_and_take_the_answer(
    client_for: Callable[[Person], Client], drain: Callable[[], int], ann: Person, bob: Person
) -> None:
    make_private(ann)
    browser = client_for(ann)
    assert "asking-link" not in browser.get("/notifications").text
    for person in (bob, make_user("cat"), make_user("dan")):
        follows.follow(ann.id, by=person.id)
    drain()
    page = browser.get("/notifications").text
    assert "dan and 2 others" in visible_text(page)
    assert "<strong>bob</strong> asks to follow you" in page
    part = browser.get("/notifications?fragment=requests").text
    assert "asking-link" in part and "notices-list" not in part
    assert "asking-link" in browser.get("/notifications?kind=follow_request").text
    assert "asking-link" not in browser.get("/notifications?kind=like").text
    assert press(browser, "/notifications", "/u/bob/approve") == "/notifications"
    assert "/u/bob/approve" not in browser.get("/notifications").text  # before the job took the row
    drain()
    told = client_for(bob).get("/notifications").text
    assert "<strong>ann</strong> accepted your request" in told
    assert 'aria-label="Following ann"' in told


def test_a_follower_is_removed_in_the_own_list_and_on_their_profile(
    client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    browser = client_for(ann)
    for page in ("/u/ann/followers", "/u/bob"):
        make_follow(bob, ann)
        assert press(browser, page, "/u/bob/remove") == page
        assert not follows.relation(bob.id, ann.id).following
        assert "/u/bob/remove" not in browser.get(page).text
    make_follow(bob, ann)
    assert "/u/bob/remove" not in client_for(bob).get("/u/ann/followers").text  # they are not bob's


def test_an_account_is_made_private_and_public_again(
    client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    browser = client_for(ann)
    page = "/settings/privacy"
    assert browser.form(page, is_private="true").location == page
    assert re.search(r'name="is_private"[^>]* checked', browser.get(page).text)
    assert "profile-lock" in browser.get("/u/ann").text
    follows.follow(ann.id, by=bob.id)
    assert browser.form(page).status_code == 303  # a box that is not ticked is not sent
    shown = browser.get(page).text
    assert not re.search(r'name="is_private"[^>]* checked', shown)
    assert "1 request to follow you waits." in visible_text(shown)
    assert 'href="/notifications/requests"' in shown
    assert requests.count_of(ann.id) == 1
    assert browser.form(page, is_private="perhaps").status_code == 422
    assert browser.post(page, data={"is_private": "true"}).status_code == 403
    assert not users.get_me(ann.id).is_private


# -- menus -------------------------------------------------------------------------------------


def test_menus_of_posts_and_comments_lead_to_the_questions(
    client: Client, anonymous: Client, ann: Person, bob: Person
) -> None:
    make_follow(bob, ann)
    post = make_post(ann, caption="hello")
    make_comment(post, author=make_user("cat"))
    for path in ("/", f"/p/{post.id}"):
        page = client.get(path).text
        assert 'href="/u/ann/mute"' in page and 'href="/u/ann/block"' in page
    page = client.get(f"/p/{post.id}").text
    assert 'href="/u/cat/block"' in page and 'href="/u/bob/block"' not in page
    page = anonymous.get(f"/p/{post.id}").text
    assert "/u/ann/block" not in page and "/u/ann/mute" not in page


def test_comments_are_turned_off_and_on_by_the_author_alone(
    client_for: Callable[[Person], Client], client: Client, ann: Person, bob: Person
) -> None:
    post = make_post(ann, caption="quiet please")
    author, path = client_for(ann), f"/p/{post.id}"
    assert press(author, "/", f"{path}/comments-off") == "/"
    for page in ("/", path):
        assert f'action="{path}/comments-on"' in author.get(page).text
    assert client.form(f"{path}/comments", text="hm").status_code == 403
    assert "Comments are turned off for this post." in client.get(path).text
    assert press(author, path, f"{path}/comments-on") == path
    assert client.form(f"{path}/comments", text="hm").status_code == 303
    assert client.form(f"{path}/comments-off").status_code == 403
    assert author.post(f"{path}/comments-off").status_code == 403
    assert author.form("/p/999999/comments-off").status_code == 404
