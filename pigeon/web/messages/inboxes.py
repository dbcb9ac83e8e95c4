"""What the inbox shows, alone and beside an open conversation."""

from __future__ import annotations

from typing import Any

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.messages import Chat
from pigeon.domain.page import PageRequest
from pigeon.services import presence
from pigeon.services.messages import conversations
from pigeon.services.messages.conversations import BOXES
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_page, read_query
from pigeon.web.stories import rings

ROWS = 20


def read_box() -> str:
    """Which box is asked for; Invalid naming `box` when there is no such one."""
    box = read_query("box") or BOXES[0]
    if box not in BOXES:
        raise Invalid({"box": FieldError("unknown")})
    return box


def asked() -> dict[str, Any]:
    """What `messages/_inbox.html` needs, of the page that the request asks for."""
    box = read_box()
    return {"chat": None, **_context(box, read_page(_list_name(box), default=ROWS))}


def context(chat: Chat) -> dict[str, Any]:
    """The same beside an open conversation: the newest of the box that it lies in."""
    box = BOXES[chat.request == "incoming"]
    return _context(box, PageRequest(kind=_list_name(box), limit=ROWS), chat.partner.id)


def _list_name(box: str) -> str:
    return f"conversations-{box}-{get_viewer().user_id}"


def _context(box: str, wanted: PageRequest, *beside: str) -> dict[str, Any]:
    """`beside` is whose picture the page shows too."""
    reader_id = get_viewer().user_id
    inbox = conversations.list_of(reader_id, box, wanted)
    rings.ask(this_viewer(), [*beside, *(chat.partner.id for chat in inbox.items)])
    return {
        "inbox": inbox,
        "box": box,
        "requests": conversations.count_requests(reader_id),
        "chosen": presence.chosen_of(reader_id),
        "inbox_path": "/messages" if box == BOXES[0] else f"/messages?box={box}",
        "is_first": wanted.before is None,
    }
