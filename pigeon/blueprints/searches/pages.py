"""The page of the search: what is found, of one kind at a time, or what was searched for before.

Reading it stores nothing. A word is stored by the form that sends it, which then leads to what is
found; a person by a script, when their row is opened.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from pigeon.blueprints.searches.api import DELETES, SAVES
from pigeon.domain.errors import Conflict, FieldError, Invalid, Malformed, Unavailable
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
)
from pigeon.web.stories import rings

PAGE = "searches/search.html"
ROWS = 40
CELLS = 12
FEW = 8
SHOWN = 200
NUMBER_SIGNS = ("#", "＃")
PEOPLE, TAGS, POSTS = "people", "tags", "posts"
Found: TypeAlias = Page[UserRow] | Page[TagHit] | Page[Post]
NOTHING: Page[Any] = Page(items=[], next=None)


@access(MEMBERS)
def show() -> ResponseReturnValue:
    if read_query("fragment") == "suggestions":
        return _suggestions()
    typed = {"q": _typed()}
    of = _kind(read_query("of"), typed["q"])
    try:
        q = read_query("q")
        page = _find(q, of)
    except Malformed:
        return _refused(Invalid({"q": FieldError("bad_format")}), typed, of)
    except Invalid as error:
        return _refused(error, typed, of)
    return render_template(PAGE, form=Form(values=typed), **_beside(page=page, q=q, of=of))


def _suggestions() -> str:
    """For the list under the field; nothing of it is stored."""
    q, reader_id = read_query("q").strip(), get_viewer().user_id
    hits = suggesting.suggest(q, reader_id) if q else []
    recent = [] if q else history.list_of(reader_id, PageRequest(kind="recent", limit=FEW)).items
    return render_template(
        "searches/_suggestions.html",
        hits=hits,
        recent=recent,
        q=q,
        leads_to_tags=q.startswith(NUMBER_SIGNS),
    )


def _kind(of: str, q: str) -> str:
    """What is searched: people, or tags behind a `#`, unless the address names what can be."""
    return of if of in (PEOPLE, TAGS, POSTS) else _first_of(q)


def _first_of(q: str) -> str:
    return TAGS if q.strip().startswith(NUMBER_SIGNS) else PEOPLE


def _typed() -> str:
    """What the field shows again: nothing of a text that no field can hold."""
    return "".join(char for char in request.args.get("q", "") if char.isprintable())[:SHOWN]


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
    elsewhere = [] if of != PEOPLE or page.items or not q.strip() else _elsewhere(q)
    return {
        "page": page,
        "of": of,
        "first_of": _first_of(q),
        "q": q,
        "recent": recent,
        "saves": history.saves(reader_id),
        "elsewhere": elsewhere,
    }


def _elsewhere(q: str) -> list[tuple[str, int, bool]]:
    """Where no people are: how many tags and posts there are (at least), instead of nothing."""
    tagged = tags.find_tags(q, PageRequest(limit=ROWS))
    posts = captions.find_posts(
        q.lstrip("".join(NUMBER_SIGNS)), this_viewer(), PageRequest(limit=CELLS)
    )
    found = ((TAGS, tagged), (POSTS, posts))
    return [(of, len(page.items), page.next is not None) for of, page in found if page.items]


def _refused(error: Invalid, typed: Any, of: str) -> ResponseReturnValue:
    """The field alone, with what was typed: a refusal looks for nothing."""
    saves = history.saves(get_viewer().user_id)
    beside: dict[str, Any] = {
        "of": of,
        "first_of": PEOPLE,
        "q": "",
        "recent": None,
        "elsewhere": [],
    }
    return render_refused(PAGE, error, typed, page=NOTHING, saves=saves, **beside)


def _recent(reader_id: int) -> list[SearchEntry]:
    return history.list_of(reader_id, PageRequest(kind="recent", limit=KEPT)).items


@access(MEMBERS, rate=SAVES)
def search() -> ResponseReturnValue:
    """What is searched is found whether or not it can be saved now."""
    typed = read_form("q")
    sent = read_form("of").sent["of"]
    wanted = "" if sent == PEOPLE else sent
    try:
        q = typed["q"]
        if not q.strip():  # nothing was meant
            return redirect("/search", 303)
        of = _kind(wanted, q)  # a `#` is meant for tags
        if not people.check_query(q):
            raise Invalid({"q": FieldError("required")})
        with suppress(Conflict, Unavailable):
            history.add_word(q, by=get_viewer().user_id)
    except Invalid as error:
        return _refused(error, typed, _kind(wanted, ""))
    asked = {"q": q} if of == _first_of(q) else {"q": q, "of": of}
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
