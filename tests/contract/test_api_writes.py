"""Writes: what is sent twice is done once, and a change touches what it names."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.contract import shapes
from tests.contract.world import World, call, refusal
from tests.factories import Person, make_post
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.context import concurrently


@pytest.mark.both_modes
def test_relations_are_set_not_toggled(world: World, mode: str) -> None:
    def relation(method: str, what: str, username: str) -> Any:
        path = f"/users/{{username}}/{what}"
        values = {"username": username}
        user = call(world.client, method, path, 200, shapes.USER, values=values)
        return user["viewer"]["follow"], user["viewer"]["bell"], user["follower_count"]

    for _ in "12":
        assert relation("PUT", "follow", "CAT") == ("following", False, 2)
    for _ in "12":
        assert relation("PUT", "bell", "cat") == ("following", True, 2)
    for _ in "12":
        assert relation("DELETE", "bell", "cat") == ("following", False, 2)
    assert relation("PUT", "bell", "cat") == ("following", True, 2)
    for _ in "12":
        assert relation("DELETE", "follow", "cat") == ("none", False, 1)
    assert relation("DELETE", "bell", "cat") == ("none", False, 1)
    assert relation("PUT", "follow", "cat") == ("following", False, 2), "the bell went along"


@pytest.mark.both_modes
def test_likes_are_set_not_toggled_and_counted_at_once(world: World, mode: str) -> None:
    """What an answer counted, the next one of any reader counts too; nothing waits in between."""

    def heart(method: str, path: str) -> Any:
        liked = call(world.client, method, f"{path}/like", 200, shapes.LIKED, values=world.names)
        return liked["id"], liked["like_count"], liked["viewer"]["liked"]

    def shown() -> list[tuple[int, bool]]:
        post = world.client.api("GET", f"/posts/{world.theirs.id}")[1]
        page = world.client.api("GET", f"/posts/{world.theirs.id}/comments")[1]
        return [(one["like_count"], one["viewer"]["liked"]) for one in (post, page["items"][0])]

    for path, number in (
        ("/posts/{post_id}", world.theirs.id),
        ("/comments/{comment_id}", world.comment.id),
    ):
        for _ in "12":
            assert heart("PUT", path) == (str(number), 1, True)
    assert shown() == [(1, True)] * 2
    world.settle()
    assert shown() == [(1, True)] * 2
    for path in ("/posts/{post_id}", "/comments/{comment_id}"):
        for _ in "12":
            assert heart("DELETE", path)[1:] == (0, False)
    assert shown() == [(0, False)] * 2


def test_deleting_twice(world: World) -> None:
    values = {"post_id": world.mine.id}
    call(world.client, "DELETE", "/posts/{post_id}", 204, values=values)
    call(world.client, "DELETE", "/posts/{post_id}", 404, values=values)
    for _ in "12":
        call(world.client, "DELETE", "/me/avatar", 204)
    told = world.told()
    for status in (204, 404):
        call(world.client, "DELETE", "/notifications/{notification_id}", status, values=told)
    call(world.client, "PUT", "/notifications/{notification_id}/read", 404, values=told)
    for status in (204, 404):
        call(world.client, "DELETE", "/comments/{comment_id}", status, values=world.names)
    values = {"comment_id": world.reply.id}
    call(world.client, "DELETE", "/comments/{comment_id}", 404, values=values)
    for _ in "12":
        call(world.client, "DELETE", "/notifications", 204)


@pytest.mark.no_second_look
def test_a_key_makes_one_post(world: World, client_for: Callable[[Person], Client]) -> None:
    def share(client: Client, key: str, caption: str, *images: bytes) -> tuple[int, Any]:
        return client.share(caption, images, headers={"Idempotency-Key": key})

    status, first = share(world.client, "k1", "hello", pictures.jpeg())
    assert status == 202
    assert share(world.client, "k1", "hello", pictures.jpeg()) == (202, first)
    for other in (("hello!", pictures.jpeg()), ("hello", pictures.png()), ("hello",)):
        status, body = share(world.client, "k1", *other)
        assert (status, refusal(body)) == (409, ("idempotency_conflict", {}))
    status, other = share(world.client, "k2", "hello", pictures.jpeg())
    assert status == 202 and other["id"] != first["id"]
    status, foreign = share(client_for(world.bob), "k1", "hello", pictures.jpeg())
    assert status == 202 and foreign["author"]["username"] == "bob"


@pytest.mark.parametrize("key", ["a b", "x" * 65, "schlüssel"])
def test_keys_that_are_none(world: World, key: str) -> None:
    headers = {"Idempotency-Key": key}
    for path, sound in (
        ("/posts", {"caption": "x"}),
        (f"/posts/{world.mine.id}/comments", {"text": "x"}),
        (f"/comments/{world.comment.id}/replies", {"text": "x"}),
    ):
        status, body = world.client.api("POST", path, sound, headers=headers)
        assert (status, refusal(body)) == (422, ("invalid", {"idempotency_key": "bad_format"}))


@pytest.mark.no_second_look
def test_a_key_sent_at_the_same_moment_makes_one_post(
    app: Flask, world: World, client_for: Callable[[Person], Client]
) -> None:
    def send() -> tuple[int, str]:
        client = client_for(world.ann)
        headers = {"Idempotency-Key": "same"}
        data = {"caption": "once", "images[]": [(io.BytesIO(pictures.jpeg()), "x.jpg")]}
        status, body = client.api("POST", "/posts", data=data, headers=headers)
        return status, body["id"]

    answers = concurrently(app, [send] * 4)
    assert len(set(answers)) == 1 and answers[0][0] == 202, answers


@pytest.mark.no_second_look
@pytest.mark.both_modes
def test_a_key_makes_one_comment(
    world: World, mode: str, client_for: Callable[[Person], Client]
) -> None:
    here, below = f"/posts/{world.theirs.id}/comments", f"/comments/{world.comment.id}/replies"

    def say(client: Client, path: str, text: str, key: str = "k1") -> tuple[int, Any]:
        headers = {"Idempotency-Key": key}
        return client.api("POST", path, {"text": text}, headers=headers)

    status, first = say(world.client, here, "hello")
    assert status == 201
    assert say(world.client, here, "hello") == (201, first)
    mine = f"/posts/{world.mine.id}/comments"
    for path, text in ((here, "hello!"), (mine, "hello"), (below, "hello")):
        status, body = say(world.client, path, text)
        assert (status, refusal(body)) == (409, ("idempotency_conflict", {})), path
    status, body = world.client.share("hello", headers={"Idempotency-Key": "k1"})
    assert (status, refusal(body)) == (409, ("idempotency_conflict", {}))
    status, reply = say(world.client, below, "hello", "k2")
    assert (status, reply["parent_id"]) == (201, str(world.comment.id))
    assert say(world.client, below, "hello", "k2") == (201, reply)
    status, foreign = say(client_for(world.bob), here, "hello")
    assert status == 201 and foreign["id"] != first["id"]
    post = world.client.api("GET", f"/posts/{world.theirs.id}")[1]
    assert post["comment_count"] == 5


@pytest.mark.no_second_look
def test_a_key_sent_at_the_same_moment_makes_one_comment(
    app: Flask, world: World, client_for: Callable[[Person], Client]
) -> None:
    def send() -> tuple[int, str]:
        headers = {"Idempotency-Key": "same"}
        path = f"/comments/{world.reply.id}/replies"
        status, body = client_for(world.ann).api("POST", path, {"text": "once"}, headers=headers)
        return status, body["id"]

    answers = concurrently(app, [send] * 4)
    assert len(set(answers)) == 1 and answers[0][0] == 201, answers


# -- changes ---------------------------------------------------------------------------------------


def test_a_patch_changes_the_given_fields_only(world: World) -> None:
    before = call(world.client, "GET", "/me", 200, shapes.ME)
    changes = {
        "display_name": " Ann  B ",
        "bio": "l1\r\nl2 ",
        "pronouns": "she",
        "link": "https://example.org",
        "language": "ko",
        "theme": "dark",
        "time_zone": "Asia/Seoul",
        "is_discoverable": False,
        "shows_activity": False,
        "sends_receipts": False,
        "saves_searches": False,
        "messages_from": "following",
        "is_private": False,
    }
    expected = {**changes, "display_name": "Ann B", "bio": "l1\nl2"}
    known = dict(before)
    for name, value in changes.items():
        me = call(world.client, "PATCH", "/me", 200, shapes.ME, body={name: value})
        known[name] = expected[name]
        if name == "display_name":
            assert me[name] in ("Ann B", "Ann  B")
            known[name] = me[name]
        assert me == known, name
    assert call(world.client, "PATCH", "/me", 200, shapes.ME, body={}) == known
    me = call(world.client, "PATCH", "/me", 200, shapes.ME, body={"notify": {"like": "off"}})
    assert me["notify"] == before["notify"] | {"like": "off"}
    me = call(world.client, "PATCH", "/me", 200, shapes.ME, body={"notify": {"post": "following"}})
    assert me["notify"] == before["notify"] | {"like": "off", "post": "following"}


def test_an_edit_changes_the_given_fields_only(world: World) -> None:
    post = make_post(world.ann, caption="old #one", images=2, alt="a")
    values = {"post_id": post.id}

    def patch(**body: Any) -> Any:
        path = "/posts/{post_id}"
        return call(world.client, "PATCH", path, 200, shapes.POST, values=values, body=body)

    closed = patch(comments_open=False)
    assert closed["comments_open"] is False and closed["viewer"]["may_comment"] is False
    assert closed["edited_at"] is None and closed["caption"] == "old #one"
    assert patch(caption="old #one")["edited_at"] is None, "nothing really changed"
    named = patch(alts=["", "b "])
    assert [image["alt"] for image in named["images"]] == ["", "b"]
    assert named["edited_at"] is not None and named["caption"] == "old #one"
    edited = patch(caption="new #two @bob")
    assert edited["tags"] == ["two"] and edited["mentions"][0]["username"] == "bob"
    assert [image["alt"] for image in edited["images"]] == ["", "b"]
    assert edited["published_at"] == closed["published_at"]
    assert edited["comments_open"] is False
    assert patch(caption="")["caption"] == "", "pictures need no words"
