"""Likes as calls: set, never toggled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_post
from tests.harness.clients import Client


@pytest.mark.no_second_look
def test_liking_twice_counts_once(client: Client) -> None:
    post = make_post()
    expected = {"id": str(post.id), "like_count": 1, "viewer": {"liked": True}}
    for _ in range(2):
        assert client.api("PUT", f"/posts/{post.id}/like") == (200, expected)
    for _ in range(2):
        status, answer = client.api("DELETE", f"/posts/{post.id}/like")
        assert (status, answer["like_count"], answer["viewer"]) == (200, 0, {"liked": False})


def test_a_comment_and_a_reply_are_liked_alike(client: Client) -> None:
    post = make_post()
    comment = make_comment(post)
    reply = make_comment(post, answers=comment)
    for target in (comment, reply):
        status, answer = client.api("PUT", f"/comments/{target.id}/like")
        assert (status, answer["like_count"]) == (200, 1)
        status, page = client.api("GET", f"/comments/{target.id}/likers")
        assert (status, page["next"]) == (200, None)


@pytest.mark.parametrize("path", ["/posts/{}/like", "/comments/{}/like"])
@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 40])
def test_what_does_not_exist_cannot_be_liked(client: Client, path: str, number: str) -> None:
    for method in ("PUT", "DELETE"):
        assert client.api(method, path.format(number))[0] == 404


def test_a_post_that_is_not_published_is_liked_by_its_author_alone(
    client: Client, client_for: Callable[[Person], Client], ann: Person
) -> None:
    post = make_post(ann, images=1, state="processing")
    assert client.api("PUT", f"/posts/{post.id}/like")[0] == 404
    assert client_for(ann).api("PUT", f"/posts/{post.id}/like")[1]["like_count"] == 1


def test_likers_are_a_page_of_rows(client: Client, ann: Person, bob: Person) -> None:
    post = make_post()
    for person in (ann, bob):
        likes.set_liked(POSTS, post.id, by=person.id, on=True)
    flusher.drain(within_s=10)
    status, first = client.api("GET", f"/posts/{post.id}/likers?limit=1")
    assert (status, [row["username"] for row in first["items"]]) == (200, ["bob"])
    path = f"/posts/{post.id}/likers?limit=1&before={first['next']}"
    _, second = client.api("GET", path)
    assert [row["username"] for row in second["items"]] == ["ann"]
    assert second["next"] is None
    other = make_post()
    status, refused = client.api("GET", f"/posts/{other.id}/likers?before={first['next']}")
    assert (status, list(refused["error"]["fields"])) == (422, ["before"])


def test_strangers_may_neither_like_nor_see_who_does(anonymous: Client) -> None:
    post = make_post()
    assert anonymous.api("GET", f"/posts/{post.id}/likers")[0] == 401
    assert anonymous.api("PUT", f"/posts/{post.id}/like")[0] == 401
    assert anonymous.get(f"/p/{post.id}/likers").status_code == 302
