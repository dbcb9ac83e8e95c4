"""Pages of people: every button is a form, lists go on."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.forms import parsed


@pytest.mark.both_modes
def test_buttons_are_forms(
    app: Flask,
    client_for: Callable[[Person], Client],
    ann: Person,
    bob: Person,
    names: dict[str, int],
    mode: str,
) -> None:
    browser = client_for(bob)

    def press(page: str, action: str, location: str) -> None:
        forms = parsed(browser.get(page).text)
        assert action in forms.actions, (page, forms.actions)
        answer = browser.post(action, data={"csrf_token": forms.found[""]["csrf_token"]})
        assert (answer.status_code, answer.location) == (303, location), action

    press("/u/ann", "/u/ann/unbell", "/u/ann")
    press("/u/ann", "/u/ann/bell", "/u/ann")
    press("/u/ann", "/u/ann/unfollow", "/u/ann")
    press("/u/ann", "/u/ann/follow", "/u/ann")
    press(f"/p/{names['shown']}", "/u/ann/unfollow", "/u/ann")
    press("/people", "/people/ann/dismiss", "/people")
    assert "/u/ann/follow" not in parsed(browser.get("/people").text).actions
    browser = client_for(ann)
    press("/", f"/p/{names['failed']}/retry", "/")
    failed = make_post(ann, caption="two", images=2, state="failed")
    for image_id in failed.image_ids:
        press("/", f"/p/{failed.id}/images/{image_id}/remove", "/")
    assert browser.get(f"/p/{failed.id}?fragment=card").status_code == 200


def test_strangers_press_follow_and_are_asked_to_log_in(
    app: Flask, anonymous: Client, ann: Person
) -> None:
    page = anonymous.get("/u/ann").text
    assert "/u/ann/follow" in page or "/login?next=" in page
    answer = anonymous.form("/u/ann/follow")
    assert answer.status_code == 302 and answer.location.startswith("/login?next=")


def test_a_person_at_a_glance(client_for, anonymous, ann, bob) -> None:
    post = make_post(bob, caption="mine", images=2)
    make_post(bob, caption="words alone")
    card = client_for(ann).get("/u/bob/card").text
    assert card.count("card-picture") == 2  # the box, and the one picture in it
    assert f'href="/p/{post.id}"' in card
    assert "/u/bob/follow" in parsed(card).actions
    assert anonymous.get("/u/bob/card").status_code == 200
    assert anonymous.get("/u/nobody/card").status_code == 404


def test_followers_go_on(app: Flask, client_for: Callable[[Person], Client], ann: Person) -> None:
    for _ in range(41):
        make_follow(make_user(), ann)
    browser = client_for(ann)
    page = browser.get("/u/ann/followers").text
    link = re.search(r'href="([^"]+)" rel="next"', page)
    assert link
    rest = browser.get(unescape(link[1])).text
    assert len(set(re.findall(r'href="/u/(person\d+)"', page + rest))) == 41


def test_others_are_suggested_under_a_profile_once_it_is_followed(
    client: Client, bob: Person, ann: Person, client_for: Callable[[Person], Client]
) -> None:
    cat = make_user("cat")
    make_follow(ann, cat)
    page, token = f"/u/{ann.username}", client.csrf()
    assert 'id="suggested"' not in client.get(f"{page}?suggested=true").text

    def press(action: str) -> str:
        headers = {"Referer": f"http://localhost{page}?suggested=true"}
        answer = client.post(action, data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 303
        return str(answer.location)

    after = press(f"{page}/follow")
    assert after == f"{page}?suggested=true#suggested"
    html = client.get(after).text
    assert 'id="suggested"' in html and f"Followed by {ann.username}" in html
    assert press(f"/people/{cat.username}/dismiss") == f"{page}?suggested=true"
    assert f"/u/{cat.username}" not in client.get(after).text
    assert 'id="suggested"' not in client.get(page).text
    press(f"{page}/unfollow")
    assert 'id="suggested"' not in client.get(after).text
