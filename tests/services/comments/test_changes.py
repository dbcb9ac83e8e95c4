"""Writing, editing and deleting comments, also many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.comments import Comment
from pigeon.domain.errors import Conflict, Forbidden, NotFound
from pigeon.domain.events import CommentEdited
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, PostModel
from pigeon.services.comments import changes as comments_changes
from pigeon.services.comments import comments
from pigeon.services.likes import likes
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_comment, make_post, make_user
from tests.factories.uploads import make_processing_post
from tests.harness.context import concurrently
from tests.harness.discussions import assert_counts_are_rows, comment_count, listed, replies, texts
from tests.harness.rows import count


@pytest.mark.both_modes
def test_a_comment_is_there_at_once_for_everybody(app: Flask, mode: str) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    made = comments_changes.create(post.id, by=ben.id, text="  hi @ANN,\r\n#Sky #하늘 @nobody ")
    assert (made.text, made.parent_id, made.post_id) == (
        "hi @ANN,\n#Sky #하늘 @nobody",
        None,
        str(post.id),
    )
    assert [user.username for user in made.mentions] == ["ann"]
    assert made.tags == ["sky", "하늘"]
    assert made.href == f"/p/{post.id}#comment-{made.id}"
    assert made.viewer is not None and (made.viewer.is_author, made.viewer.may_delete) == (1, 1)
    assert texts(listed(post)) == [made.text]
    assert listed(post).items[0].viewer is None
    assert comment_count(post) == 1
    (mine,) = listed(post, ann.id).items
    assert mine.viewer is not None
    assert (mine.viewer.is_author, mine.viewer.may_delete) == (False, True)


@pytest.mark.both_modes
def test_an_answer_to_a_reply_stays_at_level_two(app: Flask, mode: str, events: list[Any]) -> None:
    post = make_post()
    top = make_comment(post, text="top")
    reply = make_comment(post, text="reply", answers=top)
    deeper = make_comment(post, text="deeper", answers=reply)
    assert (reply.parent_id, deeper.parent_id) == (top.id, top.id)
    assert replies(top.id) == ["deeper", "reply"] and replies(reply.id) == []
    assert texts(listed(post)) == ["top"]
    rows = db.session.execute(select(CommentModel.id, CommentModel.answered_id))
    stored = {row[0]: row[1] for row in rows}
    assert stored == {top.id: None, reply.id: top.id, deeper.id: reply.id}
    assert comments.get(top.id, None).reply_count == 2
    assert comment_count(post) == 3
    assert [event.parent_id for event in events] == [None, top.id, top.id]
    assert_counts_are_rows()


def test_closed_comments_are_closed_for_the_author_too(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    said = make_comment(post, ben)
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    for by in (ann.id, ben.id):
        for parent_id in (None, said.id):
            with pytest.raises(Forbidden) as refused:
                comments_changes.create(post.id, by=by, text="late", parent_id=parent_id)
            assert refused.value.code == "comments_closed"
    assert comments_changes.edit(said.id, by=ben.id, text="still mine").text == "still mine"
    posts_changes.edit(post.id, by=ann.id, comments_open=True)
    make_comment(post, ben)
    assert comment_count(post) == 2


def test_closing_wins_over_what_the_cache_still_says(app: Flask) -> None:
    post = make_post()
    posts.get(post.id, None)
    with unit_of_work():
        db.session.execute(update(PostModel).values(comments_open=False))
    comments_changes.check_may_comment(post.id, post.author.id)
    with pytest.raises(Forbidden):
        make_comment(post)


def test_before_a_post_is_published_its_author_alone_speaks(
    app: Flask, drain: Callable[[], int], events: list[Any]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_processing_post(ann)
    number = int(post.id)
    made = comments_changes.create(number, by=ann.id, text="soon, @ben")
    assert posts.get(number, ann.id).comment_count == 1
    for refused in (
        lambda: comments_changes.create(number, by=ben.id, text="first"),
        lambda: comments_changes.create(number, by=ben.id, text="first", parent_id=int(made.id)),
        lambda: comments_changes.edit(int(made.id), by=ben.id, text="mine"),
        lambda: comments_changes.remove(int(made.id), by=ben.id),
        lambda: comments.get(int(made.id), ben.id),
        lambda: comments.get(int(made.id), None),
        lambda: comments.around(int(made.id), ben.id),
        lambda: comments.list_of_post(number, ben.id, PageRequest()),
        lambda: comments.list_replies(int(made.id), ben.id, PageRequest()),
        lambda: likes.set_liked(likes.COMMENTS, int(made.id), by=ben.id, on=True),
    ):
        with pytest.raises(NotFound):
            refused()
    assert [event.is_public for event in events] == [False]
    drain()
    assert comments.get(int(made.id), ben.id).text == "soon, @ben"
    comments_changes.create(number, by=ben.id, text="there")
    assert posts.get(number, None).comment_count == 2
    assert events[-1].is_public


def test_a_parent_belongs_to_the_post_and_can_be_seen(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, other = make_post(ann), make_post(ann)
    hidden = make_processing_post(ann)
    foreign = make_comment(other, ann)
    unseen = comments_changes.create(int(hidden.id), by=ann.id, text="not yet")
    for parent_id in (foreign.id, int(unseen.id), 999_999_999):
        with pytest.raises(NotFound):
            comments_changes.create(post.id, by=ben.id, text="here?", parent_id=parent_id)
    for post_id in (int(hidden.id), 999_999_999):
        with pytest.raises(NotFound):
            comments_changes.create(post_id, by=ben.id, text="here?", parent_id=foreign.id)
    assert count(CommentModel) == 2
    assert_counts_are_rows()


@pytest.mark.no_second_look
def test_one_key_makes_one_comment_however_parallel(app: Flask) -> None:
    ben, post = make_user("ben"), make_post()

    def send() -> Comment:
        return comments_changes.create(post.id, by=ben.id, text="once", key="k-1")

    answers = concurrently(app, [send] * 4)
    assert len({getattr(answer, "id", answer) for answer in answers}) == 1, answers
    assert send().id == answers[0].id
    assert count(CommentModel) == 1 and comment_count(post) == 1


def test_a_key_is_for_one_request_of_one_person(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, other = make_post(ann), make_post(ann)
    first = comments_changes.create(post.id, by=ben.id, text="one", key="k")
    for conflicting in (
        {"post_id": post.id, "text": "two"},
        {"post_id": other.id, "text": "one"},
        {"post_id": post.id, "text": "one", "parent_id": int(first.id)},
    ):
        with pytest.raises(Conflict) as refused:
            comments_changes.create(by=ben.id, key="k", **conflicting)
        assert refused.value.code == "idempotency_conflict"
    assert comments_changes.create(post.id, by=ann.id, text="one", key="k").id != first.id
    shared = posts.create(ben.id, "one", [], key="p", mark="m")
    with pytest.raises(Conflict):
        comments_changes.create(post.id, by=ben.id, text="one", key="p")
    with pytest.raises(Conflict):
        posts.create(ben.id, "one", [], key="k", mark="m")
    assert posts.create(ben.id, "one", [], key="p", mark="m").id == shared.id


def test_a_repeated_request_is_answered_though_comments_were_closed(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    first = comments_changes.create(post.id, by=ben.id, text="one", key="k")
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    comments_changes.check_may_comment(post.id, ben.id, "k")
    assert comments_changes.create(post.id, by=ben.id, text="one", key="k").id == first.id
    comments_changes.remove(int(first.id), by=ben.id)
    with pytest.raises(NotFound):
        comments_changes.create(post.id, by=ben.id, text="one", key="k")


def test_edited_is_said_when_the_text_really_changed(app: Flask, events: list[Any]) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    comment = make_comment(make_post(ann), ben, text="hi @ann")
    same = comments_changes.edit(comment.id, by=ben.id, text=" hi @ann ")
    assert same.edited_at is None and len(events) == 1
    edited = comments_changes.edit(comment.id, by=ben.id, text="hi @ben #new")
    assert edited.edited_at and edited.created_at == same.created_at
    assert ([user.username for user in edited.mentions], edited.tags) == (["ben"], ["new"])
    assert list(db.session.scalars(select(CommentMention.user_id))) == [ben.id]
    assert isinstance(events[-1], CommentEdited)
    assert comments.get(comment.id, None).text == "hi @ben #new"


def test_the_author_edits_and_the_owner_of_the_post_may_only_delete(app: Flask) -> None:
    ann, ben, cat = make_user("ann"), make_user("ben"), make_user("cat")
    post = make_post(ann)
    comment = make_comment(post, ben)
    reply = make_comment(post, ann, answers=comment)
    for by in (ann.id, cat.id):
        with pytest.raises(Forbidden):
            comments_changes.edit(comment.id, by=by, text="other words")
    for number in (comment.id, reply.id):
        with pytest.raises(Forbidden):
            comments_changes.remove(number, by=cat.id)
    with pytest.raises(Forbidden):
        comments_changes.remove(reply.id, by=ben.id)
    comments_changes.remove(comment.id, by=ann.id)
    assert count(CommentModel) == 0


@pytest.mark.both_modes
def test_a_deleted_comment_takes_its_replies_along(
    app: Flask, mode: str, events: list[Any], drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    kept, top = make_comment(post, ben, text="kept"), make_comment(post, ben, text="top")
    below = [make_comment(post, ann, text=f"{n} @ben", answers=top) for n in range(3)]
    aside = make_comment(post, ann, text="aside", answers=kept)
    likes.set_liked(likes.COMMENTS, below[0].id, by=ben.id, on=True)
    drain()
    comments_changes.remove(below[2].id, by=ann.id)
    assert comments.get(top.id, None).reply_count == 2 and comment_count(post) == 5
    comments_changes.remove(top.id, by=ben.id)
    assert (events[-1].reply_ids, events[-1].parent_id) == ([below[0].id, below[1].id], None)
    assert texts(listed(post)) == ["kept"] and replies(kept.id) == ["aside"]
    for number in (top.id, below[0].id, below[1].id):
        with pytest.raises(NotFound):
            comments.get(number, ben.id)
        with pytest.raises(NotFound):
            comments_changes.remove(number, by=ann.id)
    comments_changes.remove(aside.id, by=ann.id)
    drain()
    assert count(CommentModel) == 1 and count(CommentMention) == 0
    assert_counts_are_rows()


def test_many_at_once_are_all_counted(app: Flask) -> None:
    people = [make_user() for _ in range(6)]
    post = make_post()
    top = make_comment(post)
    calls = [
        lambda n=n, by=by: comments_changes.create(
            post.id, by=by.id, text=f"{n}", parent_id=top.id if n % 2 else None
        )
        for n, by in enumerate(people)
    ]
    answers = concurrently(app, calls)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert comment_count(post) == 7 and comments.get(top.id, None).reply_count == 3
    assert_counts_are_rows()


def test_a_reply_to_what_is_being_deleted_is_kept_whole_or_not_at_all(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    for _ in range(5):
        top = make_comment(post, ann)
        first = make_comment(post, ben, answers=top)
        calls = [
            lambda top=top: comments_changes.remove(top.id, by=ann.id),
            lambda first=first: comments_changes.create(
                post.id, by=ben.id, text="still there?", parent_id=first.id
            ),
            lambda first=first: comments_changes.remove(first.id, by=ben.id),
            lambda top=top: comments_changes.edit(top.id, by=ann.id, text="one moment"),
        ]
        for answer in concurrently(app, calls):
            assert not isinstance(answer, Exception) or isinstance(answer, NotFound), answer
        assert_counts_are_rows()
        assert comment_count(post) == 0


def test_a_comment_on_a_post_that_is_being_deleted_leaves_nothing(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    for _ in range(3):
        post = make_post(ann)
        answers = concurrently(
            app,
            [
                lambda post=post: posts_changes.remove(post.id, by=ann.id),
                lambda post=post: make_comment(post, ben),
            ],
        )
        assert answers[0] is None
        assert not isinstance(answers[1], Exception) or isinstance(answers[1], NotFound), answers
        drain()
        assert count(CommentModel) == 0
