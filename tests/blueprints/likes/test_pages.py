"""Likes as pages: back to where the heart was, and who likes a thing."""

from __future__ import annotations

from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_post
from tests.harness.clients import Client
from tests.harness.pages import button_of, visible_text


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
