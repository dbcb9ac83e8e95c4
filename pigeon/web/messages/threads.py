"""A conversation as its page draws it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from pigeon.domain.clock import utc_now
from pigeon.domain.messages import Chat, Message
from pigeon.domain.page import Page
from pigeon.domain.posts import Image
from pigeon.domain.users import UserRef
from pigeon.services.messages import conversations, reading
from pigeon.web.forms import Form
from pigeon.web.login import get_viewer
from pigeon.web.messages import rows
from pigeon.web.messages.rows import Row
from pigeon.web.moments import choose_zone

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Thread:
    """One page of a conversation, oldest first.

    `next` continues it: with what came before, or, for what arrived `since`, with what came after.
    `is_later` says that newer messages are left out.
    `blank` and `blank_photo` are what scripts fill for a message that is on its way.
    """

    chat: Chat
    rows: list[Row]
    next: str | None
    last_seq: int
    is_later: bool = False
    zone: str = "UTC"
    form: Form = field(default_factory=Form)
    key: str = ""
    blank: Row | None = None
    blank_photo: Row | None = None


def opened(username: str, before: int | None = None, form: Form | None = None) -> Thread:
    """The page as it is opened: the newest messages, or those before a number."""
    viewer = get_viewer()
    chat = conversations.get(viewer.user_id, username)
    page = reading.page(viewer.user_id, username, before=before, limit=SHOWN)
    drawn = rows.rows_of(page.items[::-1], viewer.ref, chat.partner)
    drawn = rows.with_divider(drawn, chat.read_up_to, is_whole=page.next is None)
    if before is None:
        drawn = rows.with_status(drawn, chat.their_read_up_to)
    typed = form or Form()
    return Thread(
        chat=chat,
        rows=drawn,
        next=page.next,
        last_seq=page.items[0].seq if page.items else 0,
        is_later=before is not None,
        zone=choose_zone(),
        form=typed,
        key=typed.values.get("client_msg_id") or secrets.token_urlsafe(12),
        blank=_blank(viewer.ref, chat),
        blank_photo=_blank(viewer.ref, chat, image=_PENDING),
    )


def before(username: str, seq: int | None) -> Thread:
    """A page of history, or the newest one."""
    viewer = get_viewer()
    page = reading.page(viewer.user_id, username, before=seq, limit=SHOWN)
    return _piece(username, Page(items=page.items[::-1], next=page.next))


def since(username: str, seq: int, limit: int) -> Thread:
    """What arrived, oldest first."""
    viewer = get_viewer()
    return _piece(username, reading.page(viewer.user_id, username, since=seq, limit=limit))


def _piece(username: str, page: Page[Message]) -> Thread:
    viewer = get_viewer()
    chat = conversations.get(viewer.user_id, username)
    drawn = rows.rows_of(page.items, viewer.ref, chat.partner)
    last = max((message.seq for message in page.items), default=0)
    return Thread(chat=chat, rows=drawn, next=page.next, last_seq=last)


_PENDING = Image(
    id="",
    state="processing",
    width=4,
    height=3,
    alt="",
    color=None,
    url=None,
    thumb_url=None,
    variants=[],
    error=None,
)


def _blank(me: UserRef, chat: Chat, image: Image | None = None) -> Row:
    """A row of mine without words, time or place."""
    message = _message(me, chat, image, utc_now())
    (row,) = rows.rows_of([message], me, chat.partner)
    return row


def _message(me: UserRef, chat: Chat, image: Image | None, now: datetime) -> Message:
    return Message(
        id="",
        chat_id=chat.id,
        seq=0,
        sender=me.username,
        recipient=chat.partner.username,
        text="",
        image=image,
        post=None,
        story=None,
        is_reaction=False,
        is_deleted=False,
        sent_at=now,
        client_msg_id=None,
    )
