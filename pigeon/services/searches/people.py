"""Finding people by what their handle or name begins with, or holds, also while it is typed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from pigeon.domain import limits
from pigeon.domain.page import Page, PageRequest, write_place
from pigeon.domain.search_keys import Query
from pigeon.domain.users import UserHit, UserRow
from pigeon.models import SearchKey, UserModel
from pigeon.services import access
from pigeon.services.searches.ranking import Place, Walk, first_place
from pigeon.services.searches.statements import begins
from pigeon.services.users import checks as users_checks
from pigeon.services.users import users

LOOKED_AT = 1_000
"""Keys that are read for one page, which may hold fewer people than it could."""
SUGGESTED_FROM = 300
# Korean and Japanese keyboards write the second one.
AT_SIGNS = ("@", "＠")


def check_query(q: str) -> str:
    """The query without outer white space and `@` or `＠`; Invalid naming `q` when too long."""
    query = users_checks.check_line("q", q, limits.SEARCH)
    return query[1:] if query.startswith(AT_SIGNS) else query


def find_people(q: str, viewer_id: int | None, request: PageRequest) -> Page[UserRow]:
    """People whom the query finds, ranked; nobody if blank. `request` has a `place`."""
    query, viewer = Query(check_query(q)), access.viewer(viewer_id)
    if not query.text:
        return Page(items=[], next=None)
    place = first_place(viewer) if request.place is None else Place.read(request.place)
    ids, behind = Walk(query, viewer, place).take(request.limit, LOOKED_AT)
    following = write_place(request.kind, behind.text()) if behind is not None else None
    found = users.with_mutuals(users.rows(ids, viewer), viewer)
    return Page(items=found, next=following)


def suggest_mentions(q: str, viewer_id: int) -> list[UserHit]:
    """Up to 8 people to mention, in the same order."""
    query, viewer = Query(check_query(q)), access.viewer(viewer_id)
    if not query.text:
        return []
    ids, _ = Walk(query, viewer, Place()).take(limits.SUGGESTIONS, SUGGESTED_FROM)
    return [UserHit(user=user) for user in users.rows(ids, viewer)]


def may_fit(query: Query) -> ColumnElement[bool]:
    """What SQL can tell of the people of a list: the others the query does not find."""
    theirs = SearchKey.user_id == UserModel.id
    has_key = exists().where(theirs, begins(SearchKey.key, query.anywhere))
    return (UserModel.username == query.handle) | has_key
