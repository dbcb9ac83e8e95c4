"""Messages in SQL.

A message's id is `conversation << 32 | number`: a conversation lies together in the clustered key,
and a page of it is a range. Every member knows the last number. The next is taken by the UPDATE
that tells all of them, in the transaction that stores the message, and given back when that rolls
back; until then their rows are locked. So numbers are dense, and seen in their order. Who writes
locks in one order: members as their ids go, then messages.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Moving, NotFound, Unavailable
from pigeon.domain.messages import SEQ_MAX, conversation_of, message_id
from pigeon.extensions import db
from pigeon.faults import is_out_of_reach
from pigeon.stores import messages_statements as statements
from pigeon.stores.messages import (
    CONVERSATION_MAX,
    ID_MAX,
    Conversation,
    Draft,
    Listed,
    Member,
    StoredMessage,
    known,
    rank_of,
)
from pigeon.stores.messages_gate import check, check_open, guarded
from pigeon.unit_of_work import plain_unit, retried, unit_of_work

P = ParamSpec("P")
R = TypeVar("R")
Row = tuple[Any, ...]

COUNTED_AT_ONCE = 100
"""Conversations of one statement that counts; SQLite takes 500."""


def reading(read: Callable[P, R]) -> Callable[P, R]:
    """Raise Unavailable when SQL cannot be asked, as a unit of work does for who writes."""

    @functools.wraps(read)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return read(*args, **kwargs)
        except (DBAPIError, PoolTimeout) as error:
            db.session.rollback()
            if is_out_of_reach(error):
                raise Unavailable from error
            raise

    return run


class SqlMessages:
    """The home of messages on SQLite and MariaDB."""

    # -- conversations -----------------------------------------------------------------------------

    def open(self, key: str, member_ids: Collection[int]) -> Conversation:
        return self.find(key) or self._make(key, member_ids)

    @guarded
    @retried
    def _make(self, key: str, member_ids: Collection[int]) -> Conversation:
        zeros = {"is_accepted": False, "read_seq": 0, "cleared_seq": 0}
        members = [{"user_id": user_id, **zeros} for user_id in sorted(set(member_ids))]
        head = {"key": key, "created_at": utc_now()}
        try:
            with unit_of_work():
                check_open(_sql())
                chat: int = _sql().execute(statements.ADD_CONVERSATION, head).lastrowid
                of = {"conversation_id": chat, "last_seq": 0, "rank": 0}
                _sql().execute(statements.ADD_MEMBERS, [member | of for member in members])
        except IntegrityError:
            if found := self.find(key):
                return found
            raise
        made = tuple(Member(**member) for member in members)  # type: ignore[arg-type]
        return Conversation(id=chat, key=key, last_seq=0, members=made)

    @reading
    def find(self, key: str) -> Conversation | None:
        rows = _sql().execute(statements.FIND, {"of_key": key})
        return next(_conversations(rows), None)

    @reading
    def find_many(self, keys: Collection[str]) -> dict[str, Conversation]:
        rows = _sql().execute(statements.FIND_MANY, {"of_keys": [*keys]}) if keys else ()
        return {found.key: found for found in _conversations(rows)}

    @reading
    def load(self, conversation_ids: Collection[int]) -> dict[int, Conversation]:
        ids = known(conversation_ids, CONVERSATION_MAX)
        rows = _sql().execute(statements.LOAD, {"ids": ids}) if ids else ()
        return {found.id: found for found in _conversations(rows)}

    # -- messages ----------------------------------------------------------------------------------

    def append(self, conversation_id: int, draft: Draft) -> tuple[StoredMessage, bool]:
        try:
            return _add(conversation_id, draft), True
        except (IntegrityError, Moving):
            if found := self.find_sent(draft.sender_id, draft.client_msg_id):
                return found, False
            raise

    @reading
    def find_sent(self, sender_id: int, client_msg_id: str) -> StoredMessage | None:
        of = {"user": sender_id, "of_client": client_msg_id}
        return next(_messages(_sql().execute(statements.SENT, of)), None)

    @reading
    def get_many(self, message_ids: Collection[int]) -> dict[int, StoredMessage]:
        ids = known(message_ids, ID_MAX)
        rows = _sql().execute(statements.MESSAGES_OF_IDS, {"ids": ids}) if ids else ()
        return {found.id: found for found in _messages(rows)}

    @reading
    def before(self, conversation_id: int, seq: int | None, limit: int) -> list[StoredMessage]:
        below = SEQ_MAX if seq is None else seq
        return _between(statements.NEWEST, conversation_id, 0, below, limit)

    @reading
    def since(self, conversation_id: int, seq: int, limit: int) -> list[StoredMessage]:
        return _between(statements.OLDEST, conversation_id, seq, SEQ_MAX, limit)

    def unsend(self, message_id: int) -> None:
        _write(statements.MAKE_STUBS, {"ids": known([message_id], ID_MAX)})

    @guarded
    @retried
    def erase_sent(self, sender_id: int, limit: int) -> Sequence[int]:
        of = {"user": sender_id, "some": limit}
        with unit_of_work():
            check_open(_sql())
            ids = _sql().scalars(statements.NOT_YET_STUBS, of).all()
            if ids:
                _sql().execute(statements.MAKE_STUBS, {"ids": sorted(ids)})
        return sorted({conversation_of(found) for found in ids})

    # -- members -----------------------------------------------------------------------------------

    @guarded
    @retried
    def read(self, conversation_id: int, user_id: int, up_to: int) -> int:
        of = {"chat": conversation_id, "user": user_id}
        with unit_of_work():
            _sql().execute(statements.READ, of | {"up_to": min(up_to, SEQ_MAX)})
            found = _sql().execute(statements.CURSOR, of).first()
            if found is None:
                raise NotFound
            cursor, state = found
            check(state)
        return int(cursor)

    def accept(self, conversation_id: int, user_id: int) -> None:
        _write(statements.ACCEPT, {"chat": conversation_id, "user": user_id})

    def clear(self, conversation_id: int, user_id: int) -> None:
        _write(statements.CLEAR, {"chat": conversation_id, "user": user_id})

    @reading
    def list_of(
        self, user_id: int, *, accepted: bool, before: int | None, limit: int
    ) -> list[Listed]:
        below = ID_MAX if before is None else min(before, ID_MAX)
        of = {"user": user_id, "accepted": accepted, "below": below, "some": limit}
        ranks = dict(_sql().execute(statements.INBOX, of).all())
        found = self.load(ranks)
        last = self.get_many([message_id(chat.id, chat.last_seq) for chat in found.values()])
        return [
            Listed(
                conversation=found[chat],
                rank=rank,
                last_message=last.get(message_id(chat, found[chat].last_seq)),
            )
            for chat, rank in ranks.items()
        ]

    @reading
    def unread_of(
        self, user_id: int, conversation_ids: Collection[int] | None = None
    ) -> dict[int, int]:
        cursors = _cursors(user_id, conversation_ids)
        counts = dict.fromkeys(conversation_ids or (), 0) | {chat: 0 for chat, *_ in cursors}
        rest = ((chat, read, last) for chat, read, last in cursors if read < last)
        while some := list(islice(rest, COUNTED_AT_ONCE)):
            counts |= dict(_sql().exec_driver_sql(statements.unread(user_id, some)).all())
        return counts


def _sql() -> Connection:
    return db.session.connection()


@guarded
@retried
def _write(statement: Any, parameters: dict[str, Any]) -> None:
    with unit_of_work():
        check_open(_sql())
        _sql().execute(statement, parameters)


@guarded
@retried
def _add(conversation_id: int, draft: Draft) -> StoredMessage:
    with plain_unit() as sql:
        return _append(sql, conversation_id, draft)


def _append(sql: Connection, conversation_id: int, draft: Draft) -> StoredMessage:
    """Tell all members of the next number, and store the message under it."""
    store = _store_in_file if sql.dialect.name == "sqlite" else _store_in_one_trip
    told, row = _told(conversation_id, draft), _row(draft)
    number = store(sql, conversation_id, told, row)
    if not number:
        raise NotFound
    return next(_messages([(message_id(conversation_id, number), *row)]))


def _store_in_file(sql: Connection, conversation_id: int, told: Row, row: Row) -> int | None:
    number: int | None = sql.exec_driver_sql(statements.count(len(told) - 4), told).scalar()
    if number:
        sql.exec_driver_sql(statements.add_message(), (message_id(conversation_id, number), *row))
    else:
        check_open(sql)
    return number


def _store_in_one_trip(sql: Connection, conversation_id: int, told: Row, row: Row) -> int:
    every = (*told, conversation_id, *row)
    answer = sql.exec_driver_sql(statements.append(len(told) - 4), every).one()
    if not answer.is_open:
        raise Moving
    return int(answer.number)


def _told(conversation_id: int, draft: Draft) -> Row:
    """What the UPDATE of the members takes: four values beside who accepts."""
    rank = rank_of(draft.sent_us, conversation_id)
    accepting = tuple(draft.accepted_by) or (0,)
    return (rank, rank, *accepting, draft.sender_id if draft.reads else 0, conversation_id)


def _row(draft: Draft) -> Row:
    """A message as it is stored, in the order of its fields and without its id."""
    said = (draft.sender_id, draft.client_msg_id, draft.sent_us, draft.text)
    return (*said, draft.media_id, draft.post_id, draft.story_id, draft.is_reaction, False)


def _between(
    statement: Any, conversation_id: int, above: int, below: int, limit: int
) -> list[StoredMessage]:
    """Never beyond the conversation, whatever number somebody asks for."""
    if not 0 < conversation_id <= CONVERSATION_MAX:
        return []
    above, below = (message_id(conversation_id, min(max(0, n), SEQ_MAX)) for n in (above, below))
    rows = _sql().execute(statement, {"above": above, "below": below, "some": limit})
    return list(_messages(rows))


def _messages(rows: Iterable[Any]) -> Iterator[StoredMessage]:
    for row in rows:
        yield StoredMessage(**dict(zip(statements.NAMES, row, strict=True)))


def _conversations(rows: Iterable[Any]) -> Iterator[Conversation]:
    """Each from the rows of its members, which come together."""
    for (chat, key, last_seq), some in groupby(rows, itemgetter(0, 1, 2)):
        members = tuple(
            Member(user_id=user_id, is_accepted=accepted, read_seq=read, cleared_seq=cleared)
            for *_, user_id, accepted, read, cleared in some
        )
        yield Conversation(id=chat, key=key, last_seq=last_seq, members=members)


def _cursors(user_id: int, conversation_ids: Collection[int] | None) -> Sequence[Any]:
    """(conversation, how far it is read, its last number)."""
    if conversation_ids is None:
        return _sql().execute(statements.CURSORS, {"user": user_id}).all()
    ids = known(conversation_ids, CONVERSATION_MAX)
    of = {"user": user_id, "ids": ids}
    return _sql().execute(statements.CURSORS_OF_IDS, of).all() if ids else ()
