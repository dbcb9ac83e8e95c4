"""What a search finds, a kind at a time, each with an address of its own."""

from __future__ import annotations

from urllib.parse import quote

from tests.factories import Person, make_post
from tests.harness.clients import Client
from tests.harness.pages import visible_text

Q = quote("바다")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(visible_text(answer.text).split())


def test_every_kind_has_an_address_and_keeps_the_words(client: Client, ann: Person) -> None:
    post = make_post(ann, caption="푸른 바다에서 #바다여행")
    people = shown(client, f"/search?q={Q}")
    assert "Nobody found" in people and "Posts" in people
    assert "#바다여행 1 post" in shown(client, f"/search?q={Q}&of=tags")
    grid = client.get(f"/search?q={Q}&of=posts").text
    assert f'href="/p/{post.id}"' in grid and 'aria-current="page">Posts' in grid
    assert shown(client, f"/search?q={Q}&of=nothing") == people
    answer = client.form("/search", q="바다", of="posts")
    assert answer.location == f"/search?q={Q}&of=posts"
    assert "No post you may see" in shown(client, "/search?q=산&of=posts")
    assert "No tag begins with" in shown(client, "/search?q=산&of=tags")


def test_a_query_too_long_is_told_on_the_tab_it_was_typed_on(client: Client) -> None:
    answer = client.get(f"/search?of=posts&q={'x' * 51}")
    assert answer.status_code == 422
    assert 'name="of" value="posts"' in answer.text


def test_older_posts_are_led_to(client: Client, ann: Person) -> None:
    made = [make_post(ann, caption=f"바다 {n}") for n in range(14)]
    page = client.get(f"/search?q={Q}&of=posts").text
    assert f"/search?q={Q}&amp;of=posts&amp;before=" in page
    assert f'href="/p/{made[2].id}"' in page and f'href="/p/{made[1].id}"' not in page
