"""Pages of comments: forms without scripts, pieces for scripts, and where links lead."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.models import CommentModel
from pigeon.services.comments import changes as comments_changes
from pigeon.services.posts import changes as posts_changes
from tests.factories import Commented, Person, Posted, make_comment
from tests.factories.uploads import make_processing_post


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(CommentModel)) or 0


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
