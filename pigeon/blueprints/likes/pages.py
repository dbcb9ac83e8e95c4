"""Hearts without scripts, and the page of who likes a thing, which scripts show in a dialog."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.blueprints.likes.api import TAPS
from pigeon.domain.comments import CommentCounts
from pigeon.domain.posts import PostCounts
from pigeon.services import counts
from pigeon.services.comments import comments
from pigeon.services.likes import likers, likes
from pigeon.services.likes.likes import COMMENTS, POSTS, Kind
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_id, read_page
from pigeon.web.paths import referring_path
from pigeon.web.stories import rings

ROWS = 40


@access(MEMBERS, rate=TAPS)
def like_post(post_id: str) -> ResponseReturnValue:
    return _set_post(post_id, on=True)


@access(MEMBERS, rate=TAPS)
def unlike_post(post_id: str) -> ResponseReturnValue:
    return _set_post(post_id, on=False)


@access(MEMBERS, rate=TAPS)
def like_comment(comment_id: str) -> ResponseReturnValue:
    return _set_comment(comment_id, on=True)


@access(MEMBERS, rate=TAPS)
def unlike_comment(comment_id: str) -> ResponseReturnValue:
    return _set_comment(comment_id, on=False)


def _set_post(post_id: str, *, on: bool) -> ResponseReturnValue:
    number = read_id(post_id)
    likes.set_liked(POSTS, number, by=get_viewer().user_id, on=on)
    return redirect(f"{referring_path(f'/p/{number}')}#post-{number}", 303)


def _set_comment(comment_id: str, *, on: bool) -> ResponseReturnValue:
    number, by = read_id(comment_id), get_viewer().user_id
    likes.set_liked(COMMENTS, number, by=by, on=on)
    place = _place_of_comment(number, by)
    return redirect(f"{referring_path(place)}#comment-{number}", 303)


def _place_of_comment(comment_id: int, viewer_id: int) -> str:
    """The page that holds it, without scripts."""
    return f"/p/{comments.get(comment_id, viewer_id).post_id}?comment={comment_id}"


@access(MEMBERS)
def list_of_post(post_id: str) -> ResponseReturnValue:
    number = read_id(post_id)
    return _likers(POSTS, number, f"/p/{number}", f"/p/{number}")


@access(MEMBERS)
def list_of_comment(comment_id: str) -> ResponseReturnValue:
    number = read_id(comment_id)
    place = _place_of_comment(number, get_viewer().user_id)
    return _likers(COMMENTS, number, f"/comments/{number}", f"{place}#comment-{number}")


def _likers(kind: Kind, target_id: int, path: str, back: str) -> str:
    by = get_viewer().user_id
    kind.check(by, target_id)
    asked = read_page(likers.cursor(kind, target_id), default=ROWS)
    page = likers.list_likers(kind, target_id, by, asked)
    rings.ask(this_viewer(), (row.id for row in page.items))
    return render_template(
        "likes/list.html",
        page=page,
        count=_count(kind, target_id),
        path=f"{path}/likers",
        back=back,
    )


def _count(kind: Kind, target_id: int) -> int:
    if kind is POSTS:
        return counts.of_posts([target_id]).get(target_id, PostCounts()).like_count
    return counts.of_comments([target_id]).get(target_id, CommentCounts()).like_count
