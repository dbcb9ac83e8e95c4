"""The page of people to follow, with a field to find others by; every button is a form first."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.domain.errors import Invalid
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.users import UserRow
from pigeon.services.searches import people
from pigeon.services.suggestions import suggestions
from pigeon.services.users import users
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer, viewer_id
from pigeon.web.parsing import read_query, read_ranked_page, read_shown
from pigeon.web.paths import referring_path
from pigeon.web.stories import rings

ROWS = 40


@access(MEMBERS)
def list_people() -> ResponseReturnValue:
    reader_id, q = get_viewer().user_id, read_shown("q")
    page, status = _found(reader_id)
    suggested = suggestions.page(reader_id, PageRequest(limit=ROWS)).items
    rings.ask(this_viewer(), (row.id for row in page.items))
    html = render_template("suggestions/people.html", q=q, page=page, suggestions=suggested)
    return html, status


def _found(reader_id: int) -> tuple[Page[UserRow], int]:
    try:
        q = read_query("q")
        return people.find_people(q, reader_id, read_ranked_page(f"people-{q}", default=ROWS)), 200
    except Invalid as error:
        if "q" not in error.fields:
            raise
        return Page(items=[], next=None), 422


@access(MEMBERS, rate=(400, 3_600))
def dismiss(username: str) -> ResponseReturnValue:
    suggestions.dismiss(get_viewer().user_id, users.get_card(username, viewer_id()).id)
    return redirect(referring_path("/people"), 303)
