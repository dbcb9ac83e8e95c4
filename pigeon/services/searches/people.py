"""Finding people by the beginning of a handle or a name, also while Korean is being typed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select

from pigeon.domain import hangul, limits
from pigeon.domain.names import canonical_username
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.users import UserHit, UserRow
from pigeon.extensions import db
from pigeon.models import FollowModel, UserModel
from pigeon.services import access
from pigeon.services.users import checks as users_checks
from pigeon.services.users import users

LOOKED_AT = 200
# Korean and Japanese keyboards write the second one.
AT_SIGNS = ("@", "＠")
# What the parts of a handle begin after.
PART_MARKS = (".", "_")


def check_query(q: str) -> str:
    """The query without outer white space and `@` or `＠`; Invalid naming `q` when too long."""
    query = users_checks.check_line("q", q, limits.SEARCH)
    return query[1:] if query.startswith(AT_SIGNS) else query


def find_people(q: str, viewer_id: int | None, request: PageRequest) -> Page[UserRow]:
    """People a part of whose handle or a word of whose name begins with `q`; nobody if blank."""
    query = check_query(q)
    if not query:
        return Page(items=[], next=None)
    found = list(islice(_people(query, viewer_id, request.before), request.limit + 1))
    page = cut(found, request, lambda row: int(row[0]))
    return page.map(lambda rows: users.rows([row[0] for row in rows], viewer_id))


def _people(query: str, viewer_id: int | None, before: int | None) -> Iterator[Any]:
    """Matching people, newest first, in batches: SQL lets some through that do not fit."""
    while True:
        statement = (
            select(UserModel.id, UserModel.username, UserModel.display_name)
            .where(
                begins(query), access.users.where(access.viewer(viewer_id)), _may_be_found(query)
            )
            .order_by(UserModel.id.desc())
            .limit(LOOKED_AT)
        )
        if before is not None:
            statement = statement.where(UserModel.id < before)
        batch = db.session.execute(statement).all()
        yield from (row for row in batch if matches(query, row))
        if len(batch) < LOOKED_AT:
            return
        before = batch[-1][0]


def suggest_mentions(q: str, viewer_id: int) -> list[UserHit]:
    """Up to 8 people to mention: who has that very handle, then whom the viewer follows."""
    query = check_query(q)
    if not query:
        return []
    mine = select(FollowModel.followee_id).where(FollowModel.follower_id == viewer_id)
    exact_first = case((UserModel.username == canonical_username(query), 0), else_=1)
    follows_first = case((UserModel.id.in_(mine), 0), else_=1)
    statement = (
        select(UserModel.id, UserModel.username, UserModel.display_name)
        .where(
            begins(query),
            access.users.where(access.viewer(viewer_id)),
            or_(UserModel.id.in_(mine), _may_be_found(query)),
        )
        .order_by(exact_first, follows_first, UserModel.follower_count.desc(), UserModel.id)
        .limit(LOOKED_AT)
    )
    rows = [row for row in db.session.execute(statement) if matches(query, row)]
    ids = [row[0] for row in rows[: limits.SUGGESTIONS]]
    return [UserHit(user=user) for user in users.rows(ids, viewer_id)]


def _may_be_found(query: str) -> ColumnElement[bool]:
    """Who does not want to be discovered is found by those who know the whole handle."""
    return or_(UserModel.is_discoverable.is_(True), UserModel.username == canonical_username(query))


def begins(query: str) -> ColumnElement[bool]:
    """What SQL can tell: handles by prefix, names by jamo or initial consonants at word starts."""
    jamo, initials = hangul.query_forms(query)
    if initials is not None:
        return _at_word_start(UserModel.name_initials, initials[:60])
    wanted = canonical_username(query)
    handle = UserModel.username.startswith(wanted, autoescape=True)
    parts = [UserModel.username.contains(mark + wanted, autoescape=True) for mark in PART_MARKS]
    return or_(handle, *parts, _at_word_start(UserModel.name_jamo, jamo[:255]))


def _at_word_start(column: Any, prefix: str) -> ColumnElement[bool]:
    return or_(
        column.startswith(prefix, autoescape=True), column.contains(f" {prefix}", autoescape=True)
    )


def matches(query: str, row: Any) -> bool:
    """What SQL cannot tell: whether the unfinished syllable fits."""
    _, username, display_name = row
    wanted = canonical_username(query)
    return bool(
        username.startswith(wanted)
        or any(mark + wanted in username for mark in PART_MARKS)
        or hangul.matches(query, display_name)
    )
