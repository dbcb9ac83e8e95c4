"""Saves as calls and pages: bookmarks where posts are, and a list that only their owner has."""

from __future__ import annotations

from collections.abc import Callable

from tests.factories import Person, make_follow, make_post
from tests.harness.clients import Client


def test_a_post_is_saved_and_no_longer(client: Client) -> None:
    post = make_post()
    for method, on in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
        answer = {"id": str(post.id), "viewer": {"saved": on}}
        assert client.api(method, f"/posts/{post.id}/save") == (200, answer)
        assert client.api("GET", f"/posts/{post.id}")[1]["viewer"]["saved"] is on
        status, page = client.api("GET", "/me/saved")
        assert (status, [one["id"] for one in page["items"]]) == (200, [str(post.id)] * on)
    assert client.api("PUT", "/posts/999999/save")[0] == 404


def test_the_bookmark_of_the_feed_says_what_holds(
    client: Client, bob: Person, drain: Callable[[], int]
) -> None:
    author = make_post().author
    make_follow(bob, author)
    post = make_post(author)
    drain()
    off, on = (f'formaction="/p/{post.id}/{verb}"' for verb in ("save", "unsave"))
    for _ in ("cold", "warm"):
        assert off in client.get("/").text and on not in client.get("/").text
    answer = client.form(f"/p/{post.id}/save")
    assert (answer.status_code, answer.location) == (303, f"/p/{post.id}#post-{post.id}")
    for path in ("/", f"/p/{post.id}"):
        html = client.get(path).text
        assert on in html and off not in html


def test_the_tab_is_the_owners_alone(
    client: Client, bob: Person, ann: Person, client_for: Callable[[Person], Client]
) -> None:
    path = f"/u/{bob.username}/saved"
    assert "Posts that you save are kept here." in client.get(path).text
    post = make_post(caption="kept words")
    client.api("PUT", f"/posts/{post.id}/save")
    assert "kept words" in client.get(path).text
    assert path in client.get(f"/u/{bob.username}").text
    other = client_for(ann)
    assert other.get(path).status_code == 404
    assert path not in other.get(f"/u/{bob.username}").text
