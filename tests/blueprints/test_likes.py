"""Likes as pages and as calls: set, never toggled, and back to where the heart was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.pages import visible_text


@pytest.fixture
def client(client_for: Callable[[Person], Client], bob: Person) -> Client:
    """Bob's browser."""
    return client_for(bob)


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


# -- without scripts ---------------------------------------------------------------------------


def test_a_heart_leads_back_to_its_place_in_the_page(client: Client) -> None:
    post = make_post()
    for path in ("/", f"/p/{post.id}", "/u/bob?before=x"):
        headers = {"Referer": f"http://localhost{path}"}
        data = {"csrf_token": client.csrf()}
        answer = client.post(f"/p/{post.id}/like", data=data, headers=headers)
        assert answer.status_code == 303
        assert answer.location == f"{path}#post-{post.id}"


def test_a_heart_without_a_page_leads_to_the_post(client: Client) -> None:
    post = make_post()
    assert client.form(f"/p/{post.id}/unlike").location == f"/p/{post.id}#post-{post.id}"
    comment = make_comment(post)
    answer = client.form(f"/comments/{comment.id}/like")
    assert answer.location == f"/p/{post.id}?comment={comment.id}#comment-{comment.id}"


def test_the_page_of_a_post_says_what_the_reader_likes(client: Client, ann: Person) -> None:
    post = make_post()
    assert "Be the first to like this" in client.get(f"/p/{post.id}").text
    client.form(f"/p/{post.id}/like")
    html = client.get(f"/p/{post.id}").text
    assert button_of(html, post.id)["aria-pressed"] == "true"
    assert button_of(html, post.id)["formaction"] == f"/p/{post.id}/unlike"
    assert "<strong>1 like</strong>" in html
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    flusher.drain(within_s=10)
    html = client.get(f"/p/{post.id}").text
    assert "Liked by <strong>ann</strong> and <strong>1 other</strong>" in html


def button_of(html: str, post_id: int) -> dict[str, str]:
    (found,) = re.findall(rf'<button [^>]*data-kind="post" data-id="{post_id}"[^>]*>', html)
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found))


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


def test_strangers_read_how_many_and_no_names(anonymous: Client, ann: Person) -> None:
    post = make_post()
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    flusher.drain(within_s=10)
    html = anonymous.get(f"/p/{post.id}").text
    assert ">1 like</span>" in html
    assert "ann" not in visible_text(html)
    assert f'href="/login?next=/p/{post.id}" aria-label="Like"' in html


def test_the_page_of_likers_has_a_button_per_person(client: Client, ann: Person) -> None:
    post = make_post()
    comment = make_comment(post)
    likes.set_liked(POSTS, post.id, by=ann.id, on=True)
    likes.set_liked(COMMENTS, comment.id, by=ann.id, on=True)
    flusher.drain(within_s=10)
    for path in (f"/p/{post.id}/likers", f"/comments/{comment.id}/likers"):
        html = client.get(path).text
        assert "data-dialog-part" in html
        assert 'aria-label="Follow ann"' in html
    assert client.get("/p/999999/likers").status_code == 404


def test_a_grid_tells_likes_and_comments(client: Client, ann: Person) -> None:
    post = make_post(ann, images=1, alt="a bird")
    make_comment(post)
    client.api("PUT", f"/posts/{post.id}/like")
    html = client.get("/u/ann").text
    assert 'aria-label="a bird, 1 like, 1 comment"' in html
