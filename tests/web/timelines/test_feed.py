"""The feed joins cached fragments with what depends on its reader."""

from __future__ import annotations

from collections.abc import Callable

from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.pages import button_of


def test_the_feed_says_what_the_reader_likes(
    client: Client, ann: Person, bob: Person, drain: Callable[[], int]
) -> None:
    make_follow(bob, ann)
    cat = make_user("cat")
    post, other = make_post(ann), make_post(ann)
    drain()
    client.get("/")  # the fragment is made before anybody likes it
    client.api("PUT", f"/posts/{post.id}/like")
    html = client.get("/").text
    assert button_of(html, post.id)["aria-pressed"] == "true"
    assert button_of(html, other.id)["aria-pressed"] == "false"
    assert 'data-count="1" data-name="" title="1"><strong>1 like</strong>' in html
    likes.set_liked(POSTS, post.id, by=cat.id, on=True)
    flusher.drain(within_s=10)
    html = client.get("/").text
    assert "Liked by <strong>cat</strong> and <strong>1 other</strong>" in html
    assert button_of(html, post.id)["aria-pressed"] == "true"
    client.api("DELETE", f"/posts/{post.id}/like")
    html = client.get("/").text
    assert "Liked by <strong>cat</strong></a>" in html
    assert button_of(html, post.id)["aria-pressed"] == "false"
