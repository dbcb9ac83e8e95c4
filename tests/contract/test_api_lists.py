"""Lists: pages, cursors and limits; and writes that may be sent twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.page import write_cursor
from tests.contract import shapes
from tests.contract.shapes import page_of
from tests.contract.world import TAG, World, call, refusal
from tests.factories import Person, make_follow, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.context import concurrently

LISTS = {
    "/users/bob/followers": shapes.USER_ROW,
    "/users/ann/followers": shapes.USER_ROW,
    "/users/ann/following": shapes.USER_ROW,
    "/users/bob/posts": shapes.POST,
    "/users/ann/posts": shapes.POST,
    "/suggestions": shapes.SUGGESTION,
    "/search/users?q=p": shapes.USER_ROW,
    "/search/users?q=per": shapes.USER_ROW,
    "/timeline": shapes.POST,
    f"/tags/{TAG}/posts": shapes.POST,
    "/tags/sky/posts": shapes.POST,
}
TEMPLATES = {
    "followers": "/users/{username}/followers",
    "following": "/users/{username}/following",
    "posts": "/users/{username}/posts",
}


@pytest.fixture
def crowd(world: World) -> World:
    """At least three of everything that is listed."""
    people = [make_user(f"person.{n}") for n in range(3)]
    for person in people:
        make_follow(person, world.bob)
        make_follow(person, world.ann)
        make_follow(world.ann, person)
        make_follow(person, make_user(f"suggested{person.username[-1]}"))
    for n in range(3):
        make_post(world.bob, caption=f"{n} #{TAG} #sky")
        make_post(world.ann, caption=f"{n}")
    return world


def listed(client: Client, path: str, query: str = "") -> Any:
    address = path + ("&" if "?" in path else "?") + query if query else path
    status, body = client.api("GET", address)
    assert status == 200, body
    assert not list(shapes.faults(body, page_of(LISTS[path])))
    return body


@pytest.mark.both_modes
def test_small_pages_hold_what_one_large_page_holds(crowd: World, mode: str) -> None:
    for path in LISTS:
        whole = listed(crowd.client, path, "limit=50")
        assert len(whole["items"]) >= 3 and whole["next"] is None, path
        assert len(listed(crowd.client, path)["items"]) == len(whole["items"])
        for size in (1, 2, len(whole["items"])):
            found, query = [], f"limit={size}"
            while True:
                page = listed(crowd.client, path, query)
                found += page["items"]
                assert len(page["items"]) == size or page["next"] is None
                if page["next"] is None:
                    break
                query = f"limit={size}&before={page['next']}"
            assert found == whole["items"], (path, size)


def test_a_page_stays_where_it_was_when_something_new_comes(crowd: World, drain: Any) -> None:
    first = listed(crowd.client, "/timeline", "limit=2")
    rest = listed(crowd.client, "/timeline", f"before={first['next']}")
    make_post(crowd.bob, caption="newer")
    drain()
    assert listed(crowd.client, "/timeline", f"before={first['next']}") == rest
    assert listed(crowd.client, "/timeline", "limit=1")["items"][0]["caption"] == "newer"


def test_cursors_of_other_lists_and_limits_out_of_range(crowd: World) -> None:
    cursors = {path: listed(crowd.client, path, "limit=1")["next"] for path in LISTS}
    assert all(cursors.values())
    for path in LISTS:
        mark = "&" if "?" in path else "?"
        foreign = [cursor for other, cursor in cursors.items() if other != path]
        unreadable = ("", "x", "%00", "한", "A" * 3_000, "bm90OjE", write_cursor("timeline", -1))
        for cursor in (*foreign, *unreadable):
            status, body = crowd.client.api("GET", f"{path}{mark}before={cursor}")
            assert (status, refusal(body)) == (422, ("invalid", {"before": "bad_format"})), cursor
        for limit in ("0", "51", "abc", "-1", "", "1.0", "%D9%A3", "9" * 30):
            status, body = crowd.client.api("GET", f"{path}{mark}limit={limit}")
            assert (status, refusal(body)) == (422, ("invalid", {"limit": "bad_format"})), limit
            assert body["error"]["fields"]["limit"]["limit"] == 50
        status, body = crowd.client.api("GET", f"{path}{mark}limit=0&before=x")
        assert refusal(body)[1] == {"limit": "bad_format", "before": "bad_format"}


def test_lists_are_newest_first(crowd: World) -> None:
    newest = [post["caption"][0] for post in listed(crowd.client, "/users/ann/posts")["items"]]
    assert newest[:3] == ["2", "1", "0"]
    followers = [row["username"] for row in listed(crowd.client, "/users/ann/followers")["items"]]
    assert followers == ["person.2", "person.1", "person.0", "eve"]


# -- sent twice ------------------------------------------------------------------------------------


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


def test_deleting_twice(world: World) -> None:
    values = {"post_id": world.mine.id}
    call(world.client, "DELETE", "/posts/{post_id}", 204, values=values)
    call(world.client, "DELETE", "/posts/{post_id}", 404, values=values)
    for _ in "12":
        call(world.client, "DELETE", "/me/avatar", 204)


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
    status, body = world.client.api("POST", "/posts", {"caption": "x"}, headers=headers)
    assert (status, refusal(body)) == (422, ("invalid", {"idempotency_key": "bad_format"}))


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
