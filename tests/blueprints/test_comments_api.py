from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.domain import limits
from pigeon.extensions import db
from pigeon.models import CommentModel
from pigeon.services.comments import changes as comments_changes
from pigeon.services.posts import changes as posts_changes
from tests.factories import Commented, Person, Posted, make_comment, make_post, make_user
from tests.factories.uploads import make_processing_post

HOSTILE = '<script>alert(1)</script> & "quoted" \u202egnp.exe\u202c @ann{{ 7*7 }} %(x)s'


@pytest.fixture
def post(ann: Person) -> Posted:
    return make_post(ann)


@pytest.fixture
def comment(post: Posted, bob: Person) -> Commented:
    return make_comment(post, bob, text="first")


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(CommentModel)) or 0


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


# -- calls -----------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"text"}),
        ({"text": " "}, {"text"}),
        ({"text": 7}, {"text"}),
        ({"text": "x" * (limits.COMMENT + 1)}, {"text"}),
        ({"text": "x", "parent_id": "1"}, {"parent_id"}),
        ({"text": "x", "post_id": "1", "created_at": "now"}, {"post_id", "created_at"}),
    ],
)
def test_every_fault_is_named(
    client_for: Any,
    post: Posted,
    comment: Commented,
    bob: Person,
    body: dict[str, Any],
    fields: set[str],
) -> None:
    client = client_for(bob)
    for method, path in (
        ("POST", f"/posts/{post.id}/comments"),
        ("POST", f"/comments/{comment.id}/replies"),
        ("PATCH", f"/comments/{comment.id}"),
    ):
        if method == "PATCH" and not body:
            continue  # it changes what is given
        status, answer = client.api(method, path, body)
        assert (status, set(answer["error"]["fields"])) == (422, fields)
    assert rows() == 1


def test_an_edit_of_nothing_changes_nothing(
    client_for: Any, comment: Commented, ann: Person, bob: Person
) -> None:
    path = f"/comments/{comment.id}"
    status, answer = client_for(bob).api("PATCH", path, {})
    assert (status, answer["text"], answer["edited_at"]) == (200, "first", None)
    assert code(client_for(ann).api("PATCH", path, {})) == (403, "forbidden")
    for text in ("", "  ", None):
        assert client_for(bob).api("PATCH", path, {"text": text})[0] == 422


def test_a_key_that_cannot_be_one_is_named_with_the_rest(
    client_for: Any, post: Posted, bob: Person
) -> None:
    headers = {"Idempotency-Key": "k" * (limits.IDEMPOTENCY_KEY + 1)}
    answer = client_for(bob).api(
        "POST", f"/posts/{post.id}/comments", {"text": ""}, headers=headers
    )
    assert (answer[0], set(answer[1]["error"]["fields"])) == (422, {"text", "idempotency_key"})


@pytest.mark.no_second_look
def test_the_same_key_and_body_have_the_same_answer(
    client_for: Any, post: Posted, comment: Commented, bob: Person, ann: Person
) -> None:
    client, key = client_for(bob), {"Idempotency-Key": "k-1"}
    path = f"/posts/{post.id}/comments"
    first = client.api("POST", path, {"text": "once"}, headers=key)
    assert first[0] == 201 and client.api("POST", path, {"text": "once"}, headers=key) == first
    for other_path, text in ((path, "twice"), (f"/comments/{comment.id}/replies", "once")):
        refused = client.api("POST", other_path, {"text": text}, headers=key)
        assert code(refused) == (409, "idempotency_conflict")
    assert code(client.api("POST", "/posts", {"caption": "once"}, headers=key))[0] == 409
    assert client_for(ann).api("POST", path, {"text": "once"}, headers=key)[0] == 201
    assert rows() == 3


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


# -- pages -----------------------------------------------------------------------------------------


def test_the_form_comments_and_leads_to_the_place(
    client_for: Any, post: Posted, ann: Person, bob: Person
) -> None:
    client = client_for(bob)
    answer = client.form(f"/p/{post.id}/comments", text="by hand")
    assert answer.status_code == 303
    place, _, name = answer.headers["Location"].partition("#")
    assert f'id="{name}"' in client.get(place).text
    number = name.removeprefix("comment-")
    answer = client_for(ann).form(f"/comments/{number}/replies", text="an answer")
    place, _, name = answer.headers["Location"].partition("#")
    page = client.get(place).text
    assert answer.status_code == 303 and f'id="{name}"' in page and "an answer" in page


