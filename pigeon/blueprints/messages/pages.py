"""The page of a conversation; every form works without scripts, and keeps what was typed.

`/rows` answers the markup that scripts put into the page: what came before a number, or since one.
"""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.messages import forms
from pigeon.blueprints.messages.api import CHANGES, SENDING, read_window
from pigeon.domain.errors import (
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    Moving,
    NotFound,
    TooLarge,
)
from pigeon.domain.messages import Chat, Message, find_seq, seq_of
from pigeon.services.messages import conversations, cursors, reading, sending
from pigeon.services.relations import mutes
from pigeon.web.errors import STATUS
from pigeon.web.forms import focus_first_fault, refused_form
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.messages import inboxes, threads
from pigeon.web.messages.threads import Thread
from pigeon.web.parsing import read_form, read_id
from pigeon.web.texts import Typed

REFUSALS = (Invalid, TooLarge, Forbidden, Moving)


@access(MEMBERS)
def show(username: str) -> ResponseReturnValue:
    """The newest messages; with `?before=`, for readers without scripts, those before a number."""
    before, _since, _limit = read_window()
    return _render(threads.opened(username, before))


def _render(thread: Thread) -> str:
    shown = inboxes.context(thread.chat) | {"chat": thread.chat, "form": thread.form}
    return render_template("messages/thread.html", thread=thread, **shown)


@access(MEMBERS)
def show_rows(username: str) -> ResponseReturnValue:
    """A page of history, or what arrived `since`, as rows."""
    before, since, limit = read_window()
    if since is None:
        thread = threads.before(username, before)
    else:
        thread = threads.since(username, since, limit)
    return render_template("messages/_rows.html", thread=thread, chat=thread.chat)


@access(MEMBERS, rate=SENDING, files=1)
def send(username: str) -> ResponseReturnValue:
    by, typed = get_viewer().user_id, forms.read_typed()
    chat = conversations.get(by, username)
    try:
        if not chat.may_send:
            raise Forbidden("messages_closed")
        for piece in forms.read_pieces(typed):
            sending.send(username, piece.content, by=by, client_msg_id=piece.client_msg_id)
    except REFUSALS as error:
        return _refused(username, error, typed)
    return redirect(_path(chat), 303)


def _refused(username: str, error: DomainError, typed: Typed) -> ResponseReturnValue:
    page = _render(threads.opened(username, form=refused_form(error, typed)))
    return make_response(focus_first_fault(page), STATUS[type(error)])


@access(MEMBERS, rate=SENDING)
def mark_read(username: str) -> ResponseReturnValue:
    """What the button does without scripts; with them an open page says so by itself."""
    by, typed = get_viewer().user_id, read_form("up_to")
    chat = conversations.get(by, username)
    try:
        cursors.read(username, _read_number(typed), by=by)
    except Invalid as error:
        return _refused(username, error, typed)
    return redirect(_path(chat), 303)


def _read_number(typed: Typed) -> int:
    """The number of a message, 0 for none."""
    number = find_seq(typed["up_to"])
    if number is None:
        raise Invalid({"up_to": FieldError("bad_format")})
    return number


@access(MEMBERS, rate=CHANGES)
def accept(username: str) -> ResponseReturnValue:
    return redirect(_path(conversations.accept(username, by=get_viewer().user_id)), 303)


@access(MEMBERS)
def show_delete(username: str) -> ResponseReturnValue:
    chat = conversations.get(get_viewer().user_id, username)
    return render_template("messages/delete.html", chat=chat)


@access(MEMBERS, rate=CHANGES)
def delete(username: str) -> ResponseReturnValue:
    conversations.delete(username, by=get_viewer().user_id)
    flash(_("The conversation was deleted."), "success")
    return redirect("/messages", 303)


@access(MEMBERS, rate=CHANGES)
def mute(username: str) -> ResponseReturnValue:
    return _set_muted(username, on=True)


@access(MEMBERS, rate=CHANGES)
def unmute(username: str) -> ResponseReturnValue:
    return _set_muted(username, on=False)


def _set_muted(username: str, *, on: bool) -> ResponseReturnValue:
    by = get_viewer().user_id
    chat = conversations.get(by, username)
    mutes.set_muted(int(chat.partner.id), by=by, of=["chat"], on=on)
    return redirect(_path(chat), 303)


@access(MEMBERS)
def show_unsend(username: str, message_id: str) -> ResponseReturnValue:
    """Asks before a message is taken back; NotFound for what is not mine, or gone already."""
    message = _get_mine(username, read_id(message_id))
    return render_template("messages/unsend.html", message=message, username=username)


def _get_mine(username: str, message_id: int) -> Message:
    viewer, seq = get_viewer(), seq_of(message_id)
    page = reading.page(viewer.user_id, username, since=max(0, seq - 1), limit=1)
    found = [message for message in page.items if message.id == str(message_id)]
    if not found or found[0].sender != viewer.username or found[0].is_deleted:
        raise NotFound
    return found[0]


@access(MEMBERS, rate=CHANGES)
def unsend(username: str, message_id: str) -> ResponseReturnValue:
    by = get_viewer().user_id
    chat = conversations.get(by, username)
    sending.unsend(read_id(message_id), by=by)
    return redirect(_path(chat), 303)


def _path(chat: Chat) -> str:
    return f"/messages/{chat.partner.username}"
