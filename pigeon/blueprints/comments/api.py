"""Comments and replies as JSON."""

from __future__ import annotations

from pigeon.blueprints.comments.reading import (
    CommentBody,
    EditCommentBody,
    read_new_comment,
)
from pigeon.domain.comments import Comment
from pigeon.domain.page import Page
from pigeon.services.comments import changes, comments
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_id, read_json, read_key, read_page

WRITES = (60, 60)


@access(READERS)
@answers(Page[Comment], query=LIST)
def list_of_post(post_id: str) -> Page[Comment]:
    number = read_id(post_id)
    viewer = this_viewer()
    comments.check_sees_post(number, viewer)
    return comments.list_of_post(number, viewer, read_page(comments.comments_kind(number)))


@access(MEMBERS, rate=WRITES)
@answers(Comment, status=201, body=CommentBody, is_keyed=True)
def add(post_id: str) -> Comment:
    number, by = read_id(post_id), get_viewer().user_id
    changes.check_may_comment(number, by, read_key())
    new = read_new_comment()
    return changes.create(number, by=by, text=new.text, key=new.key)


@access(READERS)
@answers(Page[Comment], query=LIST)
def list_replies(comment_id: str) -> Page[Comment]:
    number = read_id(comment_id)
    viewer = this_viewer()
    comments.check_sees(number, viewer)
    return comments.list_replies(number, viewer, read_page(comments.replies_kind(number)))


@access(MEMBERS, rate=WRITES)
@answers(Comment, status=201, body=CommentBody, is_keyed=True)
def reply(comment_id: str) -> Comment:
    number, by = read_id(comment_id), get_viewer().user_id
    answered = changes.check_may_reply(number, by, read_key())
    new = read_new_comment()
    return changes.create(answered.post_id, by=by, text=new.text, parent_id=number, key=new.key)


@access(MEMBERS, rate=WRITES)
@answers(Comment, body=EditCommentBody)
def edit(comment_id: str) -> Comment:
    number, by = read_id(comment_id), get_viewer().user_id
    changes.check_may_edit(number, by)
    return changes.edit(number, by=by, **read_json(EditCommentBody).given())


@access(MEMBERS, rate=WRITES)
@answers(status=204)
def remove(comment_id: str) -> None:
    changes.remove(read_id(comment_id), by=get_viewer().user_id)
