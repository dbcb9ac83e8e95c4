"""A page of a discussion: oldest first, around the comment that a link leads to."""

from __future__ import annotations

from flask import Flask

from pigeon.services.comments import comments
from pigeon.web.comments import discussions
from tests.factories import Person, make_comment, make_post


def test_the_newest_page_is_drawn_oldest_first(app: Flask) -> None:
    post = make_post()
    made = [make_comment(post, text=str(number)).id for number in range(comments.SHOWN + 2)]
    page = discussions.of_post(post.id, None)
    assert [int(one.id) for one in page.comments] == made[2:]
    assert page.earlier and not page.later


def test_a_reply_opens_its_thread(app: Flask) -> None:
    post = make_post()
    top = make_comment(post)
    reply, later = (make_comment(post, answers=top) for _ in range(2))
    page = discussions.find_around(post.id, reply.id, None)
    assert [int(one.id) for one in page.comments] == [top.id]
    assert [int(one.id) for one in page.open_replies[str(top.id)].items] == [reply.id, later.id]


def test_a_comment_of_another_post_or_of_none_leads_to_the_newest_page(app: Flask) -> None:
    post, other = make_post(), make_post()
    mine, foreign = make_comment(post), make_comment(other)
    for number in (foreign.id, foreign.id + 1, None):
        page = discussions.find_around(post.id, number, None)
        assert [int(one.id) for one in page.comments] == [mine.id]


def test_who_answers_finds_the_thread_open(app: Flask, ann: Person) -> None:
    post = make_post(ann)
    top = make_comment(post)
    reply = make_comment(post, answers=top)
    page = discussions.with_thread(comments.get(top.id, ann.id), ann.id)
    assert page.reply_to and page.reply_to.id == str(top.id)
    assert [int(one.id) for one in page.open_replies[str(top.id)].items] == [reply.id]
