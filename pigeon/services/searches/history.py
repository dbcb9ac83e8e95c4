"""What somebody searched for, shown to nobody else: added, listed, and deleted for good."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from pigeon.cache.write_back_entries import Entry
from pigeon.crash_points import crash_point
from pigeon.domain.clock import ms_of, time_of_us, us_of, utc_now
from pigeon.domain.errors import Conflict, FieldError, Invalid, NotFound
from pigeon.domain.events import SearchesChanged
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.searches import KEPT, NOT_SAVED, PERSON, WORD, QueryHit, SearchEntry
from pigeon.domain.users import UserRow
from pigeon.extensions import db
from pigeon.models import SearchModel, UserModel
from pigeon.services import access
from pigeon.services.searches import entries, people
from pigeon.services.searches.entries import MOVES, Kept
from pigeon.services.users import users
from pigeon.services.write_backs import flusher, kinds
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def add_word(q: str, *, by: int) -> SearchEntry:
    """Save that `by` searched for a word; one that is there already moves up.

    Invalid naming `q` when it is blank or too long; Conflict `searches_not_saved`; Unavailable.
    """
    word = people.check_query(q)
    if not word:
        raise Invalid({"q": FieldError("required")})
    return _add(word, None, by)


def add_person(username: str, *, by: int) -> SearchEntry:
    """The same of a person to whom the search led; NotFound for whom `by` may not know of."""
    return _add("", users.get_card(username, by).id, by)


def list_of(user_id: int, request: PageRequest) -> Page[SearchEntry]:
    """One's own entries, searched last first, without people whom one may not know of now."""
    found = entries.of(user_id)
    rows = _rows(found, user_id)
    shown = [one for one in found if one.found_id is None or one.found_id in rows]
    if request.before is not None:
        shown = [one for one in shown if one.at_us < request.before]
    page = cut(shown, request, lambda one: one.at_us)
    return page.map(lambda some: [_entry(one, rows) for one in some])


def suggest(q: str, user_id: int, count: int) -> list[QueryHit]:
    """Words out of one's own history that begin with what is typed; none for a blank query."""
    start = _key(people.check_query(q))
    words = [one.q for one in entries.of(user_id) if start and _key(one.q).startswith(start)]
    return [QueryHit(q=word) for word in words if word][:count]


@retried
def delete_one(entry_id: int, *, by: int) -> None:
    """For good, when it answers; NotFound for an id that is none of one's own."""
    with unit_of_work() as uow:
        if not _delete(uow, by, SearchModel.id == entry_id):
            raise NotFound


@retried
def delete_all(*, by: int) -> None:
    """Those of people who are not shown now, too."""
    with unit_of_work() as uow:
        _delete(uow, by)


def erase_all_of(uow: UnitOfWork, user_id: int) -> None:
    """In the transaction in which somebody leaves."""
    _delete(uow, user_id)


def saves(user_id: int) -> bool:
    """Whether a person's searches are to be saved; NotFound for who is not there any more."""
    return _check_there(user_id, lock=False)


# -- steps -----------------------------------------------------------------------------------------


def _add(q: str, found_id: int | None, by: int) -> SearchEntry:
    """What is there moves up by write-back; what is new is stored."""
    if not saves(by):
        raise Conflict(NOT_SAVED)
    at_us = us_of(utc_now())
    known = _find(entries.in_sql(by), q, found_id)
    kept = _move(by, known, at_us) if known else _insert(by, q, found_id, at_us)
    return _entry(kept, _rows([kept], by))


def _move(by: int, known: Kept, at_us: int) -> Kept:
    at_us = max(at_us, known.at_us)
    if kinds.is_journalled(MOVES.name):
        moved = entries.move(by, known, at_us)
        crash_point("search.moved")
        return moved
    position = f"{ms_of(utc_now())}-0"
    flusher.write_through(Entry(position, MOVES.name, by, known.id, at_us))
    return Kept(id=known.id, q=known.q, found_id=known.found_id, at_us=at_us)


@retried
def _insert(by: int, q: str, found_id: int | None, at_us: int) -> Kept:
    """Behind the lock of the person: the same word twice at once is one entry."""
    with unit_of_work() as uow:
        if not _check_there(by, lock=True):
            raise Conflict(NOT_SAVED)
        before = entries.in_sql(by)
        known = _find(before, q, found_id)
        if known is None:
            row = SearchModel(user_id=by, q=q, found_id=found_id, searched_at=time_of_us(at_us))
            db.session.add(row)
            db.session.flush()
            number, word = row.id, q
        else:
            number, word = known.id, known.q
            at_us = max(at_us, known.at_us)
            moved = update(SearchModel).where(SearchModel.id == number)
            db.session.execute(moved.values(searched_at=time_of_us(at_us)))
        kept = [one.id for one in before if one.id != number][: KEPT - 1]
        _delete_rows(by, SearchModel.id.not_in([number, *kept]))
        _changed(uow, by)
    return Kept(id=number, q=word, found_id=found_id, at_us=at_us)


def _check_there(user_id: int, *, lock: bool) -> bool:
    query = select(UserModel.saves_searches).where(
        UserModel.id == user_id, access.users.is_active()
    )
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def _delete(uow: UnitOfWork, user_id: int, *which: ColumnElement[bool]) -> bool:
    """In a unit of work: whether there was something to delete."""
    count = _delete_rows(user_id, *which)
    _changed(uow, user_id)
    return count > 0


def _delete_rows(user_id: int, *which: ColumnElement[bool]) -> int:
    statement = delete(SearchModel).where(SearchModel.user_id == user_id, *which)
    done: Any = db.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)


def _changed(uow: UnitOfWork, user_id: int) -> None:
    uow.after_commit(lambda: entries.evict(user_id))
    uow.record(SearchesChanged(user_id=user_id))


def _find(found: list[Kept], q: str, found_id: int | None) -> Kept | None:
    """The entry of the same person, or of the same word however it is written."""
    same = (one for one in found if (one.found_id, _key(one.q)) == (found_id, _key(q)))
    return next(same, None)


def _key(q: str) -> str:
    return q.casefold()


def _rows(found: list[Kept], user_id: int) -> dict[int, UserRow]:
    """By id, the people in it whom the person may know of, as they are called now."""
    ids = [one.found_id for one in found if one.found_id is not None]
    return {int(row.id): row for row in users.rows(ids, user_id)} if ids else {}


def _entry(one: Kept, rows: dict[int, UserRow]) -> SearchEntry:
    return SearchEntry(
        id=str(one.id),
        kind=WORD if one.found_id is None else PERSON,
        q=one.q,
        user=None if one.found_id is None else rows.get(one.found_id),
        searched_at=time_of_us(one.at_us),
    )
