"""The page of the search: what is found, or what one searched for before.

Reading it stores nothing. A word is stored by the form that sends it, which then leads to what is
found; a person by a script, when their row is opened.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.blueprints.searches.api import DELETES, SAVES
from pigeon.domain.errors import Conflict, Invalid, Unavailable
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.searches import KEPT, SearchEntry
from pigeon.domain.users import UserRow
from pigeon.services.searches import history, people
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_form, read_id, read_page, read_query, read_shown
from pigeon.web.stories import rings

ROWS = 40
NOBODY: Page[UserRow] = Page(items=[], next=None)


@access(MEMBERS)
def show() -> ResponseReturnValue:
    page, status = _found(get_viewer().user_id)
    return _render(read_shown("q"), page), status


def _render(q: str, page: Page[UserRow]) -> str:
    reader_id = get_viewer().user_id
    rings.ask(this_viewer(), (row.id for row in page.items))
    saves = history.saves(reader_id)
    recent = [] if q.strip() else _recent(reader_id)
    return render_template("searches/search.html", q=q, page=page, recent=recent, saves=saves)


def _found(reader_id: int) -> tuple[Page[UserRow], int]:
    try:
        q = read_query("q")
        return people.find_people(q, reader_id, read_page(f"people-{q}", default=ROWS)), 200
    except Invalid as error:
        if "q" not in error.fields:
            raise
        return NOBODY, 422


def _recent(reader_id: int) -> list[SearchEntry]:
    return history.list_of(reader_id, PageRequest(kind="recent", limit=KEPT)).items


@access(MEMBERS, rate=SAVES)
def search() -> ResponseReturnValue:
    """What is searched is found whether or not it can be saved now."""
    typed = read_form("q")
    q = typed["q"]
    try:
        if people.check_query(q):
            with suppress(Conflict, Unavailable):
                history.add_word(q, by=get_viewer().user_id)
    except Invalid:
        return _render(typed.shown()["q"], NOBODY), 422
    return redirect(f"/search?{urlencode({'q': q})}" if q.strip() else "/search", 303)


@access(MEMBERS, rate=DELETES)
def delete(entry_id: str) -> ResponseReturnValue:
    history.delete_one(read_id(entry_id), by=get_viewer().user_id)
    return redirect("/search", 303)


@access(MEMBERS)
def show_clear() -> ResponseReturnValue:
    return render_template("searches/clear.html")


@access(MEMBERS, rate=DELETES)
def clear() -> ResponseReturnValue:
    history.delete_all(by=get_viewer().user_id)
    return redirect("/search", 303)
