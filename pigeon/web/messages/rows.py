"""The rows of a conversation, oldest first: who says what, on which day, in which group.

A row is drawn by `_message.html` alone, for the page, for a page of history and for what arrives.
What depends on its neighbours (the group, the day, the divider) scripts work out again where pieces
meet: js/messages/layout.js knows the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import get_locale

from pigeon.domain import text
from pigeon.domain.messages import Message, Partner
from pigeon.domain.posts import Image
from pigeon.domain.users import UserRef, UserRow
from pigeon.services.users import users
from pigeon.web.moments import Moment, choose_zone
from pigeon.web.wording import image_sentence

GROUP = timedelta(minutes=5)
"""Two messages of one person belong together when no more lies between them."""
LONG, LONG_LINES = 600, 12
"""A message with more signs, or more lines, is shown cut, with a button for the rest."""
LARGE = 3
"""So many emoji, and nothing else, are drawn large."""
PHOTO_SIDE = (320, 400)
PHOTO_LEAST = 72
"""The box that a picture fits into, in CSS pixels."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A message with all that its markup says; `version` changes when the message does."""

    message: Message
    author: UserRef
    is_mine: bool
    clock: str
    day: str
    day_words: str
    version: str
    mentions: list[UserRef]
    is_large: bool = False
    is_long: bool = False
    photo: tuple[int, int] | None = None
    fault: str = ""
    starts_day: bool = False
    starts_group: bool = True
    ends_group: bool = True
    is_new: bool = False
    status: str = ""


def rows_of(messages: list[Message], me: UserRef, partner: UserRow | Partner) -> list[Row]:
    """Rows for messages that follow each other, oldest first; `starts_day` of the first is open."""
    moment = Moment.now(str(get_locale()), choose_zone())
    named = _named(messages, int(me.id))
    rows = [_row(message, me, partner, moment, named) for message in messages]
    return _laid_out(rows)


def _row(
    message: Message,
    me: UserRef,
    partner: UserRow | Partner,
    moment: Moment,
    named: dict[str, UserRef],
) -> Row:
    is_mine = message.sender == me.username
    day = moment.day(message.sent_at)
    image = message.image
    mentions = [named[one] for one in text.parse(message.text).handles if one in named]
    is_plain = not (message.image or message.post or message.story)
    return Row(
        message=message,
        author=me if is_mine else partner,
        is_mine=is_mine,
        clock=moment.clock(message.sent_at),
        day=day.isoformat(),
        day_words=moment.day_words(day),
        version=_version(message),
        mentions=mentions,
        is_large=message.is_reaction or (is_plain and text.count_emoji(message.text, LARGE) > 0),
        is_long=len(message.text) > LONG or message.text.count("\n") >= LONG_LINES,
        photo=fit(image) if image else None,
        fault=image_sentence(image.error.code) if image and image.error else "",
    )


def _named(messages: Iterable[Message], viewer_id: int) -> dict[str, UserRef]:
    """Those whom the messages name, as far as the viewer may know of them."""
    handles = {one for message in messages for one in text.parse(message.text).handles}
    if not handles:
        return {}
    known = users.find_ids(handles, viewer_id)
    refs = users.refs(known.values())
    return {handle: refs[number] for handle, number in known.items() if number in refs}


def _version(message: Message) -> str:
    """What may become of a message after it was sent."""
    if message.is_deleted:
        return "unsent"
    if message.image is not None:
        return message.image.state
    cards = [card for card in (message.post, message.story) if card is not None]
    return "gone" if any(not card.available for card in cards) else "sent"


def fit(image: Image) -> tuple[int, int]:
    """The size that a picture is drawn in, in its own ratio; a sliver is cut to what is seen."""
    width, height = max(1, image.width), max(1, image.height)
    scale = min(PHOTO_SIDE[0] / width, PHOTO_SIDE[1] / height)
    return max(PHOTO_LEAST, round(width * scale)), max(PHOTO_LEAST, round(height * scale))


def _laid_out(rows: list[Row]) -> list[Row]:
    before = [None, *rows][: len(rows)]
    after = [*rows[1:], None][: len(rows)]
    return [
        replace(
            row,
            starts_day=previous is None or previous.day != row.day,
            starts_group=previous is None or not _are_together(previous, row),
            ends_group=following is None or not _are_together(row, following),
        )
        for previous, row, following in zip(before, rows, after, strict=True)
    ]


def _are_together(one: Row, next_one: Row) -> bool:
    is_near = next_one.message.sent_at - one.message.sent_at <= GROUP
    return one.is_mine == next_one.is_mine and one.day == next_one.day and is_near


def with_divider(rows: list[Row], read_up_to: int, *, is_whole: bool) -> list[Row]:
    """ "New messages" stands before the first of the other that was not read.

    Not when that may lie in a page before: `is_whole` says that there is none.
    """
    for place, row in enumerate(rows):
        if row.is_mine or row.message.seq <= read_up_to:
            continue
        if place == 0 and not is_whole:
            return rows
        return [*rows[:place], replace(row, is_new=True), *rows[place + 1 :]]
    return rows


def with_status(rows: list[Row], their_read_up_to: int | None) -> list[Row]:
    """Sent or seen, below the last that is mine."""
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        if row.is_mine:
            is_seen = their_read_up_to is not None and row.message.seq <= their_read_up_to
            status = "seen" if is_seen else "sent"
            return [*rows[:place], replace(row, status=status), *rows[place + 1 :]]
    return rows
