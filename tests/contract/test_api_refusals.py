"""What each call refuses: status, code, and fields with their limits."""

from __future__ import annotations

import io
import json

import pytest

from pigeon.domain import limits
from tests.contract import shapes
from tests.contract.world import World, call, refusal, refused
from tests.factories import make_post
from tests.harness import pictures

JSON_CALLS = {
    "POST /auth/signup": {
        "email": "a@b.test",
        "username": "abc",
        "display_name": "",
        "password": "x",
    },
    "POST /auth/confirm": {"token": "x"},
    "POST /auth/confirm/resend": {"email": "a@b.test"},
    "POST /auth/login": {"login": "ann", "password": "x"},
    "POST /auth/password/forgot": {"email": "a@b.test"},
    "POST /auth/password/reset": {"token": "x", "password": "y"},
    "PATCH /me": {"bio": "x"},
    "POST /posts": {"caption": "x"},
    "PATCH /posts/{mine}": {"caption": "x"},
    "POST /stories": {"text": "x"},
    "POST /stories/{story_id}/reply": {"text": "x", "client_msg_id": "1"},
    "PUT /users/bob/mute": {"of": ["posts"]},
    "DELETE /me": {"password": "x"},
    "POST /posts/{post_id}/comments": {"text": "x"},
    "POST /comments/{comment_id}/replies": {"text": "x"},
    "PATCH /comments/{comment_id}": {"text": "x"},
    "POST /chats/bob/messages": {"text": "x", "client_msg_id": "1"},
    "PUT /chats/bob/read": {"up_to": 1},
}
MAY_BE_EMPTY = ("DELETE /me", "PUT /users/bob/mute")
OF_LISTS = ("PUT /users/bob/mute",)
OF_NUMBERS = ("PUT /chats/bob/read",)


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
        if name in MAY_BE_EMPTY and not raw:
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
        if name in OF_LISTS and isinstance(wrong, list):
            continue
        if name in OF_NUMBERS and type(wrong) is int:
            continue
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
        ("POST /stories", {"text": None}),
        ("POST /stories", {"text_style": None}),
        (f"POST /posts/{world.mine.id}/comments", {"text": None}),
        (f"PATCH /comments/{world.comment.id}", {"text": None}),
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
    }
    expected = {
        **dict.fromkeys(("display_name", "bio"), "too_long"),
        **dict.fromkeys(("link", "language", "theme", "time_zone", "messages_from"), "bad_format"),
        "notify.like": "bad_format",
        "notify.poke": "unknown",
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


def test_comments_end_at_their_limits(world: World) -> None:
    for text, expected in (
        ("x" * limits.COMMENT, None),
        (f" {'한' * limits.COMMENT}\n", None),
        ("x" * (limits.COMMENT + 1), ("too_long", limits.COMMENT)),
        ("🐦" * (limits.COMMENT + 1), ("too_long", limits.COMMENT)),
        ("", ("required", None)),
        (" \n\t ", ("required", None)),
        ("\u200b\u2060\u3164", ("required", None)),
        (" ".join(f"@name{n}" for n in range(21)), ("too_many", limits.MENTIONS)),
        (" ".join(f"@name{n}" for n in range(20)), None),
        (" ".join(f"#tag{n}" for n in range(31)), ("too_many", limits.TAGS)),
        (" ".join(f"#tag{n}" for n in range(30)), None),
    ):
        for method, path in (
            ("POST", f"/posts/{world.theirs.id}/comments"),
            ("POST", f"/comments/{world.comment.id}/replies"),
            ("PATCH", f"/comments/{world.comment.id}"),
        ):
            before = world.client.api("GET", f"/posts/{world.theirs.id}/comments?limit=50")
            status, body = world.client.api(method, path, {"text": text})
            if expected is None:
                assert status in (200, 201) and body["text"] == text.strip()
                continue
            fault = body["error"]["fields"]["text"]
            assert (status, fault["code"], fault["limit"]) == (422, *expected), text[:20]
            after = world.client.api("GET", f"/posts/{world.theirs.id}/comments?limit=50")
            assert after == before, "nothing was stored"


def test_recipients_and_owners_come_from_the_server(world: World) -> None:
    names = ("author", "recipient_id", "postUserId", "writerId", "post_id", "parent_id", "mentions")
    body = {"text": "x"} | dict.fromkeys(names, str(world.cat.id))
    for name in (
        f"POST /posts/{world.theirs.id}/comments",
        f"POST /comments/{world.comment.id}/replies",
        f"PATCH /comments/{world.comment.id}",
    ):
        found = refused(world.client, name, body=body)
        assert found == (422, "invalid", dict.fromkeys(names, "unknown")), name
    world.client.api("PUT", f"/posts/{world.theirs.id}/like", {"recipient_id": str(world.cat.id)})
    world.settle()
    cat = world.client.application.test_client()
    cat.sign_in(world.cat.id)
    kinds = [row["kind"] for row in cat.api("GET", "/notifications")[1]["items"]]
    assert kinds == ["follow"]


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
    for path in ("/search/users", "/search/tags", "/search/posts", "/search/suggest"):
        assert world.client.api("GET", f"{path}?q={'x' * 50}")[0] == 200
        _, body = world.client.api("GET", f"{path}?q={'x' * 51}")
        assert refusal(body) == ("invalid", {"q": "too_long"})
        assert body["error"]["fields"]["q"]["limit"] == 50
        assert world.client.api("GET", f"{path}?q=%20") == (200, {"items": [], "next": None})
        assert refused(world.client, f"GET {path}?q=a%00b") == (400, "malformed", {})
    found = refused(world.client, "GET /search/suggest?q=b&for=everything")
    assert found == (422, "invalid", {"for": "bad_format"})


def test_exploring_what_is_not_offered(world: World) -> None:
    found = refused(world.client, "GET /explore?of=everything")
    assert found == (422, "invalid", {"of": "bad_format"})
    assert refused(world.client, "GET /explore?of=everybody") == (404, "not_found", {})


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
