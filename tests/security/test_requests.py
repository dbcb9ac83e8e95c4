"""Requests that mean harm: forged, redirected, stuffed with fields; and caches that mix nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import cache, db
from pigeon.models import PostModel, UserModel
from pigeon.services.likes import likes
from pigeon.services.posts import publications
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.security.matrix import MATRIX, build, request_of, snapshot, snapshot_differences

pytestmark = pytest.mark.no_second_look

UNSAFE = [name for name in MATRIX if not name.startswith("GET ")]


# -- forgery ---------------------------------------------------------------------------------------


def without(request: dict[str, Any], **headers: str) -> dict[str, Any]:
    return request | {"headers": headers}


FORGERIES: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "none": lambda request, _: without(request),
    "empty": lambda request, _: without(request, **{"X-CSRFToken": ""}),
    "invented": lambda request, _: without(request, **{"X-CSRFToken": "0" * 91}),
    "of somebody else": lambda request, foreign: without(request, **{"X-CSRFToken": foreign}),
    "in the address": lambda request, foreign: without(
        request | {"path": f"{request['path']}?csrf_token={foreign}"}
    ),
    "beside an invented token": lambda request, _: without(request, Authorization="Bearer x"),
}


@pytest.mark.parametrize("way", FORGERIES)
def test_no_change_is_made_from_another_site(
    app: Flask, client_for: Callable[[Person], Client], anonymous: Client, way: str
) -> None:
    objects = build(app, client_for)
    owner, foreign = objects["owner"], anonymous.csrf()
    before = snapshot()
    for name in UNSAFE:
        sound = request_of(name, MATRIX[name], objects["values"], "")
        answer = owner.open(**FORGERIES[way](sound, foreign))
        assert answer.status_code == 403, name
        if "/api/" in name:
            assert answer.get_json()["error"]["code"] == "csrf_failed"
        assert snapshot_differences(before, snapshot()) == [], name


def test_reading_changes_nothing(app: Flask, client_for: Callable[[Person], Client]) -> None:
    objects = build(app, client_for)
    before = snapshot()
    for name, row in MATRIX.items():
        if name.startswith("GET "):
            request = request_of(name, row, objects["values"], "")
            request["headers"] = {"Sec-Purpose": "prefetch"}
            for method in ("GET", "HEAD"):
                assert objects["owner"].open(**request | {"method": method}).status_code < 500
    changed = set(snapshot_differences(before, snapshot()))
    assert not changed & {table.name for table in db.metadata.sorted_tables}


# -- where one is sent -----------------------------------------------------------------------------

ELSEWHERE = (
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "https://evil.test",
    "https:evil.test",
    "http:///evil.test",
    "//evil.test/%2e%2e",
    "/%2f%2fevil.test",
    "/%5cevil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.test",
    "@evil.test",
    "/login@evil.test",
    "/u/ann\r\nSet-Cookie: a=b",
    "/\u2028/evil.test",
    "/media/x",
    "/api/v1/me",
    "/logout",
    "/nothing-here",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(
    app: Flask, anonymous: Client, client_for: Callable[[Person], Client], target: str
) -> None:
    make_user("ann")
    browser = client_for(make_user("bob"))
    answers = [
        anonymous.form("/appearance", language="en", theme="dark", next=target),
        browser.get("/login", query_string={"next": target}),
        anonymous.form("/login", login="bob", password="a pigeon knows 7 ways", next=target),
    ]
    headers = {"X-CSRFToken": browser.csrf(), "Referer": target.replace("\r\n", "")}
    answers.append(browser.post("/u/ann/follow", headers=headers))
    assert [answer.location for answer in answers] == ["/", "/", "/", "/u/ann"]
    assert not any("evil" in str(answer.headers) for answer in answers)


def test_a_form_leads_back_to_its_page(app: Flask, client_for: Callable[[Person], Client]) -> None:
    make_user("ann")
    browser = client_for(make_user("bob"))
    headers = {"X-CSRFToken": browser.csrf(), "Referer": "http://localhost/people?q=a"}
    assert browser.post("/u/ann/follow", headers=headers).location == "/people?q=a"
    headers["Referer"] = "http://localhost.evil.test/people"
    assert browser.post("/u/ann/unfollow", headers=headers).location == "/u/ann"


# -- fields that are not theirs --------------------------------------------------------------------


def test_no_column_can_be_assigned(app: Flask, client_for: Callable[[Person], Client]) -> None:
    ann = make_user("ann")
    post = make_post(ann)
    browser = client_for(ann)
    offered = {
        "display_name", "bio", "pronouns", "link", "is_private", "language", "theme", "time_zone",
        "is_discoverable", "shows_activity", "sends_receipts", "saves_searches", "messages_from",
        "notify",
    }  # fmt: skip
    people = {column.name for column in UserModel.__table__.columns} - offered
    posts = {column.name for column in PostModel.__table__.columns} - {"caption", "comments_open"}
    for path, method, fields in (
        ("/me", "PATCH", people | {"is_admin", "email_verified", "password"}),
        (f"/posts/{post.id}", "PATCH", posts | {"like_count", "viewer"}),
        ("/posts", "POST", posts | {"author", "published_at", "images"}),
    ):
        status, body = browser.api(method, path, dict.fromkeys(fields, 1))
        assert status == 422
        found = body["error"]["fields"]
        assert {name for name, fault in found.items() if fault["code"] == "unknown"} == fields


def test_forms_take_their_own_fields_only(
    app: Flask, client_for: Callable[[Person], Client]
) -> None:
    ann = make_user("ann")
    browser = client_for(ann)
    row = select(*UserModel.__table__.columns).where(UserModel.id == ann.id)
    before = db.session.execute(row).one()._asdict()
    stuffed = {name: "1" for name in before if name not in ("bio", "display_name")}
    stuffed |= {"pronouns": "", "link": "", "display_name": "Ann", "bio": "hi", "role": "admin"}
    assert browser.form("/settings/profile", **stuffed).status_code == 303
    db.session.rollback()
    after = db.session.execute(row).one()._asdict()
    assert after == before | {"bio": "hi"}


def test_wildcards_find_only_themselves(app: Flask, client_for: Callable[[Person], Client]) -> None:
    browser = client_for(make_user("ann"))
    make_user("a_b", display_name="100% wool")
    make_user("axb", display_name="1000 wool")
    for query, names in (  # a search leaves out what is no letter and no digit
        ("%", []),
        ("_", []),
        ("a_b", ["a_b"]),
        ("a%b", ["a_b"]),
        ("a_x", ["axb"]),
        ("100%", ["axb", "a_b"]),
        ("2__", []),
        ("' OR 1=1 --", []),
        ("\\", []),
    ):
        for path in ("/search/users", "/search/suggest"):
            status, page = browser.api("GET", f"{path}?q={quote(query)}")
            found = [item.get("user", item)["username"] for item in page["items"]]
            assert (status, found) == (200, names), (path, query)


# -- one person's view in another's answer ---------------------------------------------------------


def test_nobody_reads_what_was_cached_for_another(
    app: Flask,
    client_for: Callable[[Person], Client],
    anonymous: Client,
    drain: Callable[[], int],
) -> None:
    ann, bob, cat = (make_user(name) for name in ("ann", "bob", "cat"))
    make_follow(bob, ann, bell=True)
    make_follow(cat, ann)
    make_follow(ann, cat)
    post = make_post(ann, caption="for @bob #sky", images=2)
    make_post(ann, caption="oh", images=1, state="failed")
    comment = make_comment(post, cat, text="look @bob")
    make_comment(post, ann, answers=comment)
    for person in (ann, bob):
        likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)
        likes.set_liked(likes.COMMENTS, comment.id, by=person.id, on=True)
    drain()
    browsers = {person.username: client_for(person) for person in (ann, bob, cat)}
    browsers["nobody"] = anonymous
    paths = (
        *("/", "/u/ann", f"/p/{post.id}", f"/p/{post.id}?fragment=1", "/tags/sky", "/people?q=a"),
        *("/people", "/u/ann/followers", "/api/v1/users/ann", f"/api/v1/posts/{post.id}"),
        *("/api/v1/users/ann/posts", "/api/v1/timeline", "/api/v1/suggestions", "/api/v1/me"),
        *("/api/v1/search/users?q=a", "/api/v1/tags/sky/posts", "/api/v1/users/ann/followers"),
        *(f"/api/v1/posts/{post.id}/comments", f"/api/v1/comments/{comment.id}/replies"),
        *(f"/api/v1/posts/{post.id}/likers", f"/api/v1/comments/{comment.id}/likers"),
        *(f"/p/{post.id}/comments?fragment=1", f"/p/{post.id}/likers?fragment=1", "/u/cat/card"),
        *("/api/v1/notifications", "/api/v1/notifications/unread"),
    )

    def read(who: str) -> dict[str, tuple[int, str]]:
        answers = {path: browsers[who].get(path) for path in paths}
        return {path: (a.status_code, _without_tokens(a.text)) for path, a in answers.items()}

    def forget() -> None:
        cache.client.flushall()
        publications.reset()

    cold = {}
    for who in browsers:
        forget()
        cold[who] = read(who)
    for first in browsers:
        forget()
        read(first)
        for second in browsers:
            assert read(second) == cold[second], (first, second)


def _without_tokens(page: str) -> str:
    """Nor the keys of forms, which are new on every page."""
    return re.sub(r'(name="(?:csrf_token|idempotency_key)" value=")[^"]+', r"\1", page)
