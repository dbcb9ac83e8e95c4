"""Who is refused and in which order, what is not there, and methods nobody offers."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.services.relations import blocks
from pigeon.services.searches import history
from pigeon.services.users import suspensions
from tests.contract.world import World, refusal, refused
from tests.factories import make_comment, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client, multipart

UNKNOWN = "9999999"
IMPOSSIBLE = ("0", "-1", "1e3", "x", "99999999999999999999", "1%20", "٣", "01", "None")
WITH_AN_ID = (
    "GET /posts/{}",
    "PATCH /posts/{}",
    "DELETE /posts/{}",
    "POST /posts/{}/retry",
    "DELETE /posts/{}/images/1",
    "PUT /posts/{}/like",
    "DELETE /posts/{}/like",
    "GET /posts/{}/likers",
    "GET /posts/{}/comments",
    "POST /posts/{}/comments",
)
WITH_A_COMMENT = (
    "GET /comments/{}/replies",
    "POST /comments/{}/replies",
    "PATCH /comments/{}",
    "DELETE /comments/{}",
    "PUT /comments/{}/like",
    "DELETE /comments/{}/like",
    "GET /comments/{}/likers",
)
WITH_A_NOTIFICATION = ("PUT /notifications/{}/read", "DELETE /notifications/{}")
WITH_A_NAME = (
    "GET /users/{}",
    "GET /users/{}/followers",
    "GET /users/{}/following",
    "GET /users/{}/posts",
    "PUT /users/{}/follow",
    "DELETE /users/{}/follow",
    "PUT /users/{}/bell",
    "DELETE /users/{}/bell",
    "PUT /users/{}/block",
    "DELETE /users/{}/block",
    "PUT /users/{}/mute",
    "DELETE /users/{}/mute",
    "PUT /me/follow_requests/{}",
    "DELETE /me/follow_requests/{}",
    "DELETE /me/followers/{}",
    "DELETE /suggestions/{}",
    "GET /chats/{}",
    "DELETE /chats/{}",
    "PUT /chats/{}/accept",
    "PUT /chats/{}/mute",
    "DELETE /chats/{}/mute",
    "GET /chats/{}/messages",
    "POST /chats/{}/messages",
    "PUT /chats/{}/read",
)
FOR_MEMBERS = (
    "GET /me",
    "PATCH /me",
    "DELETE /me",
    "PUT /me/avatar",
    "DELETE /me/avatar",
    "GET /users/bob/followers",
    "GET /users/bob/following",
    "PUT /users/bob/follow",
    "DELETE /users/bob/follow",
    "PUT /users/bob/bell",
    "DELETE /users/bob/bell",
    "PUT /users/bob/block",
    "DELETE /users/bob/block",
    "PUT /users/bob/mute",
    "DELETE /users/bob/mute",
    "GET /me/blocks",
    "GET /me/mutes",
    "GET /me/follow_requests",
    "PUT /me/follow_requests/bob",
    "DELETE /me/follow_requests/bob",
    "DELETE /me/followers/bob",
    "GET /suggestions",
    "DELETE /suggestions/bob",
    "GET /search/users",
    "GET /search/suggest",
    "GET /search/history",
    "POST /search/history",
    "DELETE /search/history",
    "DELETE /search/history/1",
    "POST /posts",
    "PATCH /posts/1",
    "DELETE /posts/1",
    "POST /posts/1/retry",
    "DELETE /posts/1/images/1",
    "GET /timeline",
    "PUT /posts/1/save",
    "DELETE /posts/1/save",
    "GET /me/saved",
    "PUT /posts/1/like",
    "DELETE /posts/1/like",
    "GET /posts/1/likers",
    "POST /posts/1/comments",
    "POST /comments/1/replies",
    "PATCH /comments/1",
    "DELETE /comments/1",
    "PUT /comments/1/like",
    "DELETE /comments/1/like",
    "GET /comments/1/likers",
    "GET /notifications",
    "DELETE /notifications",
    "GET /notifications/unread",
    "PUT /notifications/seen",
    "PUT /notifications/read",
    "PUT /notifications/1/read",
    "DELETE /notifications/1",
    "GET /chats",
    "GET /chats/partners",
    "GET /chats/bob",
    "DELETE /chats/bob",
    "PUT /chats/bob/accept",
    "PUT /chats/bob/mute",
    "DELETE /chats/bob/mute",
    "GET /chats/bob/messages",
    "POST /chats/bob/messages",
    "PUT /chats/bob/read",
    "DELETE /messages/1",
    "POST /media",
)
PUBLIC = (
    "/users/bob",
    "/users/bob/posts",
    "/posts/1",
    "/posts/1/comments",
    "/comments/1/replies",
    "/explore",
    "/tags/x/posts",
)


# -- who, and in which order -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_strangers_are_told_to_log_in_before_anything_else(
    world: World, anonymous: Any, name: str
) -> None:
    assert refused(anonymous, name) == (401, "unauthenticated", {})
    method, path = name.split()
    answer = anonymous.open(f"/api/v1{path}", method=method, data=b"{", content_type="text/plain")
    assert answer.status_code == 401, "before the missing token and the body"


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.env(PUBLIC_READING="off")
def test_nothing_is_public_where_reading_is_not(app: Flask, anonymous: Any, path: str) -> None:
    assert refused(anonymous, f"GET {path}") == (401, "unauthenticated", {})


def test_a_dead_token_is_nobody(world: World, anonymous: Any) -> None:
    headers = {"Authorization": "Bearer of-bad-news"}
    assert refused(anonymous, "GET /me", headers=headers) == (401, "unauthenticated", {})


def test_refusals_come_in_order(world: World) -> None:
    client = world.client
    forged = {"X-CSRFToken": "forged"}
    assert refused(client, f"PATCH /posts/{UNKNOWN}", headers=forged)[0:2] == (403, "csrf_failed")
    assert refused(client, f"PATCH /posts/{UNKNOWN}", data=b"{")[0] == 404, "404 before the body"
    theirs = f"PATCH /posts/{world.theirs.id}"
    assert refused(client, theirs, body={"nonsense": 1}) == (403, "forbidden", {})
    big = (io.BytesIO(pictures.jpeg() + bytes(limits.JPEG_BYTES)), "big.jpg")
    headers = {"Idempotency-Key": "a b"}
    form = multipart(caption="x" * 2_201, images__=[big])
    found = refused(client, "POST /posts", **form, headers=headers)
    assert found == (413, "too_large", {"images.0": "too_large"}), "413 file before 422"
    data = {"caption": "x" * 2_201, "images[]": [(io.BytesIO(b"x"), "x.jpg")]}
    found = refused(client, "POST /posts", data=data, headers=headers)
    named = {"images.0": "bad_format", "caption": "too_long", "idempotency_key": "bad_format"}
    assert found == (422, "invalid", named)


def test_refusals_of_comments_come_in_order(world: World) -> None:
    client, post_id = world.client, world.theirs.id
    paths = (f"/posts/{post_id}/comments", f"/comments/{world.comment.id}/replies")
    key = {"Idempotency-Key": "k"}
    for path in paths:
        name = f"POST {path}"
        unknown = f"POST {path.replace(path.split('/')[2], UNKNOWN)}"
        forged = {"X-CSRFToken": "forged"}
        assert refused(client, unknown, headers=forged)[0:2] == (403, "csrf_failed")
        assert refused(client, unknown, data=b"{") == (404, "not_found", {})
        client.api("POST", path, {"text": "first"}, headers=key)
        found = refused(client, name, body={"text": ""}, headers=key)
        assert found == (422, "invalid", {"text": "required"}), "422 before 409"
        found = refused(client, name, body={"text": "second"}, headers=key)
        assert found == (409, "idempotency_conflict", {})
        key = {"Idempotency-Key": "l"}
    bob = client.application.test_client()
    bob.sign_in(world.bob.id)
    assert bob.api("PATCH", f"/posts/{post_id}", {"comments_open": False})[0] == 200
    for path in paths:
        found = refused(client, f"POST {path}", body={"text": ""}, headers={"Idempotency-Key": "m"})
        assert found == (403, "comments_closed", {}), "403 before 422"
        assert refused(bob, f"POST {path}", body={"text": "x"})[1] == "comments_closed"
    theirs = f"PATCH /comments/{world.reply.id}"
    assert refused(client, theirs, body={"nonsense": 1}) == (403, "forbidden", {})


@pytest.mark.env(RATE_LIMITS="on")
def test_hearts_more_often_than_allowed(world: World) -> None:
    client, path = world.client, f"/api/v1/comments/{UNKNOWN}/like"
    headers = {"X-CSRFToken": client.csrf()}
    for _ in range(300):
        assert client.put(path, headers=headers).status_code == 404
    answer = client.put(path, headers=headers)
    assert answer.status_code == 429 and refusal(answer.get_json()) == ("rate_limited", {})
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert client.put(path).status_code == 403, "after a forged request"


def test_the_whole_body_is_weighed_first(app: Flask, anonymous: Any) -> None:
    environ = {"CONTENT_LENGTH": str(limits.TEXT_BYTES + 1)}
    for path in ("/me", "/posts/1", "/auth/login", "/nowhere"):
        answer = anonymous.post(f"/api/v1{path}", environ_overrides=environ)
        assert answer.status_code == 413, path
        assert refusal(answer.get_json()) == ("too_large", {})


@pytest.mark.env(RATE_LIMITS="on")
def test_more_often_than_allowed(world: World) -> None:
    client, path = world.client, f"/api/v1/users/{UNKNOWN}/follow"
    headers = {"X-CSRFToken": client.csrf()}
    for _ in range(200):
        assert client.put(path, headers=headers).status_code == 404
    answer = client.put(path, headers=headers)
    assert answer.status_code == 429, "before 404"
    assert refusal(answer.get_json()) == ("rate_limited", {})
    assert 0 < int(answer.headers["Retry-After"]) <= 3_601
    assert client.put(path).status_code == 403, "after a forged request"


# -- what is not there -----------------------------------------------------------------------------


def comparable(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    own = {"X-Request-Id", "Date", "Set-Cookie"}
    return (
        answer.status_code,
        answer.data,
        sorted((name, value) for name, value in answer.headers if name not in own),
    )


@pytest.mark.parametrize("name", WITH_AN_ID)
def test_invisible_unknown_and_impossible_ids_are_the_same(world: World, name: str) -> None:
    hidden = [make_post(world.bob, images=1, state=state).id for state in ("processing", "failed")]
    gone = make_post(world.bob)
    client = world.client
    bob = client.application.test_client()
    bob.sign_in(world.bob.id)
    assert bob.api("DELETE", f"/posts/{gone.id}")[0] == 204
    assert _different(client, name, (*hidden, gone.id, *IMPOSSIBLE)) == set()


def _different(client: Client, name: str, numbers: Iterable[object]) -> set[object]:
    """Those that are not answered as an unknown id, byte for byte."""
    method, path = name.split()
    headers = {"X-CSRFToken": client.csrf()}

    def answer(number: object) -> tuple[int, bytes, list[tuple[str, str]]]:
        address = f"/api/v1{path.format(number)}"
        return comparable(client.open(address, method=method, headers=headers))

    unknown = answer(UNKNOWN)
    assert unknown[0] == 404
    return {number for number in numbers if answer(number) != unknown}


@pytest.mark.parametrize("name", WITH_A_COMMENT)
def test_invisible_deleted_and_impossible_comments_are_the_same(world: World, name: str) -> None:
    client, bob = world.client, world.client.application.test_client()
    bob.sign_in(world.bob.id)
    unseen = [
        make_comment(make_post(world.bob, images=1, state=state), world.bob)
        for state in ("processing", "failed")
    ]
    gone = make_post(world.bob)
    below = make_comment(gone, world.ann)
    deleted = make_comment(world.theirs, world.ann)
    under = make_comment(world.theirs, world.bob, answers=deleted)
    assert bob.api("DELETE", f"/posts/{gone.id}")[0] == 204
    assert bob.api("DELETE", f"/comments/{deleted.id}")[0] == 204
    hidden = [comment.id for comment in (*unseen, below, deleted, under)]
    assert _different(client, name, (*hidden, *IMPOSSIBLE)) == set()


def test_foreign_and_impossible_searches_are_the_same(world: World) -> None:
    foreign = history.add_word("sea", by=world.bob.id).id
    name = "DELETE /search/history/{}"
    assert _different(world.client, name, (foreign, *IMPOSSIBLE)) == set()
    assert [hit.q for hit in history.suggest("sea", world.bob.id, 3)] == ["sea"]


@pytest.mark.parametrize("name", WITH_A_NOTIFICATION)
def test_foreign_and_impossible_notifications_are_the_same(world: World, name: str) -> None:
    world.settle()
    bob = world.client.application.test_client()
    bob.sign_in(world.bob.id)
    foreign = [row["id"] for row in bob.api("GET", "/notifications")[1]["items"]]
    assert len(foreign) >= 2
    assert _different(world.client, name, (*foreign, *IMPOSSIBLE)) == set()
    assert [row["id"] for row in bob.api("GET", "/notifications")[1]["items"]] == foreign


def test_a_kind_of_notification_that_there_is_not(world: World) -> None:
    for query in ("kind=x", "kind=", "kind=like&kind=LIKE", "kind=like,reply"):
        status, _, fields = refused(world.client, f"GET /notifications?{query}")
        assert (status, set(fields)) == (422, {"kind"}), query


@pytest.mark.parametrize("name", WITH_A_NAME)
def test_people_who_are_not_there_are_the_same(world: World, name: str) -> None:
    eve = world.client.application.test_client()
    eve.sign_in(world.eve.id)
    assert eve.api("DELETE", "/me", {"password": world.eve.password})[0] == 202
    suspensions.suspend(make_user("shut.out").id)
    blocks.block(world.ann.id, by=make_user("keeps.away").id)
    method, path = name.split()
    headers = {"X-CSRFToken": world.client.csrf()}
    answers = [
        comparable(world.client.open(f"/api/v1{path.format(who)}", method=method, headers=headers))
        for who in (
            "nobody1",
            "eve",
            "shut.out",
            "keeps.away",
            "x" * 500,
            "%00",
            "..",
            "%F0%9F",
            "a b",
            "deleted-7",
            "'--",
        )
    ]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers[1:])


def test_tags_that_cannot_be_are_not_found(world: World) -> None:
    assert world.client.api("GET", "/tags/neverused/posts") == (200, {"items": [], "next": None})
    for tag in ("a%20b", "x" * 51, "!", "%00", "%2e%2e"):
        assert refused(world.client, f"GET /tags/{tag}/posts") == (404, "not_found", {}), tag


# -- methods ---------------------------------------------------------------------------------------


def test_methods_that_a_path_does_not_know(world: World, anonymous: Any) -> None:
    for client in (anonymous, world.client):
        for path, allowed in (
            ("/me", "DELETE, GET, HEAD, PATCH"),
            ("/users/bob/follow", "DELETE, PUT"),
            ("/posts", "POST"),
            ("/timeline", "GET, HEAD"),
            ("/posts/1/like", "DELETE, PUT"),
            ("/comments/1", "DELETE, PATCH"),
            ("/notifications", "DELETE, GET, HEAD"),
            ("/notifications/read", "DELETE, PUT"),
            ("/chats", "GET, HEAD"),
            ("/chats/bob/read", "PUT"),
            ("/chats/bob/messages", "GET, HEAD, POST"),
            ("/messages/1", "DELETE"),
        ):
            for method in ("OPTIONS", "TRACE", "POST" if "PATCH" in allowed else "PATCH", "QUERY"):
                answer = client.open(f"/api/v1{path}", method=method)
                assert answer.status_code == 405, (method, path)
                assert answer.headers["Allow"] == allowed
                assert refusal(answer.get_json()) == ("method_not_allowed", {})


def test_a_method_cannot_be_smuggled(world: World) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE", "X-CSRFToken": world.client.csrf()}
    path = f"/api/v1/posts/{world.mine.id}"
    assert world.client.post(path, headers=headers).status_code == 405
    assert world.client.get(f"{path}?_method=DELETE", headers=headers).status_code == 200
    assert world.client.get(path).status_code == 200


def test_heads_have_the_headers_of_their_answers(world: World) -> None:
    for path in ("/me", f"/posts/{world.theirs.id}", "/timeline", f"/posts/{UNKNOWN}", "/csrf"):
        head = world.client.head(f"/api/v1{path}")
        full = world.client.get(f"/api/v1{path}")
        assert head.status_code == full.status_code and head.data == b""
        assert head.mimetype == full.mimetype == "application/json"


def test_calls_that_do_not_exist(world: World, anonymous: Any) -> None:
    for client in (anonymous, world.client):
        for path in ("/nothing", "/users", "/users/bob/", "/posts/1/shares", "/me/mood", "/"):
            found = refused(client, f"GET {path}")
            assert found == (404, "not_found", {}), path


def test_errors_speak_the_readers_language(world: World, anonymous: Any) -> None:
    _, english = anonymous.api("GET", "/me", headers={"Accept-Language": "en"})
    _, korean = anonymous.api("GET", "/me", headers={"Accept-Language": "ko"})
    assert english["error"]["message"] != korean["error"]["message"]
    assert english["error"]["code"] == korean["error"]["code"]
