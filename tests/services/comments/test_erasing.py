"""What was said is erased with its post, and with who said it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import DomainError, NotFound
from pigeon.extensions import db
from pigeon.models import CommentModel, OutboxRow
from pigeon.services.comments import changes as comments_changes
from pigeon.services.comments import comments
from pigeon.services.likes import likes
from pigeon.services.posts import changes as posts_changes
from tests.factories import make_comment, make_post, make_user
from tests.harness.context import concurrently
from tests.harness.discussions import assert_counts_are_rows, comment_count, listed, replies, texts
from tests.harness.rows import count


def test_comments_go_with_their_post(app: Flask, drain: Callable[[], int]) -> None:
    post = make_post()
    comment = make_comment(post)
    make_comment(post, answers=comment)
    posts_changes.remove(post.id, by=post.author.id)
    assert count(CommentModel) == 2
    for by in (comment.author.id, post.author.id):
        for call in (
            lambda by=by: comments.get(comment.id, by),
            lambda by=by: listed(post, by),
            lambda by=by: comments_changes.create(post.id, by=by, text="late"),
            lambda by=by: comments_changes.edit(comment.id, by=by, text="late"),
            lambda by=by: comments_changes.remove(comment.id, by=by),
            lambda by=by: likes.set_liked(likes.COMMENTS, comment.id, by=by, on=True),
        ):
            with pytest.raises(NotFound):
                call()
    drain()
    assert count(CommentModel) == 0


def test_the_jobs_of_a_long_thread_are_of_a_limited_size(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.subscribers.comments.COMMENTS", 2)
    post = make_post()
    top = make_comment(post)
    below = [make_comment(post, answers=top).id for _ in range(4)]
    drain()
    comments_changes.remove(top.id, by=post.author.id)
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.job == "comments.refresh"))
    told = [json.loads(row.arguments)["comment_ids"] for row in rows]
    assert sorted(number for ids in told for number in ids) == [top.id, *below]
    assert max(map(len, told)) == 2
    drain()
    assert_counts_are_rows()


@pytest.mark.both_modes
def test_what_a_person_said_is_gone_at_once_and_counted_soon(
    app: Flask,
    client_for: Any,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setattr("pigeon.services.comments.erasing.ERASED_AT_ONCE", 2)
    ann, ben, cat = make_user("ann"), make_user("ben"), make_user("cat")
    post, other = make_post(ann), make_post(cat)
    stays = make_comment(post, cat, text="stays, @ben")
    make_comment(post, ben, text="a reply of ben", answers=stays)
    for number in range(3):
        top = make_comment(post, ben, text=f"top {number}")
        make_comment(post, cat, text="below ben", answers=top)
        make_comment(post, ben, text="below himself", answers=top)
    make_comment(other, ben, text="elsewhere")
    gone = list(db.session.scalars(select(CommentModel.id).where(CommentModel.id != stays.id)))
    listed(post, ann.id)
    comments.previews([post.id])
    drain()
    assert client_for(ben).api("DELETE", "/me", {"password": ben.password})[0] == 202
    for number in gone:
        with pytest.raises(NotFound):
            comments.get(number, ann.id)
    assert texts(listed(post, ann.id)) == ["stays, @ben"] and replies(stays.id) == []
    assert [card.text for card in comments.previews([post.id])[post.id]] == ["stays, @ben"]
    drain()
    assert count(CommentModel) == 1
    assert comments.get(stays.id, None).mentions == []
    assert comment_count(post) == 1
    assert_counts_are_rows()


def test_who_is_leaving_says_nothing_more(app: Flask, client_for: Any) -> None:
    ben, post = make_user("ben"), make_post()
    assert client_for(ben).api("DELETE", "/me", {"password": ben.password})[0] == 202
    with pytest.raises(DomainError):
        comments_changes.create(post.id, by=ben.id, text="one more thing")
    assert count(CommentModel) == 0


def test_what_is_said_while_leaving_is_erased_with_the_rest(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    post = make_post()
    for _ in range(4):
        ben = make_user()
        client = client_for(ben)
        client.csrf()
        answers = concurrently(
            app,
            [
                lambda ben=ben: comments_changes.create(post.id, by=ben.id, text="bye"),
                lambda client=client, ben=ben: client.api(
                    "DELETE", "/me", {"password": ben.password}
                )[0],
            ],
        )
        assert not isinstance(answers[0], Exception) or isinstance(answers[0], NotFound), answers
        assert answers[1] == 202
        drain()
        assert count(CommentModel) == 0
        assert_counts_are_rows()
