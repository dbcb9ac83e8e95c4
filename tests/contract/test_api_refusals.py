"""What each call refuses: status, code, fields with their limits, and which refusal comes first."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask

from pigeon.domain import limits
from tests.contract import shapes
from tests.contract.world import World, call, refusal
from tests.factories import make_post
from tests.harness import pictures
from tests.harness.clients import multipart

UNKNOWN = "9999999"
IMPOSSIBLE = ("0", "-1", "1e3", "x", "99999999999999999999", "1%20", "٣", "01", "None")
JSON_CALLS = {
    "POST /auth/signup": {"email": "a@b.test", "username": "abc", "display_name": "", "password": "x"},
    "POST /auth/confirm": {"token": "x"},
    "POST /auth/confirm/resend": {"email": "a@b.test"},
    "POST /auth/login": {"login": "ann", "password": "x"},
    "POST /auth/password/forgot": {"email": "a@b.test"},
    "POST /auth/password/reset": {"token": "x", "password": "y"},
    "PATCH /me": {"bio": "x"},
    "POST /posts": {"caption": "x"},
    "PATCH /posts/{mine}": {"caption": "x"},
    "DELETE /me": {"password": "x"},
}
WITH_AN_ID = (
    "GET /posts/{}",
    "PATCH /posts/{}",
    "DELETE /posts/{}",
    "POST /posts/{}/retry",
    "DELETE /posts/{}/images/1",
)
WITH_A_NAME = (
    "GET /users/{}",
    "GET /users/{}/followers",
    "GET /users/{}/following",
    "GET /users/{}/posts",
    "PUT /users/{}/follow",
    "DELETE /users/{}/follow",
    "PUT /users/{}/bell",
    "DELETE /users/{}/bell",
    "DELETE /suggestions/{}",
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
    "GET /suggestions",
    "DELETE /suggestions/bob",
    "GET /search/users",
    "GET /search/suggest",
    "POST /posts",
    "PATCH /posts/1",
    "DELETE /posts/1",
    "POST /posts/1/retry",
    "DELETE /posts/1/images/1",
    "GET /timeline",
)


def refused(client: Any, name: str, **request: Any) -> tuple[int, str, dict[str, str]]:
    """Status, code and the codes of the fields of a refusal; its shape is checked."""
    method, path = name.split()
    status, body = client.api(method, path, **request)
    assert not list(shapes.faults(body, shapes.ERROR)), (name, status, body)
    return (status, *refusal(body))


# -- bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", JSON_CALLS)
def test_bodies_that_are_not_what_they_say(world: World, name: str) -> None:
    path, sound = name.format(**world.names), JSON_CALLS[name]
    first = json.dumps(next(iter(sound)))
    for raw in (
        b"{",
        b"",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"null",
        b"{" + f"{first}: 1, {first}: 1".encode() + b"}",
        b"{" + f'{first}: "a\\u0000b"'.encode() + b"}",
        b"{" + f'{first}: "\\ud800"'.encode() + b"}",
        b'{"a\\u0000": 1}',
        b"{" + f"{first}: NaN".encode() + b"}",
        b"[" * 100_000,
        b"{" + f"{first}: {'9' * 5_000}".encode() + b"}",
    ):
        if name == "DELETE /me" and not raw:
            continue  # a body is optional there
        found = refused(world.client, path, data=raw, content_type="application/json")
        assert found == (400, "malformed", {}), raw[:40]
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "", "multipart/mixed"):
        found = refused(world.client, path, data=json.dumps(sound), content_type=content_type)
        assert found == (415, "unsupported_media_type", {}), content_type


@pytest.mark.parametrize("name", JSON_CALLS)
def test_unknown_fields_and_wrong_types_are_all_named(world: World, name: str) -> None:
    path, sound = name.format(**world.names), JSON_CALLS[name]
    first = next(iter(sound))
    for wrong in (7, 1.5, True, [], ["x"], {"$ne": None}, 2**70, 1e308):
        body = sound | {first: wrong, "role": "admin", "id": "1"}
        expected = {first: "bad_format", "role": "unknown", "id": "unknown"}
        assert refused(world.client, path, body=body) == (422, "invalid", expected), wrong


def test_null_is_no_text(world: World) -> None:
    for name, body in (
        ("PATCH /me", {"bio": None}),
        ("PATCH /me", {"notify": None}),
        (f"PATCH /posts/{world.mine.id}", {"caption": None}),
        (f"PATCH /posts/{world.mine.id}", {"alts": None}),
        ("POST /posts", {"caption": None}),
    ):
        field = next(iter(body))
        assert refused(world.client, name, body=body) == (422, "invalid", {field: "bad_format"})


def test_multipart_that_is_not_what_it_says(world: World) -> None:
    sound = b'--b\r\nContent-Disposition: form-data; name="caption"\r\n\r\nhi\r\n--b--\r\n'
    kind = "multipart/form-data; boundary=b"
    send = world.client.api
    assert send("POST", "/posts", data=sound, content_type=kind)[0] == 201
    twice = sound.replace(b"--b--", b"--b") + sound.partition(b"\r\n")[2]
    for name in ("POST /posts", "PUT /me/avatar"):
        for raw, content_type in (
            (sound, "multipart/form-data"),
            (sound[:-9], kind),
            (b"nothing of the kind", kind),
            (sound.replace(b"hi", b"h\0i"), kind) if "posts" in name else (b"x", kind),
            (twice, kind) if "posts" in name else (b"--c", kind),
        ):
            found = refused(world.client, name, data=raw, content_type=content_type)
            assert found == (400, "malformed", {}), (name, raw, content_type)


def test_parts_of_multipart_are_checked(world: World) -> None:
    data = {"caption": "x", "author_id": "7", "idempotency_key": "k", "state": "published"}
    found = refused(world.client, "POST /posts", data=data, content_type="multipart/form-data")
    expected = dict.fromkeys(("author_id", "idempotency_key", "state"), "unknown")
    assert found == (422, "invalid", expected)
    data = {"caption": "x", "images[]": "not a file"}
    found = refused(world.client, "POST /posts", data=data, content_type="multipart/form-data")
    assert found == (422, "invalid", {"images": "bad_format"})
    data = {"image": (io.BytesIO(pictures.jpeg()), "x.jpg"), "crop": "1,2"}
    found = refused(world.client, "PUT /me/avatar", data=data)
    assert found == (422, "invalid", {"crop": "bad_format"})
    found = refused(
        world.client, "PUT /me/avatar", data={"crop": "0,0,1"}, content_type="multipart/form-data"
    )
    assert found == (422, "invalid", {"image": "required"})


# -- fields with limits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "limit"),
    [
        ("display_name", limits.DISPLAY_NAME),
        ("bio", limits.BIO),
        ("pronouns", limits.PRONOUNS),
    ],
)
def test_texts_of_a_profile_end_at_their_limit(world: World, field: str, limit: int) -> None:
    for letter in ("x", "한", "🐦"):
        me = call(world.client, "PATCH", "/me", 200, shapes.ME, body={field: f" {letter * limit} "})
        assert me[field] == letter * limit
        _, body = world.client.api("PATCH", "/me", {field: letter * (limit + 1)})
        assert body["error"]["fields"][field]["code"] == "too_long"
        assert body["error"]["fields"][field]["limit"] == limit
    assert call(world.client, "GET", "/me", 200, shapes.ME)[field] == "🐦" * limit


def test_all_faults_of_a_profile_are_named_at_once(world: World) -> None:
    body = {
        "display_name": "x" * 51,
        "bio": "x" * 151,
        "link": "javascript:alert(1)",
        "language": "de",
        "theme": "pink",
        "time_zone": "Mars/Olympus",
        "messages_from": "nobody",
        "notify": {"like": "sometimes", "poke": "off"},
        "is_private": True,
    }
    expected = {
        **dict.fromkeys(("display_name", "bio"), "too_long"),
        **dict.fromkeys(("link", "language", "theme", "time_zone", "messages_from"), "bad_format"),
        **{"notify.like": "bad_format", "notify.poke": "unknown", "is_private": "bad_format"},
    }
    before = call(world.client, "GET", "/me", 200, shapes.ME)
    found = refused(world.client, "PATCH /me", body=body | {"pronouns": "they"})
    assert found == (422, "invalid", expected)
    assert call(world.client, "GET", "/me", 200, shapes.ME) == before


@pytest.mark.parametrize(
    ("link", "stored"),
    [
        ("https://example.org/x?y=1#z", "https://example.org/x?y=1#z"),
        ("example.org", "https://example.org"),
        ("", None),
        (None, None),
        ("https://" + "x" * 188 + ".org", "https://" + "x" * 188 + ".org"),
    ],
)
def test_links_that_are_kept(world: World, link: str | None, stored: str | None) -> None:
    me = call(world.client, "PATCH", "/me", 200, shapes.ME, body={"link": link})
    assert me["link"] == stored


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("https://" + "x" * 189 + ".org", "too_long"),
        ("ftp://example.org", "bad_format"),
        ("data:text/html,x", "bad_format"),
        ("https://", "bad_format"),
        ("http://[", "bad_format"),
        ('https://example.org/"onmouseover=', "bad_format"),
        ("https://exa mple.org", "bad_format"),
    ],
)
def test_links_that_are_refused(world: World, link: str, code: str) -> None:
    found = refused(world.client, "PATCH /me", body={"link": link})
    assert found == (422, "invalid", {"link": code})


def test_captions_end_at_their_limits(world: World) -> None:
    for caption, expected in (
        ("x" * limits.CAPTION, None),
        ("x" * (limits.CAPTION + 1), ("too_long", limits.CAPTION)),
        (" \n\t ", ("required", None)),
        (" ".join(f"@name{n}" for n in range(21)), ("too_many", limits.MENTIONS)),
        (" ".join(f"@name{n}" for n in range(20)), None),
        (" ".join(f"#tag{n}" for n in range(31)), ("too_many", limits.TAGS)),
        (" ".join(f"#tag{n}" for n in range(30)), None),
    ):
        path = f"/posts/{world.mine.id}"
        for method, address in (("POST", "/posts"), ("PATCH", path)):
            status, body = world.client.api(method, address, {"caption": caption})
            if expected is None:
                assert status in (200, 201)
                continue
            assert status == 422
            fault = body["error"]["fields"]["caption"]
            assert (fault["code"], fault["limit"]) == expected


def test_alt_texts_of_an_edit(world: World) -> None:
    post = make_post(world.ann, caption="two", images=2, alt="old")
    name = f"PATCH /posts/{post.id}"
    assert refused(world.client, name, body={"alts": ["x"]})[2] == {"alts": "too_short"}
    assert refused(world.client, name, body={"alts": ["x"] * 3})[2] == {"alts": "too_many"}
    found = refused(world.client, name, body={"alts": ["x" * 1_001, 3]})
    assert found[2] == {"alts.1": "bad_format"}
    body = {"alts": ["ok", "x" * 1_001], "caption": "x" * 2_201}
    found = refused(world.client, name, body=body)
    assert found == (422, "invalid", {"alts.1": "too_long", "caption": "too_long"})
    values = {"post_id": post.id}
    shown = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert [image["alt"] for image in shown["images"]] == ["old", "old"]
    assert shown["edited_at"] is None


def test_searching_for_too_much(world: World) -> None:
    for path in ("/search/users", "/search/suggest"):
        assert world.client.api("GET", f"{path}?q={'x' * 50}")[0] == 200
        _, body = world.client.api("GET", f"{path}?q={'x' * 51}")
        assert refusal(body) == ("invalid", {"q": "too_long"})
        assert body["error"]["fields"]["q"]["limit"] == 50
        assert world.client.api("GET", f"{path}?q=%20") == (200, {"items": [], "next": None})
        assert refused(world.client, f"GET {path}?q=a%00b") == (400, "malformed", {})
    found = refused(world.client, "GET /search/suggest?q=b&for=everything")
    assert found == (422, "invalid", {"for": "bad_format"})


# -- states ----------------------------------------------------------------------------------------


def test_states_that_forbid(world: World) -> None:
    mine, failed = world.mine.id, world.failed
    for name, code in (
        ("PUT /users/ann/follow", "self"),
        ("DELETE /users/ann/follow", "self"),
        ("PUT /users/eve/bell", "not_following"),
        (f"POST /posts/{mine}/retry", "not_failed"),
    ):
        assert refused(world.client, name) == (409, code, {})
    ready = make_post(world.ann, caption="", images=1)
    name = f"DELETE /posts/{ready.id}/images/{ready.image_ids[0]}"
    assert refused(world.client, name) == (409, "not_failed", {})
    alone = make_post(world.ann, caption="", images=1, state="failed")
    name = f"DELETE /posts/{alone.id}/images/{alone.image_ids[0]}"
    assert refused(world.client, name) == (409, "last_image", {})
    name = f"DELETE /posts/{failed.id}/images/{alone.image_ids[0]}"
    assert refused(world.client, name) == (404, "not_found", {})


def test_removing_the_last_failed_picture_publishes(world: World) -> None:
    first, second = world.failed.image_ids
    path = "/posts/{post_id}/images/{image_id}"
    for image_id, state in ((first, "failed"), (second, "published")):
        values = {"post_id": world.failed.id, "image_id": image_id}
        post = call(world.client, "DELETE", path, 200, shapes.POST, values=values)
        assert post["state"] == state


# -- who, and in which order -----------------------------------------------------------------------


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_strangers_are_told_to_log_in_before_anything_else(
    world: World, anonymous: Any, name: str
) -> None:
    assert refused(anonymous, name) == (401, "unauthenticated", {})
    method, path = name.split()
    answer = anonymous.open(f"/api/v1{path}", method=method, data=b"{", content_type="text/plain")
    assert answer.status_code == 401, "before the missing token and the body"


@pytest.mark.parametrize("path", ["/users/bob", "/users/bob/posts", "/posts/1", "/tags/x/posts"])
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
    big = (io.BytesIO(pictures.jpeg() + bytes(limits.IMAGE_BYTES)), "big.jpg")
    headers = {"Idempotency-Key": "a b"}
    form = multipart(caption="x" * 2_201, images__=[big])
    found = refused(client, "POST /posts", **form, headers=headers)
    assert found == (413, "too_large", {"images.0": "too_large"}), "413 file before 422"
    data = {"caption": "x" * 2_201, "images[]": [(io.BytesIO(b"x"), "x.jpg")]}
    found = refused(client, "POST /posts", data=data, headers=headers)
    named = {"images.0": "bad_format", "caption": "too_long", "idempotency_key": "bad_format"}
    assert found == (422, "invalid", named)


def test_the_whole_body_is_weighed_first(app: Flask, anonymous: Any) -> None:
    environ = {"CONTENT_LENGTH": str(limits.BODY_BYTES + 1)}
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
    method, path = name.split()
    client = world.client
    headers = {"X-CSRFToken": client.csrf()}
    bob = client.application.test_client()
    bob.sign_in(world.bob.id)
    assert bob.api("DELETE", f"/posts/{gone.id}")[0] == 204
    answers = {
        str(number): comparable(
            client.open(f"/api/v1{path.format(number)}", method=method, headers=headers)
        )
        for number in (UNKNOWN, *hidden, gone.id, *IMPOSSIBLE)
    }
    assert answers[UNKNOWN][0] == 404
    assert {number for number, a in answers.items() if a != answers[UNKNOWN]} == set()


@pytest.mark.parametrize("name", WITH_A_NAME)
def test_people_who_are_not_there_are_the_same(world: World, name: str) -> None:
    eve = world.client.application.test_client()
    eve.sign_in(world.eve.id)
    assert eve.api("DELETE", "/me", {"password": world.eve.password})[0] == 202
    method, path = name.split()
    headers = {"X-CSRFToken": world.client.csrf()}
    answers = [
        comparable(
            world.client.open(f"/api/v1{path.format(who)}", method=method, headers=headers)
        )
        for who in ("nobody1", "eve", "x" * 500, "%00", "..", "%F0%9F", "a b", "deleted-7", "'--")
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
        ):
            for method in ("OPTIONS", "TRACE", "POST" if "me" in path else "PATCH", "QUERY"):
                if method == "PATCH" and path == "/me":
                    continue
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
        for path in ("/nothing", "/users", "/users/bob/", "/posts/1/like", "/me/status", "/"):
            found = refused(client, f"GET {path}")
            assert found == (404, "not_found", {}), path


def test_errors_speak_the_readers_language(world: World, anonymous: Any) -> None:
    _, english = anonymous.api("GET", "/me", headers={"Accept-Language": "en"})
    _, korean = anonymous.api("GET", "/me", headers={"Accept-Language": "ko"})
    assert english["error"]["message"] != korean["error"]["message"]
    assert english["error"]["code"] == korean["error"]["code"]
