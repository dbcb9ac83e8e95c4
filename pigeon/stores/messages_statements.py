"""The SQL of `messages_sql`: made once, compiled once for each database.

Names of parameters are none of columns: in an UPDATE those belong to SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, case, insert, select, update

from pigeon.domain.messages import SEQ_BITS
from pigeon.models import ConversationModel, MemberModel, MessageModel
from pigeon.stores import messages_gate
from pigeon.stores.messages import StoredMessage
from pigeon.unit_of_work import in_one_trip

CONVERSATIONS = cast(Table, ConversationModel.__table__)
MEMBERS = cast(Table, MemberModel.__table__)
MESSAGES = cast(Table, MessageModel.__table__)

_conversation, _member, _message = CONVERSATIONS.c, MEMBERS.c, MESSAGES.c
_IDS: Any = bindparam("ids", expanding=True)
_CHAT: Any = bindparam("chat")
_USER: Any = bindparam("user")
_MINE = (_member.conversation_id == _CHAT) & (_member.user_id == _USER)


def _larger(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """Of two; both databases have a function for it, each another one."""
    return case((one < other, other), else_=one)


# -- a conversation --------------------------------------------------------------------------------

ADD_CONVERSATION = insert(CONVERSATIONS)
ADD_MEMBERS = insert(MEMBERS)
_LOADED = (
    select(
        _conversation.id,
        _conversation.key,
        _member.last_seq,
        _member.user_id,
        _member.is_accepted,
        _member.read_seq,
        _member.cleared_seq,
    )
    .join(MEMBERS, _member.conversation_id == _conversation.id)
    .order_by(_conversation.id, _member.user_id)
)
FIND = _LOADED.where(_conversation.key == bindparam("of_key"))
FIND_MANY = _LOADED.where(_conversation.key.in_(bindparam("of_keys", expanding=True)))
LOAD = _LOADED.where(_conversation.id.in_(_IDS))

# -- a message -------------------------------------------------------------------------------------

_COUNT = (
    "UPDATE conversation_members SET"
    " `rank` = CASE WHEN `rank` < {mark} THEN {mark} ELSE `rank` END,"
    " is_accepted = CASE WHEN user_id IN ({accepting}) THEN 1 ELSE is_accepted END,"
    " read_seq = CASE WHEN user_id = {mark} THEN last_seq + 1 ELSE read_seq END,"
    " last_seq = {next} WHERE conversation_id = {mark} AND {is_open}{answer}"
)
"""`last_seq` is set last: MariaDB reads what is set before as it is new."""
NAMES = [field.name for field in fields(StoredMessage)]
"""Of the columns of a message, in the order in which they are stored and read."""
_ADD = f"INSERT INTO messages ({', '.join(NAMES)})"


@cache
def count(accepting: int) -> str:
    """Take the next number and tell all members, of whom so many accept; for SQLite's driver.

    None is taken while messages are moved.
    It is what a message locks a conversation for, and SQLAlchemy would take half of that time.
    The number comes back as a row for each member.
    """
    return _COUNT.format(
        mark="?",
        accepting=", ".join("?" * accepting),
        next="last_seq + 1",
        is_open=messages_gate.IS_OPEN[True],
        answer=" RETURNING last_seq",
    )


@cache
def add_message() -> str:
    """A row with all that a `StoredMessage` has, in its order; for SQLite's driver."""
    return f"{_ADD} VALUES ({', '.join('?' * len(NAMES))})"


@cache
def append(accepting: int) -> str:
    """Both for MariaDB's driver, in one trip; the conversation's number stands for the id's.

    Answers `number`, which is 0 where no member was told, and `is_open`, whether the move of
    messages lets anybody write. `LAST_INSERT_ID` carries the number from one statement to the next.
    """
    asked = f"SET @is_open = {messages_gate.IS_OPEN[False]}; DO LAST_INSERT_ID(0)"
    told = _COUNT.format(
        mark="%s",
        accepting=", ".join(["%s"] * accepting),
        next="LAST_INSERT_ID(last_seq + 1)",
        is_open="@is_open",
        answer="",
    )
    values = ", ".join([f"%s << {SEQ_BITS} | LAST_INSERT_ID()"] + ["%s"] * (len(NAMES) - 1))
    added = f"{_ADD} SELECT {values} FROM DUAL WHERE LAST_INSERT_ID() > 0"
    answer = "SELECT LAST_INSERT_ID() AS number, @is_open AS is_open"
    return in_one_trip(f"{asked}; {told}; {added}", answer)


_of_messages = select(*(_message[name] for name in NAMES))
SENT = _of_messages.where(
    _message.sender_id == _USER, _message.client_msg_id == bindparam("of_client")
)
MESSAGES_OF_IDS = _of_messages.where(_message.id.in_(_IDS))
_between = _of_messages.where(
    _message.id > bindparam("above"), _message.id < bindparam("below")
).limit(bindparam("some"))
NEWEST = _between.order_by(_message.id.desc())
OLDEST = _between.order_by(_message.id)

MAKE_STUBS = (
    update(MESSAGES)
    .where(_message.id.in_(_IDS))
    .values(text="", media_id=None, post_id=None, story_id=None, is_reaction=False, is_deleted=True)
)
NOT_YET_STUBS = (
    select(_message.id)
    .where(_message.sender_id == _USER, _message.is_deleted.is_(False))
    .limit(bindparam("some"))
)

# -- a member --------------------------------------------------------------------------------------

_UP_TO: Any = bindparam("up_to")
_reached = case((_member.last_seq < _UP_TO, _member.last_seq), else_=_UP_TO)
READ = update(MEMBERS).where(_MINE, _member.read_seq < _reached).values(read_seq=_reached)
CURSOR = select(_member.read_seq, messages_gate.STATE.scalar_subquery()).where(_MINE)
ACCEPT = update(MEMBERS).where(_MINE).values(is_accepted=True)
CLEAR = update(MEMBERS).where(_MINE).values(cleared_seq=_member.last_seq, read_seq=_member.last_seq)

INBOX = (
    select(_member.conversation_id, _member.rank)
    .where(
        _member.user_id == _USER,
        _member.is_accepted == bindparam("accepted"),
        _member.rank < bindparam("below"),
        _member.last_seq > _member.cleared_seq,
    )
    .order_by(_member.rank.desc())
    .limit(bindparam("some"))
)

CURSORS = select(
    _member.conversation_id,
    _larger(_member.read_seq, _member.cleared_seq),
    _member.last_seq,
).where(_member.user_id == _USER)
CURSORS_OF_IDS = CURSORS.where(_member.conversation_id.in_(_IDS))


def unread(user_id: int, cursors: Iterable[tuple[int, int, int]]) -> str:
    """Counts of (conversation, read, last), each from constants.

    A join on `seq > read_seq` reads whole conversations: MariaDB takes no range from a row.
    """
    return " UNION ALL ".join(
        f"SELECT {chat:d}, count(*) FROM messages"
        f" WHERE id > {chat << SEQ_BITS | read:d} AND id <= {chat << SEQ_BITS | last:d}"
        f" AND sender_id <> {user_id:d} AND is_deleted = 0"
        for chat, read, last in cursors
    )
