"""Conversations and messages as JSON."""

from __future__ import annotations

from flask import request

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.messages import Chat, Message, Partner, Reading, find_seq
from pigeon.domain.page import Page
from pigeon.domain.posts import Image
from pigeon.services.messages import conversations, cursors, partners, pictures, reading, sending
from pigeon.services.relations import mutes
from pigeon.services.users import users
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.messages.bodies import (
    MESSAGE_PARTS,
    PICTURE_PARTS,
    AddMessageBody,
    read_new,
    read_picture,
)
from pigeon.web.messages.inboxes import read_box
from pigeon.web.parsing import Body, read_id, read_json, read_limit, read_page, read_query
from pigeon.web.wording import message_with_sentences

SENDING = (100, 60)
CHANGES = (200, 3_600)


class ReadBody(Body):
    up_to: int


# -- conversations ---------------------------------------------------------------------------------


@access(MEMBERS)
@answers(Page[Chat], query=("box", *LIST))
def list_all() -> Page[Chat]:
    box = read_box()
    reader_id = get_viewer().user_id
    return conversations.list_of(reader_id, box, read_page(f"chats-{box}-{reader_id}"))


@access(MEMBERS)
@answers(Chat)
def show(username: str) -> Chat:
    return conversations.get(get_viewer().user_id, username)


@access(MEMBERS, rate=CHANGES)
@answers(Chat)
def accept(username: str) -> Chat:
    return conversations.accept(username, by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(status=204)
def remove(username: str) -> None:
    conversations.delete(username, by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(Chat)
def mute(username: str) -> Chat:
    return _set_muted(username, on=True)


@access(MEMBERS, rate=CHANGES)
@answers(Chat)
def unmute(username: str) -> Chat:
    return _set_muted(username, on=False)


def _set_muted(username: str, *, on: bool) -> Chat:
    by = get_viewer().user_id
    user_id = users.get_card(username, by).id
    mutes.set_muted(user_id, by=by, of=["chat"], on=on)
    return conversations.get(by, username)


@access(MEMBERS)
@answers(Page[Partner], query=("q", *LIST))
def list_partners() -> Page[Partner]:
    viewer_id, q = get_viewer().user_id, read_query("q")
    return partners.list_of(viewer_id, q, read_page(f"partners-{viewer_id}-{q}"))


# -- messages --------------------------------------------------------------------------------------


@access(MEMBERS)
@answers(Page[Message], query=("before", "since", "limit"))
def list_messages(username: str) -> Page[Message]:
    before, since, limit = read_window()
    page = reading.page(get_viewer().user_id, username, before=before, since=since, limit=limit)
    return page.map(lambda found: [message_with_sentences(one) for one in found])


def read_window() -> tuple[int | None, int | None, int]:
    """`before` or `since`, numbers of messages, and `limit`; Invalid naming each at fault."""
    faults: dict[str, FieldError] = {}
    before, since = _read_seq("before", faults), _read_seq("since", faults)
    if "since" in request.args and "before" in request.args:
        faults["since"] = FieldError("too_many", 1)
    most = reading.PAGE_SINCE if "since" in request.args else reading.PAGE
    limit = read_limit(default=reading.PAGE, most=most, faults=faults)
    if faults:
        raise Invalid(faults)
    return before, since, limit


def _read_seq(name: str, faults: dict[str, FieldError]) -> int | None:
    text = read_query(name)
    number = find_seq(text) if name in request.args else None
    if name in request.args and number is None:
        faults[name] = FieldError("bad_format")
    return number


@access(MEMBERS, rate=SENDING, files=1)
@answers(Message, status=201, body=AddMessageBody, multipart=MESSAGE_PARTS, also=(200, 409, 422))
def add(username: str) -> tuple[Message, int]:
    by = get_viewer().user_id
    to = sending.address(username, by=by)
    content, client_msg_id = read_new()
    message, is_new = sending.send_to(to, content, by=by, client_msg_id=client_msg_id)
    return message_with_sentences(message), 201 if is_new else 200


@access(MEMBERS, rate=SENDING)
@answers(Reading, body=ReadBody)
def read(username: str) -> Reading:
    by = get_viewer().user_id
    cursors.check_may_read(username, by=by)
    return cursors.read(username, read_json(ReadBody).up_to, by=by)


@access(MEMBERS, rate=CHANGES)
@answers(status=204)
def unsend(message_id: str) -> None:
    sending.unsend(read_id(message_id), by=get_viewer().user_id)


@access(MEMBERS, rate=(120, 3_600), files=1)
@answers(Image, status=201, multipart=PICTURE_PARTS)
def add_picture() -> Image:
    return pictures.add(read_picture(), by=get_viewer().user_id)
