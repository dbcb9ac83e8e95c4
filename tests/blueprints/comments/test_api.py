"""The calls of comments: whole answers, refusals in order, pages of a list."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.models import CommentModel
from pigeon.services.comments import changes as comments_changes
from pigeon.services.posts import changes as posts_changes
from tests.factories import Commented, Person, Posted, make_comment, make_post, make_user
from tests.factories.uploads import make_processing_post

HOSTILE = '<script>alert(1)</script> & "quoted" \u202egnp.exe\u202c @ann{{ 7*7 }} %(x)s'


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(CommentModel)) or 0


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def test_a_comment_and_a_reply_are_answered_whole(
    client_for: Any, anonymous: Any, post: Posted, ann: Person, bob: Person
) -> None:
    client = client_for(bob)
    status, made = client.api("POST", f"/posts/{post.id}/comments", {"text": " hi @ann #sky "})
    assert (status, made["parent_id"], made["text"]) == (201, None, "hi @ann #sky")
    assert made["mentions"][0]["username"] == "ann" and made["tags"] == ["sky"]
    assert made["viewer"] == {"is_author": True, "liked": False, "may_delete": True}
    status, reply = client_for(ann).api(
        "POST", f"/comments/{made['id']}/replies", {"text": "thanks"}
    )
    assert (status, reply["parent_id"], reply["reply_count"]) == (201, made["id"], 0)
    status, page = anonymous.api("GET", f"/posts/{post.id}/comments")
    assert (status, page["next"], len(page["items"])) == (200, None, 1)
    assert page["items"][0] == made | {"reply_count": 1, "viewer": None}
    status, page = anonymous.api("GET", f"/comments/{made['id']}/replies")
    assert (status, page["items"]) == (200, [reply | {"viewer": None}])
    assert anonymous.api("GET", f"/comments/{reply['id']}/replies")[1] == {
        "items": [],
        "next": None,
    }
    assert anonymous.api("GET", f"/posts/{post.id}")[1]["comment_count"] == 2


def test_text_is_kept_as_it_was_typed_and_escaped_in_pages(
    client_for: Any, anonymous: Any, post: Posted, bob: Person
) -> None:
    made = client_for(bob).api("POST", f"/posts/{post.id}/comments", {"text": HOSTILE})[1]
    assert made["text"] == HOSTILE
    assert anonymous.api("GET", f"/posts/{post.id}/comments")[1]["items"][0]["text"] == HOSTILE
    for path in (f"/p/{post.id}", f"/p/{post.id}/comments?fragment=1"):
        page = anonymous.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "{{ 7*7 }} %(x)s" in page


def test_refusals_come_in_order(
    client_for: Any, anonymous: Any, post: Posted, comment: Commented, ann: Person, bob: Person
) -> None:
    hidden = make_processing_post(ann)
    unseen = comments_changes.create(int(hidden.id), by=ann.id, text="soon")
    client = client_for(bob)
    unknown = client.api("GET", "/posts/999999999")
    bad: dict[str, Any] = {"text": "", "author": "ann"}
    for method, path in (
        ("GET", f"/posts/{hidden.id}/comments"),
        ("GET", f"/posts/{hidden.id}/comments?limit=0"),
        ("POST", f"/posts/{hidden.id}/comments"),
        ("GET", f"/comments/{unseen.id}/replies?before=x"),
        ("POST", f"/comments/{unseen.id}/replies"),
        ("PATCH", f"/comments/{unseen.id}"),
        ("DELETE", f"/comments/{unseen.id}"),
        ("POST", "/posts/999999999/comments"),
        ("POST", "/posts/x/comments"),
        ("PATCH", "/comments/0"),
    ):
        assert client.api(method, path, bad if method in ("POST", "PATCH") else None) == unknown
        if method != "GET":
            assert anonymous.api(method, path, bad)[0] == 401
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    for path in (f"/posts/{post.id}/comments", f"/comments/{comment.id}/replies"):
        for person in (ann, bob):
            refused = client_for(person).api("POST", path, bad)
            assert code(refused) == (403, "comments_closed")
    assert code(client_for(ann).api("PATCH", f"/comments/{comment.id}", bad)) == (403, "forbidden")
    status, answer = client.api("PATCH", f"/comments/{comment.id}", bad)
    assert (status, set(answer["error"]["fields"])) == (422, {"author"})
    assert rows() == 2


def test_an_edit_of_nothing_changes_nothing(
    client_for: Any, comment: Commented, ann: Person, bob: Person
) -> None:
    path = f"/comments/{comment.id}"
    status, answer = client_for(bob).api("PATCH", path, {})
    assert (status, answer["text"], answer["edited_at"]) == (200, "first", None)
    assert code(client_for(ann).api("PATCH", path, {})) == (403, "forbidden")
    for text in ("", "  ", None):
        assert client_for(bob).api("PATCH", path, {"text": text})[0] == 422


def test_only_its_author_edits_and_the_posts_author_deletes_too(
    client_for: Any, anonymous: Any, comment: Commented, ann: Person, bob: Person
) -> None:
    path = f"/comments/{comment.id}"
    stranger = client_for(make_user("cat"))
    reply = stranger.api("POST", f"{path}/replies", {"text": "reply"})[1]
    assert stranger.api("DELETE", path)[0] == 403
    status, edited = client_for(bob).api("PATCH", path, {"text": "better"})
    assert (status, edited["text"], bool(edited["edited_at"])) == (200, "better", True)
    assert client_for(bob).api("DELETE", f"/comments/{reply['id']}")[0] == 403
    seen = client_for(ann).api("GET", f"/posts/{comment.post_id}/comments")[1]["items"][0]
    assert seen["viewer"] == {"is_author": False, "liked": False, "may_delete": True}
    owner = client_for(ann)
    assert owner.api("DELETE", path) == (204, None)
    assert owner.api("DELETE", path)[0] == 404
    assert owner.api("DELETE", f"/comments/{reply['id']}")[0] == 404
    assert anonymous.api("GET", f"/posts/{comment.post_id}")[1]["comment_count"] == 0


def test_pages_of_a_list_have_cursors_of_their_own(
    client_for: Any, anonymous: Any, post: Posted, comment: Commented, ann: Person
) -> None:
    for number in range(4):
        make_comment(post, ann, text=f"{number}")
        make_comment(post, ann, text=f"reply {number}", answers=comment)
    seen: list[str] = []
    path, before = f"/posts/{post.id}/comments?limit=2", ""
    while True:
        page = anonymous.api("GET", path + before)[1]
        seen += [item["text"] for item in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == ["3", "2", "1", "0", "first"]
    cursor = anonymous.api("GET", path)[1]["next"]
    other = make_post(ann)
    make_comment(other, ann)
    for foreign in (
        f"/posts/{other.id}/comments",
        f"/comments/{comment.id}/replies",
        f"/users/{ann.username}/posts",
    ):
        status, answer = anonymous.api("GET", f"{foreign}?before={cursor}")
        assert (status, set(answer["error"]["fields"])) == (422, {"before"})
    for limit in ("0", "51", "x"):
        status, answer = anonymous.api("GET", f"/comments/{comment.id}/replies?limit={limit}")
        assert (status, set(answer["error"]["fields"])) == (422, {"limit"})
    assert len(anonymous.api("GET", f"/comments/{comment.id}/replies?limit=50")[1]["items"]) == 4


def test_too_many_comments_have_to_wait(
    app: Flask, client_for: Any, post: Posted, bob: Person, with_settings: Any
) -> None:
    with_settings(rate_limits=True)
    client = client_for(bob)
    answers = [client.api("POST", f"/posts/{post.id}/comments", {"text": "x"}) for _ in range(61)]
    assert {status for status, _ in answers[:60]} == {201}
    assert code(answers[60]) == (429, "rate_limited") and client.last.headers["Retry-After"]