def test_a_refused_comment_comes_back_with_what_was_typed(
    client_for: Any, post: Posted, comment: Commented, ann: Person, bob: Person
) -> None:
    client, long = client_for(bob), "long " * 500
    for path in (f"/p/{post.id}/comments", f"/comments/{comment.id}/replies"):
        answer = client.form(path, text=long)
        assert answer.status_code == 422
        assert long in answer.text and "At most 2,200 characters fit here." in answer.text
    answer = client.form(f"/comments/{comment.id}/edit", text=long)
    assert answer.status_code == 422 and long in answer.text
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    answer = client.form(f"/p/{post.id}/comments", text="late")
    assert answer.status_code == 403 and "Comments are turned off for this post." in answer.text
    assert rows() == 1


def test_the_pages_edit_and_delete(
    client_for: Any, post: Posted, comment: Commented, ann: Person, bob: Person
) -> None:
    client, path = client_for(bob), f"/comments/{comment.id}"
    assert "first" in client.get(f"{path}/edit").text
    answer = client.form(f"{path}/edit", text="second")
    assert answer.status_code == 303
    assert "second" in client.get(answer.headers["Location"].partition("#")[0]).text
    assert client_for(ann).get(f"{path}/edit").status_code == 403
    owner = client_for(ann)
    assert owner.get(f"{path}/delete").status_code == 200
    assert owner.form(f"{path}/delete").status_code == 303
    assert owner.get(f"{path}/delete").status_code == 404
    assert rows() == 0


def test_an_old_comment_and_a_deep_reply_are_on_the_page_that_links_lead_to(
    anonymous: Any, client_for: Any, post: Posted, ann: Person
) -> None:
    old = make_comment(post, ann, text="the oldest of all")
    deep = make_comment(post, ann, text="a deep answer", answers=old)
    for number in range(30):
        make_comment(post, ann, text=f"newer {number}")
    page = anonymous.get(f"/p/{post.id}").text
    assert "newer 29" in page and "newer 10" in page and "the oldest of all" not in page
    assert page.index("newer 28") < page.index("newer 29")
    for number in (old.id, deep.id):
        page = anonymous.get(f"/p/{post.id}?comment={number}").text
        assert f'id="comment-{number}"' in page and "newer 29" not in page
    for missing in ("999999999", "x", ""):
        page = anonymous.get(f"/p/{post.id}?comment={missing}")
        assert page.status_code == 200 and "newer 29" in page.text
    answer = anonymous.get(f"/comments/{deep.id}")
    assert answer.headers["Location"] == f"/p/{post.id}?comment={deep.id}#comment-{deep.id}"
    page = client_for(ann).get(f"/comments/{deep.id}/replies").text
    assert "a deep answer" in page and f'action="/comments/{deep.id}/replies"' in page


def test_scripts_get_pieces_of_a_page(
    anonymous: Any, post: Posted, comment: Commented, ann: Person
) -> None:
    reply = make_comment(post, ann, text="below", answers=comment)
    for path, present, absent in (
        (f"/p/{post.id}/comments", comment.id, reply.id),
        (f"/comments/{comment.id}/replies", reply.id, None),
        (f"/comments/{comment.id}", comment.id, reply.id),
        (f"/comments/{reply.id}", reply.id, comment.id),
    ):
        by_query = anonymous.get(f"{path}?fragment=1").text
        assert "<html" not in by_query and f'id="comment-{present}"' in by_query
        assert absent is None or f'id="comment-{absent}"' not in by_query
        assert anonymous.get(path, headers={"X-Fragment": "1"}).text == by_query


def test_nobody_finds_a_comment_of_a_hidden_post_by_its_number(
    client_for: Any, post: Posted, ann: Person, bob: Person
) -> None:
    hidden = make_processing_post(ann)
    unseen = comments_changes.create(int(hidden.id), by=ann.id, text="a secret")
    client = client_for(bob)
    for path in (f"/comments/{unseen.id}", f"/comments/{unseen.id}/replies"):
        assert client.get(path).status_code == client.get(f"{path}?fragment=1").status_code == 404
    assert client.get(f"/comments/{unseen.id}/edit").status_code == 404
    assert client.form(f"/comments/{unseen.id}/replies", text="hello").status_code == 404
    assert "a secret" not in client.get(f"/p/{post.id}?comment={unseen.id}").text
    assert "a secret" in client_for(ann).get(f"/p/{hidden.id}").text


@pytest.mark.no_second_look
def test_a_form_sent_twice_is_one_comment_and_other_words_are_another(
    client_for: Any, post: Posted, bob: Person
) -> None:
    client = client_for(bob)
    for text in ("once", "once", "after Back"):
        answer = client.form(f"/p/{post.id}/comments", text=text, idempotency_key="of-this-page")
        assert answer.status_code == 303
    page = client.get(f"/api/v1/posts/{post.id}/comments").get_json()
    assert [comment["text"] for comment in page["items"]] == ["after Back", "once"]
