"""Pages of comments; each form works without scripts and keeps what was typed when refused.

With `fragment=` in the query, or the header `X-Fragment`, lists answer the markup that scripts put
into a page.
"""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.comments.api import WRITES
from pigeon.blueprints.comments.reading import check_typed, key_of, read_typed
from pigeon.blueprints.posts.pages import render_post
from pigeon.domain.comments import Comment, CommentCard
from pigeon.domain.errors import DomainError, Forbidden, Invalid
from pigeon.services.comments import changes, comments
from pigeon.services.posts import posts
from pigeon.web.comments import discussions
from pigeon.web.comments.discussions import Discussion
from pigeon.web.errors import STATUS
from pigeon.web.forms import Form, focus_first_fault, refused_form, render_refused
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, this_viewer, viewer_id
from pigeon.web.parsing import read_form, read_id, read_page
from pigeon.web.stories import rings

REFUSALS = (Invalid, Forbidden)


@access(READERS)
def list_of_post(post_id: str) -> ResponseReturnValue:
    """A page of top comments; the whole page of the post without scripts."""
    number = read_id(post_id)
    post = posts.get(number, viewer_id())
    asked = read_page(comments.comments_kind(number), default=comments.SHOWN)
    discussion = discussions.of_post(number, viewer_id(), asked)
    if _wants_fragment():
        rings.ask(this_viewer(), discussions.people_of(discussion))
        return render_template("comments/_list.html", post=post, discussion=discussion)
    return render_post(post, discussion, this_viewer())


@access(MEMBERS, rate=WRITES)
def add(post_id: str) -> ResponseReturnValue:
    number, by, typed = read_id(post_id), get_viewer().user_id, read_typed()
    try:
        changes.check_may_comment(number, by, key_of(typed))
        new = check_typed(typed)
        made = changes.create(number, by=by, text=new.text, key=new.key)
    except REFUSALS as error:
        form = refused_form(error, typed)
        return _refused(error, number, discussions.of_post(number, by, form=form))
    return redirect(made.href, 303)


@access(READERS)
def show(comment_id: str) -> ResponseReturnValue:
    """The exact place of a comment; for scripts a comment with its replies, or a reply alone."""
    comment = comments.get(read_id(comment_id), viewer_id())
    if not _wants_fragment():
        return redirect(place_of(comment))
    rings.ask(this_viewer(), [comment.author.id])
    return render_template(
        "comments/_comment.html" if comment.parent_id else "comments/_thread.html",
        post=posts.get(int(comment.post_id), viewer_id()),
        discussion=Discussion(comments=[comment], earlier=None),
        comment=comment,
        replies=None,
    )


@access(READERS)
def list_replies(comment_id: str) -> ResponseReturnValue:
    """A page of replies; the page of the post with the thread open without scripts."""
    comment = comments.get(read_id(comment_id), viewer_id())
    post = posts.get(int(comment.post_id), viewer_id())
    asked = read_page(comments.replies_kind(int(comment.id)), default=comments.SHOWN)
    if not _wants_fragment():
        return render_post(
            post, discussions.with_thread(comment, viewer_id(), asked), this_viewer()
        )
    page = comments.list_replies(int(comment.id), viewer_id(), asked)
    rings.ask(this_viewer(), (reply.author.id for reply in page.items))
    return render_template(
        "comments/_replies.html",
        post=post,
        comment=comment,
        replies=discussions.oldest_first(page),
    )


@access(MEMBERS, rate=WRITES)
def reply(comment_id: str) -> ResponseReturnValue:
    number, by, typed = read_id(comment_id), get_viewer().user_id, read_typed()
    answered = comments.get(number, by)
    post_id = int(answered.post_id)
    try:
        changes.check_may_reply(number, by, key_of(typed))
        new = check_typed(typed)
        made = changes.create(post_id, by=by, text=new.text, parent_id=number, key=new.key)
    except REFUSALS as error:
        form = refused_form(error, typed)
        return _refused(error, post_id, discussions.with_thread(answered, by, form=form))
    return redirect(place_of(made), 303)


@access(MEMBERS)
def show_edit(comment_id: str) -> ResponseReturnValue:
    number, by = read_id(comment_id), get_viewer().user_id
    changes.check_may_edit(number, by)
    return render_template("comments/edit.html", comment=comments.get(number, by), form=Form())


@access(MEMBERS, rate=WRITES)
def edit(comment_id: str) -> ResponseReturnValue:
    number, by = read_id(comment_id), get_viewer().user_id
    changes.check_may_edit(number, by)
    typed = read_form("text")
    try:
        comment = changes.edit(number, by=by, text=typed["text"])
    except Invalid as error:
        shown = comments.get(number, by)
        return render_refused("comments/edit.html", error, typed, comment=shown)
    return redirect(place_of(comment), 303)


@access(MEMBERS)
def show_delete(comment_id: str) -> ResponseReturnValue:
    number, by = read_id(comment_id), get_viewer().user_id
    changes.check_may_delete(number, by)
    return render_template("comments/delete.html", comment=comments.get(number, by))


@access(MEMBERS, rate=WRITES)
def delete(comment_id: str) -> ResponseReturnValue:
    number, by = read_id(comment_id), get_viewer().user_id
    card: CommentCard = changes.check_may_delete(number, by)
    changes.remove(number, by=by)
    flash(_("The comment was deleted."), "success")
    return redirect(f"/p/{card.post_id}#comments", 303)


def place_of(comment: Comment) -> str:
    """Where it is shown without scripts too, however far up or deep it stands."""
    return f"/p/{comment.post_id}?comment={comment.id}#comment-{comment.id}"


def _wants_fragment() -> bool:
    return "fragment" in request.args or "X-Fragment" in request.headers


def _refused(error: DomainError, post_id: int, discussion: Discussion) -> ResponseReturnValue:
    """The post's page again, with what was typed and what is wrong with it."""
    page = render_post(posts.get(post_id, viewer_id()), discussion, this_viewer())
    return make_response(focus_first_fault(page), STATUS[type(error)])
