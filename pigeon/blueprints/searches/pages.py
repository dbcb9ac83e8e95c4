"""The page of the search: what is found, of one kind at a time, or what was searched for before.

Reading it stores nothing. A word is stored by the form that sends it, which then leads to what is
found; a person by a script, when their row is opened.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import urlencode

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.blueprints.searches.api import DELETES, SAVES
from pigeon.domain.errors import Conflict, FieldError, Invalid, Unavailable
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.domain.searches import KEPT, SearchEntry, TagHit
from pigeon.domain.users import UserRow
from pigeon.services.searches import captions, history, people, suggesting, tags
from pigeon.web.forms import Form, render_refused
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import (
    read_form,
    read_id,
    read_page,
    read_query,
    read_ranked_page,
    read_shown,
)
from pigeon.web.stories import rings

PAGE = "searches/search.html"
ROWS = 40
CELLS = 12
PEOPLE, TAGS, POSTS = "people", "tags", "posts"
Found: TypeAlias = Page[UserRow] | Page[TagHit] | Page[Post]
NOTHING: Page[Any] = Page(items=[], next=None)


@access(MEMBERS)
def show() -> ResponseReturnValue:
    if read_query("fragment") == "suggestions":
        return _suggestions()
    typed, of = {"q": read_shown("q")}, _kind(read_query("of"))
    try:
        q = read_query("q")
        page = _find(q, of)
    except Invalid as error:
        if "q" not in error.fields:
            raise
        return _refused(error, typed, of)
    return render_template(PAGE, form=Form(values=typed), **_beside(page=page, q=q, of=of))


def _suggestions() -> str:
    """For the list under the field; nothing of it is stored."""
    q = read_query("q").strip()
    hits = suggesting.suggest(q, get_viewer().user_id)
    return render_template("searches/_suggestions.html", hits=hits, q=q)


def _kind(of: str) -> str:
    """What is searched: people, where the address names nothing else that can be."""
    return of if of in (TAGS, POSTS) else PEOPLE


def _find(q: str, of: str) -> Found:
    if of == TAGS:
        return tags.find_tags(q, read_page(f"tags-{q}", default=ROWS))
    if of == POSTS:
        return captions.find_posts(q, this_viewer(), read_page(f"captions-{q}", default=CELLS))
    page = people.find_people(
        q, get_viewer().user_id, read_ranked_page(f"people-{q}", default=ROWS)
    )
    rings.ask(this_viewer(), (row.id for row in page.items))
    return page


def _beside(*, page: Found, of: str, q: str = "") -> dict[str, Any]:
    """What is found, or what was searched for before."""
    reader_id = get_viewer().user_id
    recent = [] if q.strip() else _recent(reader_id)
    return {"page": page, "of": of, "q": q, "recent": recent, "saves": history.saves(reader_id)}


def _refused(error: Invalid, typed: Any, of: str) -> ResponseReturnValue:
    """The field alone, with what was typed: a refusal looks for nothing."""
    saves = history.saves(get_viewer().user_id)
    return render_refused(PAGE, error, typed, page=NOTHING, of=of, q="", recent=None, saves=saves)


def _recent(reader_id: int) -> list[SearchEntry]:
    return history.list_of(reader_id, PageRequest(kind="recent", limit=KEPT)).items


@access(MEMBERS, rate=SAVES)
def search() -> ResponseReturnValue:
    """What is searched is found whether or not it can be saved now."""
    typed, of = read_form("q"), _kind(read_form("of").sent["of"])
    try:
        q = typed["q"]
        if not people.check_query(q):
            raise Invalid({"q": FieldError("required")})
        with suppress(Conflict, Unavailable):
            history.add_word(q, by=get_viewer().user_id)
    except Invalid as error:
        return _refused(error, typed, of)
    asked = {"q": q} if of == PEOPLE else {"q": q, "of": of}
    return redirect(f"/search?{urlencode(asked)}", 303)


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
