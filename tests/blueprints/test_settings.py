"""The settings pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.sessions import Caller
from pigeon.services.accounts import sessions
from tests.factories import make_user
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.forms import forms_of
from tests.stores import hostile

PAGES = (
    *("/settings/profile", "/settings/account", "/settings/appearance", "/settings/privacy"),
    *("/settings/blocked", "/settings/muted"),
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_there_for_members_only(
    app: Flask, client_for: Any, anonymous: Any, path: str
) -> None:
    assert anonymous.get(path).status_code == 302
    assert client_for(make_user()).get(path).status_code == 200


def test_the_profile_is_saved_and_faults_keep_what_was_typed(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    fields = {
        "display_name": "애나",
        "bio": "over\r\nthe roofs",
        "pronouns": "",
        "link": "pigeon.test",
    }
    assert client.form("/settings/profile", **fields).status_code == 303
    me = client.api("GET", "/me")[1]
    assert (me["display_name"], me["bio"]) == ("애나", "over\nthe roofs")
    page = client.form("/settings/profile", **fields | {"bio": "x" * 151, "pronouns": "they"})
    assert page.status_code == 422
    assert "x" * 151 in page.text and 'value="they"' in page.text
    assert client.api("GET", "/me")[1]["pronouns"] == ""


def test_a_picture_is_taken_and_a_bad_one_is_refused_beside_its_field(
    app: Flask, client_for: Any, drain: Any
) -> None:
    client = client_for(make_user("ann"))
    good = (io.BytesIO(pictures.jpeg(300, 300)), "me.jpg")
    assert client.form("/settings/avatar", image=good).status_code == 303
    drain()
    assert client.api("GET", "/me")[1]["avatar_url"]
    bad = (io.BytesIO(b"not a picture"), "me.jpg")
    page = client.form("/settings/avatar", image=bad)
    assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    assert client.form("/settings/avatar/remove").status_code == 303
    assert client.api("GET", "/me")[1]["avatar_url"] is None


@pytest.mark.parametrize(
    ("language", "word"), [("en", "damaged and cannot"), ("ko", "손상되어 읽을 수")]
)
def test_the_page_says_what_became_of_a_picture_until_it_is_dismissed(
    app: Flask, client_for: Any, drain: Any, language: str, word: str
) -> None:
    client = client_for(make_user("ann", language=language))
    assert 'data-state="idle"' in client.get("/settings/profile").text
    damaged = (io.BytesIO(hostile.damaged_png()), "me.png")
    assert client.form("/settings/avatar", image=damaged).status_code == 303
    assert 'data-state="processing"' in client.get("/settings/profile").text
    drain()
    for _ in "12":
        page = client.get("/settings/profile").text
        assert 'data-state="failed"' in page and word in page
    assert client.form("/settings/avatar/dismiss").status_code == 303
    page = client.get("/settings/profile").text
    assert 'data-state="idle"' in page and word not in page


def test_a_new_password_keeps_this_browser_and_no_other(app: Flask, client_for: Any) -> None:
    ann = make_user("ann")
    client, other = client_for(ann), client_for(ann)
    with client.session_transaction() as session:
        before = session["_user_id"]
    fields = {"current_password": ann.password, "password": "quite another pigeon 8"}
    assert client.form("/settings/password", **fields).status_code == 303
    with client.session_transaction() as session:
        assert session["_user_id"] != before
    assert client.api("GET", "/me")[0] == 200
    assert other.api("GET", "/me")[0] == 401
    page = client.form("/settings/password", **fields)
    assert page.status_code == 422 and ann.password not in page.text


def test_an_address_is_changed_behind_the_password(app: Flask, client_for: Any) -> None:
    ann = make_user("ann")
    client = client_for(ann)
    page = client.form("/settings/email", email="new@example.org", password="guessed")
    assert page.status_code == 422 and 'value="new@example.org"' in page.text
    fields = {"email": "new@example.org", "password": ann.password}
    assert client.form("/settings/email", **fields).status_code == 303
    assert "new@example.org" in client.get("/settings/account").text


def test_sessions_are_listed_and_ended(app: Flask, client_for: Any) -> None:
    ann = make_user("ann")
    client = client_for(ann)
    other = sessions.start(ann.id, caller=Caller(user_agent="curl/8"))
    handles = re.findall(r'id="session-(\w+)"', client.get("/settings/account").text)
    assert len(handles) == 2
    path = re.search(r"/settings/sessions/\w+/end", client.get("/settings/account").text)
    assert path
    assert client.form(path[0]).status_code == 303
    assert sessions.find(other) is None
    assert client.form(path[0]).status_code == 404
    third = sessions.start(ann.id, caller=Caller())
    assert client.form("/settings/sessions/end-others").status_code == 303
    assert sessions.find(third) is None
    assert client.api("GET", "/me")[0] == 200


def test_withdrawal_by_the_form(app: Flask, client_for: Any) -> None:
    ann = make_user("ann")
    client = client_for(ann)
    page = client.form("/settings/withdraw", password="guessed")
    assert page.status_code == 422 and "<details" in page.text
    assert client.form("/settings/withdraw", password=ann.password).status_code == 303
    assert client.api("GET", "/me")[0] == 401


def test_appearance_of_members_is_a_setting(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    assert client.form("/settings/appearance", theme="dark", language="ko").status_code == 303
    assert '<html lang="ko" data-theme="dark"' in client.get("/settings/appearance").text
    me = client.api("GET", "/me")[1]
    assert (me["theme"], me["language"]) == ("dark", "ko")


def test_appearance_of_strangers_is_a_cookie(app: Flask, anonymous: Any) -> None:
    answer = anonymous.form("/appearance", theme="dark", next="/login")
    assert answer.headers["Location"] == "/login"
    assert 'data-theme="dark"' in anonymous.get("/login").text
    anonymous.form("/appearance", language="ko", next="https://evil.test/")
    assert anonymous.last.headers["Location"] == "/"
    assert '<html lang="ko" data-theme="dark"' in anonymous.get("/login").text
    anonymous.form("/appearance", theme="pink")
    assert 'data-theme="dark"' in anonymous.get("/login").text


def test_language_and_theme_of_strangers(app: Flask, anonymous: Client) -> None:
    assert '<html lang="en" data-theme="system"' in anonymous.get("/").text
    assert '<html lang="ko"' in anonymous.get("/", headers={"Accept-Language": "ko-KR,en"}).text
    answer = anonymous.form("/appearance", language="ko", theme="dark", next="/login")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert '<html lang="ko" data-theme="dark"' in anonymous.get("/login").text
    anonymous.form("/appearance", language="tlh", theme="pink", next="/")
    assert '<html lang="ko" data-theme="dark"' in anonymous.get("/").text
    anonymous.form("/appearance", language="en", theme="", next="/")
    assert '<html lang="en" data-theme="dark"' in anonymous.get("/").text


def test_choices_of_who_may_cause_which(client_for, ann) -> None:
    client = client_for(ann)
    form = forms_of(client.get("/settings/notifications").text)["/settings/notifications"]
    assert form["like"] == "everyone"
    client.post("/settings/notifications", data=form | {"like": "off", "comment": "following"})
    kept = forms_of(client.get("/settings/notifications").text)["/settings/notifications"]
    assert (kept["like"], kept["comment"], kept["reply"]) == ("off", "following", "everyone")
    assert client.post("/settings/notifications", data=form | {"like": "x"}).status_code == 422
