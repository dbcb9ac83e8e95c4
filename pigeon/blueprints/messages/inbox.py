"""The inbox, choosing whom to write to, and sending a post to several people."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pigeon.domain import limits
from pigeon.domain.errors import DomainError, FieldError, Forbidden, Invalid, NotFound
from pigeon.domain.page import PageRequest
from pigeon.domain.posts import Post
from pigeon.services.access.posts import is_published_state
from pigeon.services.messages import partners, sending
from pigeon.services.messages.checks import Content
from pigeon.services.posts import posts
from pigeon.services.users.checks import check_text
from pigeon.web.forms import Form, render_refused
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.messages import inboxes
from pigeon.web.messages.bodies import TEXT_LIMITS, id_of
from pigeon.web.parsing import read_form, read_id, read_page, read_query, read_shown, read_texts
from pigeon.web.texts import Typed

ROWS = 30
MOST = 20
"""People whom one form sends a post to."""
SENDS = (300, 600)


@access(MEMBERS)
def show() -> ResponseReturnValue:
    """The inbox; for scripts the fragment `list`."""
    is_list = read_query("fragment") == "list"
    template = "messages/_conversations.html" if is_list else "messages/inbox.html"
    return render_template(template, **inboxes.asked())


# -- whom to write to --------------------------------------------------------------------------


@access(MEMBERS)
def show_new() -> ResponseReturnValue:
    """People to write to; for scripts the fragment `partners`."""
    return _pick("messages/new.html", "/messages/new", way="link")


def _pick(template: str, path: str, **context: Any) -> ResponseReturnValue:
    found, status = _found()
    is_part = read_query("fragment") == "partners"
    shown = "messages/_partners.html" if is_part else template
    return render_template(shown, path=path, **found, **context), status


def _found() -> tuple[dict[str, Any], int]:
    """The people asked for, and by what words; too many words find nobody."""
    reader_id, shown = get_viewer().user_id, read_shown("q")
    try:
        q = read_query("q")
        asked = read_page(f"partners-{reader_id}-{q}", default=ROWS)
        return {"q": shown, "page": partners.list_of(reader_id, q, asked)}, 200
    except Invalid as error:
        if "q" not in error.fields:
            raise
        return {"q": shown, "page": None}, 422


# -- a post to several people ------------------------------------------------------------------


@access(MEMBERS)
def show_send(post_id: str) -> ResponseReturnValue:
    """Whom to send a post to; for scripts the fragment `partners`."""
    post = _get_post(post_id)
    form = Form(values={"client_msg_id": secrets.token_urlsafe(12)})
    return _pick("messages/send.html", _path(post), way="send", post=post, chosen=[], form=form)


def _get_post(post_id: str) -> Post:
    """A post that somebody else can see."""
    post = posts.get(read_id(post_id), this_viewer())
    if not is_published_state(post.state):
        raise NotFound
    return post


def _path(post: Post) -> str:
    return f"/p/{post.id}/send"


@access(MEMBERS, rate=SENDS)
def send(post_id: str) -> ResponseReturnValue:
    """To each of `to` the post, then the words, if there are any; who cannot be reached is named.

    Scripts send to one at a time, with `?fragment=sent`, and hear why it was refused.
    """
    post = _get_post(post_id)
    typed = read_form("text", "client_msg_id", own=TEXT_LIMITS)
    chosen = [name for name in read_texts("to") if name]
    try:
        words = _checked(typed, chosen)
        unreached = [name for name in chosen if not _reaches(name, post, words, typed)]
    except DomainError as error:
        if read_query("fragment") == "sent":
            raise
        return _refused(error, post, typed, chosen)
    if read_query("fragment") == "sent":
        return "", 204
    _say(len(chosen) - len(unreached), unreached)
    return redirect(f"/p/{post.id}", 303)


def _checked(typed: Typed, chosen: list[str]) -> str:
    """The words, as they will be sent; Invalid before anything is."""
    if not 0 < len(chosen) <= MOST:
        code, most = ("too_many", MOST) if chosen else ("required", None)
        raise Invalid({"to": FieldError(code, most)})
    return check_text("text", typed["text"], limits.MESSAGE)


def _reaches(name: str, post: Post, words: str, typed: Typed) -> bool:
    """Whether somebody takes it; sent again, what they have already is not sent twice."""
    try:
        _send(name, Content(post_id=int(post.id), is_thread_open=False), typed, post.id)
        if words:
            _send(name, Content(text=words, is_thread_open=False), typed, words)
    except (Forbidden, NotFound):
        if read_query("fragment") == "sent":
            raise
        return False
    return True


def _send(name: str, content: Content, typed: Typed, said: str) -> None:
    number = id_of(typed["client_msg_id"], name, said)
    sending.send(name, content, by=get_viewer().user_id, client_msg_id=number)


def _refused(
    error: DomainError, post: Post, typed: Typed, chosen: list[str]
) -> ResponseReturnValue:
    return render_refused(
        "messages/send.html",
        error,
        typed,
        path=_path(post),
        way="send",
        post=post,
        chosen=chosen,
        q="",
        page=partners.list_of(get_viewer().user_id, "", PageRequest(limit=ROWS)),
    )


def _say(reached: int, unreached: list[str]) -> None:
    if reached:
        flash(ngettext("Sent to %(num)s person.", "Sent to %(num)s people.", reached), "success")
    if unreached:
        names = ", ".join(unreached)
        flash(_("Not sent: %(names)s cannot be written to.", names=names), "error")
